"""Weights from the user's disk or the hub's cache: found, or one line on what is missing."""

import hashlib
from dataclasses import replace

import pytest

from bench.errors import InputError
from bench.models.emoji.paths import WEIGHTS
from bench.weights.hub import HubFile, HubFolder
from bench.weights.source import Missing
from tests.support.server import Hub, serving


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the hub."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def snapshot(cache, **files):
    """A cached repository some/model, in the hub's layout."""
    repository = cache / "models--some--model"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("a" * 40)
    folder = repository / "snapshots" / ("a" * 40)
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_a_folder_is_taken_as_it_is():
    assert HubFolder(str(WEIGHTS), marker="model_index.json").find() == WEIGHTS


def test_a_file_is_taken_as_it_is(tmp_path):
    (tmp_path / "head.pth").write_text("x")
    source = HubFile(str(tmp_path / "head.pth"), "head.pth")
    assert source.find() == tmp_path / "head.pth"
    assert source.name == str(tmp_path / "head.pth")


def test_the_cache_of_the_hub_is_searched(cache):
    folder = snapshot(cache, **{"model_index.json": "{}"})
    assert HubFolder("some/model", marker="model_index.json").find() == folder
    assert HubFile("some/model", "model_index.json").find().samefile(folder / "model_index.json")


def test_what_is_not_there_is_missing(cache):
    for source in (HubFolder("some/model", marker="model_index.json"), HubFile("some/model", "some.pt")):
        with pytest.raises(Missing, match=f"'{source.name}' is not on this machine"):
            source.find()


@pytest.mark.parametrize("repo", ["no such/folder/at all", "~/models/sd15", "/models/sd15/"])
def test_what_could_not_be_fetched_either_is_refused(repo, cache):
    for kind, source in (("folder", HubFolder(repo, marker="model_index.json")), ("file", HubFile(repo, "some.pt"))):
        with pytest.raises(InputError, match=rf"^{kind} '{repo}' not found") as refused:
            source.find()
        assert not isinstance(refused.value, Missing)


def test_a_folder_that_is_missing_beside_others_is_not_fetched(cache, tmp_path, monkeypatch):
    """It could be an id of the hub, but its first part is a folder here."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some" / "other").mkdir(parents=True)
    source = HubFolder.named("some/model", marker="model_index.json")
    for look in (source.find, source.fetch):
        with pytest.raises(InputError, match=r"^folder 'some/model' not found") as refused:
            look()
        assert not isinstance(refused.value, Missing)
    with pytest.raises(Missing):  # a revision has only what is on the hub
        HubFolder.named("some/model@" + "b" * 40, marker="model_index.json").find()
    folder = snapshot(cache, **{"model_index.json": "{}"})
    assert source.find() == folder


def test_a_folder_that_is_something_else_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"has no model_index\.json"):
        HubFolder(str(tmp_path), marker="model_index.json").find()


def test_a_file_in_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(InputError, match=r"is a file; needed is a folder with model_index\.json, or an id of the hub"):
        HubFolder.named(str(tmp_path / "model.safetensors"), marker="model_index.json").find()


def test_a_snapshot_that_lacks_a_file_is_missing_and_a_folder_is_refused(cache):
    folder = snapshot(cache, **{"model_index.json": "{}"})
    with pytest.raises(Missing, match=r"'some/model' has no config\.json in"):
        HubFolder("some/model", "model_index.json", needs=lambda _: ["config.json"]).find()
    with pytest.raises(InputError, match=r"has no config\.json in") as refused:
        HubFolder(str(folder), "model_index.json", needs=lambda _: ["config.json"]).find()
    assert not isinstance(refused.value, Missing)


FILES = {"model_index.json": b"{}", "unet/model.safetensors": bytes(range(256)) * 500, "README.md": b"not needed"}
WEIGHTS_HASH = hashlib.sha256(FILES["unet/model.safetensors"]).hexdigest()
FOLDER = HubFolder("some/model", marker="model_index.json", patterns=("*.json", "*.safetensors"))
FILE = HubFile("some/model", "unet/model.safetensors", sha256=WEIGHTS_HASH)


@pytest.fixture
def server(cache, monkeypatch):
    """A hub with the one repository some/model."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(FILES, Hub) as state:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", state.url)
        template = state.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield state


def test_a_folder_is_fetched_once_with_the_files_it_needs(server):
    with pytest.raises(Missing):
        FOLDER.find()
    folder = FOLDER.fetch()
    assert FOLDER.find() == folder
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == {name: body for name, body in FILES.items() if name != "README.md"}
    server.error = "RepoNotFound"
    assert FOLDER.fetch() == folder


def test_a_file_is_fetched_and_its_hash_checked(server):
    path = FILE.fetch()
    assert path.read_bytes() == FILES["unet/model.safetensors"]
    assert FILE.find() == FILE.fetch() == path


def test_a_file_of_another_hash_is_removed(server, cache):
    other = replace(FILE, sha256="0" * 64)
    with pytest.raises(InputError, match=f"has the sha256 {WEIGHTS_HASH} instead of 0000") as refused:
        other.fetch()
    assert "\n" not in str(refused.value)
    with pytest.raises(Missing):
        other.find()
    assert not [path for path in cache.rglob("*") if path.is_file() and path.stat().st_size == 128_000]


@pytest.mark.parametrize("source", [FOLDER, FILE])
def test_what_broke_off_is_missing_and_resumed(server, source, monkeypatch):
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)  # between the client's own tries
    server.breaks_after = 10_000
    with pytest.raises(InputError, match=r"the download broke off \(.*\); the same command resumes it") as refused:
        source.fetch()
    assert "\n" not in str(refused.value)
    with pytest.raises(Missing):
        source.find()
    server.breaks_after = None
    found = source.fetch()
    weights = found / "unet" / "model.safetensors" if source is FOLDER else found
    assert weights.read_bytes() == FILES["unet/model.safetensors"]


@pytest.mark.parametrize(
    ("source", "code", "message"),
    [
        (FOLDER, "GatedRepo", "'some/model' is gated: accept its licence at https://huggingface.co/some/model and"),
        (FILE, "GatedRepo", "'some/model/unet/model.safetensors' is gated: accept its licence at"),
        (FOLDER, "RepoNotFound", "'some/model' is not on the hub, or is private"),
        (FILE, "RepoNotFound", "is not on the hub, or is private"),
        (replace(FOLDER, revision="v9"), None, "'some/model' has no revision 'v9'"),
        (replace(FILE, revision="v9"), None, "has no revision 'v9'"),
        (replace(FILE, file="other.pt"), None, r"'some/model/other\.pt' is not a file of that repository"),
        (replace(FOLDER, repo="no such folder"), None, "'no such folder' is neither a file or folder here nor an id"),
        (replace(FOLDER, marker="other.json"), None, r"has no other\.json"),
    ],
)
def test_what_the_hub_refuses_is_one_line(server, source, code, message):
    server.error = code
    with pytest.raises(InputError, match=message) as refused:
        source.fetch()
    assert "\n" not in str(refused.value)


def test_offline(cache, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)
    for source in (FOLDER, FILE):
        with pytest.raises(InputError, match="cannot be reached: no network, no hub, or HF_HUB_OFFLINE is set"):
            source.fetch()


def test_what_fixes_the_content():
    assert (FOLDER.pin, replace(FOLDER, revision="v1").pin) == ("", "revision v1")
    assert (FILE.pin, replace(FILE, sha256="", revision="b" * 40).pin) == (
        f"sha256 {WEIGHTS_HASH[:12]}",
        f"revision {'b' * 12}",
    )


def test_an_option_may_pin_a_revision(tmp_path):
    pinned = HubFolder.named("some/model@" + "b" * 40, marker="config.json")
    assert (pinned.repo, pinned.revision, pinned.pin) == ("some/model", "b" * 40, "revision bbbbbbbbbbbb")
    assert HubFolder.named("some/model", marker="config.json").revision == "main"
    folder = tmp_path / "odd@name"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    assert HubFolder.named(str(folder), marker="config.json").find() == folder
