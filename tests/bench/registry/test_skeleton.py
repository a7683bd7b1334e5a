"""The file that a new method begins as: what it is named after, and what it leaves alone."""

import ast

import pytest

from bench.errors import InputError
from bench.registry.skeleton import write_method


def test_both_files_are_named_after_the_method(tmp_path):
    paths = write_method("my-2nd-search", tmp_path)
    assert [path.name for path in paths] == ["my_2nd_search.py", "test_my_2nd_search.py"]
    (method,) = [node for node in ast.parse(paths[0].read_text()).body if isinstance(node, ast.ClassDef)]
    (test,) = [node for node in ast.parse(paths[1].read_text()).body if isinstance(node, ast.ClassDef)]
    assert (method.name, test.name) == ("My2ndSearch", "TestMy2ndSearch")
    assert '@register_method("my-2nd-search", ' in paths[0].read_text()
    assert "with_name('my_2nd_search.py')}@my-2nd-search" in paths[1].read_text()


@pytest.mark.parametrize("name", ["", "My-search", "my_search", "-search", "search-", "a--b", "2nd", "../up", "a b"])
def test_what_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(InputError, match=r"no name of a method.*my-search"):
        write_method(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_method_that_is_there_is_not_begun_again(tmp_path):
    with pytest.raises(InputError, match=r"'best-of-n' is there already, in .*best_of_n\.py"):
        write_method("best-of-n", tmp_path)


@pytest.mark.parametrize("name", ["random", "torch", "bench"])
def test_a_file_that_would_hide_a_module_is_refused(tmp_path, name):
    with pytest.raises(InputError, match=rf"{name}\.py would hide the Python module"):
        write_method(name, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("taken", ["my_search.py", "test_my_search.py"])
def test_a_file_that_is_there_is_left_alone(tmp_path, taken):
    (tmp_path / taken).write_text("mine")
    with pytest.raises(InputError, match=rf"{taken} is there already"):
        write_method("my-search", tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {taken: "mine"}


def test_a_folder_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(InputError, match=r"cannot write .*No such file or directory"):
        write_method("my-search", tmp_path / "none")
