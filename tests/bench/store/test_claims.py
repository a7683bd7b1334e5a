"""Claims: of several who want one thing one gets it, the dead lose theirs, and what has ended is not begun again."""

import os
import shutil
import time

import pytest

from bench.store import claims as module
from bench.store.claims import Claims
from bench.store.owner import LEASE, Owner
from tests.support.process import Child

NAMES = [f"cell-{number}" for number in range(60)]


def hold(folder, names, ready):
    """Claim names, say so, and sleep."""
    held = [Claims(folder).take(name) for name in names]
    ready.write_text("" if all(held) else "not all")
    time.sleep(60)


def take_all(folder, start, won):
    """Wait for the others, claim what there is, and write down what was won."""
    while not start.exists():
        time.sleep(0.001)
    own = {name: Claims(folder).take(name) for name in NAMES}
    won.write_text(" ".join(name for name, claim in own.items() if claim))
    time.sleep(60)


def wait_for(*paths):
    while not all(path.exists() for path in paths):
        time.sleep(0.01)


@pytest.fixture
def claims(tmp_path):
    return Claims(tmp_path / "claims")


@pytest.fixture
def other(tmp_path):
    """Another process that holds all names."""
    child = Child(tmp_path / "out.txt", hold, tmp_path / "claims", NAMES, tmp_path / "ready")
    wait_for(tmp_path / "ready")
    yield child
    child.kill()


def test_what_another_process_holds_is_not_to_be_had(claims, other):
    assert claims.take(NAMES[0]) is None
    assert set(claims.busy(NAMES)) == set(NAMES)
    assert claims.busy(NAMES)[NAMES[0]].pid == other.process.pid
    claims.tidy()
    assert claims.holder(NAMES[0]).lives


def test_what_a_dead_process_held_is_taken_over(claims, other):
    other.kill()
    assert claims.busy(NAMES) == {}
    assert claims.take(NAMES[0]).turn == 1
    assert claims.take(NAMES[0]) is None
    assert claims.holder(NAMES[0]).owner == Owner.here()


@pytest.mark.parametrize("stale", [False, True], ids=["nobody held it", "a dead process held it"])
def test_of_several_processes_one_gets_each_claim(claims, other, tmp_path, stale):
    other.kill()
    if not stale:
        claims.tidy()
    won = [tmp_path / f"won-{number}" for number in range(4)]
    rivals = [
        Child(tmp_path / f"{file.name}.txt", take_all, tmp_path / "claims", tmp_path / "start", file) for file in won
    ]
    (tmp_path / "start").touch()
    wait_for(*won)
    time.sleep(0.05)  # written, not only created
    taken = [name for file in won for name in file.read_text().split()]
    for one in rivals:
        one.kill()
    assert len(taken) == len(set(taken))
    assert len(taken) > 0.9 * len(NAMES)  # who comes in the very same moment may withdraw


def test_who_hesitated_until_others_came_and_went_withdraws(claims, other, tmp_path, monkeypatch):
    """Its judgement is of a claim that is gone by the time at which it creates the next turn."""
    other.kill()
    create, place = module.Claim.create, tmp_path / "claims" / NAMES[0]

    def create_late(claim):
        shutil.rmtree(place)
        place.mkdir()
        (place / "0").write_text(Owner.here().text())
        create(claim)

    monkeypatch.setattr(module.Claim, "create", create_late)
    assert claims.take(NAMES[0]) is None
    assert claims.holder(NAMES[0]).turn == 0


def test_what_has_ended_is_not_begun_again_before_the_next_plan(claims):
    claims.take("cell").end()
    assert claims.take("cell") is None
    assert not claims.is_busy("cell")
    claims.forget_ended(["cell", "another"])
    assert claims.take("cell").turn == 0


def test_what_was_let_go_is_free(claims):
    claims.take("cell").let_go()
    assert claims.holder("cell") is None
    assert claims.take("cell").turn == 0


def test_only_an_empty_room_is_tidied_away(claims, tmp_path):
    claims.take("done").end()
    claims.take("at-work")
    claims.tidy()
    assert claims.holder("done").ended
    claims.take("at-work-too").end()
    (tmp_path / "claims" / "at-work" / "0").unlink()
    claims.tidy()
    assert not (tmp_path / "claims").exists()


def test_a_claim_that_is_being_written_is_respected_for_a_while(claims, tmp_path):
    file = tmp_path / "claims" / "cell" / "0"
    file.parent.mkdir(parents=True)
    file.touch()
    assert claims.take("cell") is None
    os.utime(file, (time.time() - LEASE, time.time() - LEASE))
    assert claims.take("cell").turn == 1


def test_signs_of_life_are_given_until_the_end(claims, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BEAT", 0.01)
    claim, file = claims.take("cell"), tmp_path / "claims" / "cell" / "0"
    os.utime(file, (1, 1))
    end = time.monotonic() + 10
    while file.stat().st_mtime == 1:
        assert time.monotonic() < end
    claim.end()
    time.sleep(0.05)
    os.utime(file, (1, 1))
    time.sleep(0.05)
    assert file.stat().st_mtime == 1


def sleep_while_another_takes_over(folder):
    module.BEAT = 0.01
    claim = Claims(folder).take("cell")
    try:
        (folder / "cell" / "1").write_text(Owner.here().text())
        time.sleep(60)
    except KeyboardInterrupt:
        claim.let_go()
        return 3
    return 0


def test_who_slept_until_another_took_over_stops_and_leaves_it_alone(claims, tmp_path):
    status, _ = Child(tmp_path / "out.txt", sleep_while_another_takes_over, tmp_path / "claims").end(timeout=30)
    assert status == 3
    assert claims.holder("cell").turn == 1


def test_names_without_a_claim_are_not_asked_for_one_by_one(claims, monkeypatch):
    claims.take("held")
    asked = []
    monkeypatch.setattr(Claims, "holder", lambda _, name: asked.append(name))
    claims.busy(["held", *NAMES])
    claims.forget_ended(["held", *NAMES])
    assert asked == ["held", "held"]


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_a_claim_is_whole_from_the_moment_on_at_which_it_is_there(claims, tmp_path, monkeypatch, links):
    seen = []

    def link(source, target):
        seen.append(Owner.read(source.read_text()).pid)
        if not links:
            raise OSError("no hard links here")
        return os_link(source, target)

    os_link = os.link
    monkeypatch.setattr(os, "link", link)
    assert claims.take("cell-0") is not None
    assert seen == [os.getpid()]
    assert claims.holder("cell-0").owner.pid == os.getpid()
    assert [file.name for file in (tmp_path / "claims" / "cell-0").iterdir()] == ["0"]
    assert claims.take("cell-0") is None
