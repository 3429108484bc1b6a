"""What registers said, kept for a while; and one pace for all who ask, in whatever process they are."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from app.store import look_ups, tables
from app.store.connect import connect
from app.store.database import Database
from app.store.look_ups import APART, LookUps

ROOT = Path(__file__).resolve().parents[2]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf(database: Database, clock: Clock) -> LookUps:
    return LookUps(database, clock)


@pytest.fixture
def other(address: str, database: Database, clock: Clock) -> Iterator[LookUps]:
    """Another process with the same database."""
    elsewhere = connect(address)
    yield LookUps(elsewhere, clock)
    elsewhere.close()


def test_what_is_kept_comes_back_with_its_time(shelf: LookUps, other: LookUps) -> None:
    assert shelf.kept("NCT01112223") is None
    shelf.keep("NCT01112223", {"a": "\u00e9\ud800"})
    kept = other.kept("NCT01112223")
    assert kept is not None
    assert kept.parts == {"a": "\u00e9\ud800"}
    assert abs(datetime.now(UTC) - kept.at) < timedelta(minutes=1)
    assert shelf.kept("NCT01112224") is None


def test_the_newest_takes_the_place_of_the_one_before(shelf: LookUps) -> None:
    shelf.keep("NCT01112223", {"a": 1})
    shelf.keep("NCT01112223", None)
    kept = shelf.kept("NCT01112223")
    assert kept is not None
    assert kept.parts is None


def test_what_is_old_goes_when_something_new_comes(shelf: LookUps, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.keep("NCT00000001", {})
    real = tables.now()
    monkeypatch.setattr(tables, "now", lambda: real + timedelta(days=31))
    shelf.keep("NCT00000002", {})
    assert shelf.kept("NCT00000001") is None
    assert shelf.kept("NCT00000002") is not None


def test_only_so_many_are_kept(shelf: LookUps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_ups, "KEPT_AT_MOST", 3)
    real = tables.now()
    for n in range(5):
        monkeypatch.setattr(tables, "now", lambda n=n: real + timedelta(seconds=n))
        shelf.keep(f"NCT0000000{n}", {})
    assert [n for n in range(5) if shelf.kept(f"NCT0000000{n}")] == [2, 3, 4]


# -- the pace


def test_turns_are_a_second_apart_for_all_together(shelf: LookUps, other: LookUps, clock: Clock) -> None:
    turns = [shelf.turn(9), other.turn(9), shelf.turn(9), other.turn(9)]
    assert turns == pytest.approx([0, APART, 2 * APART, 3 * APART])
    assert APART >= 1
    clock.now += 10
    assert other.turn(9) == 0


def test_a_turn_beyond_patience_is_not_taken(shelf: LookUps, other: LookUps) -> None:
    assert shelf.turn(9) == 0
    assert other.turn(0.5) is None
    assert other.turn(1.5) == pytest.approx(APART)


def test_while_the_register_wants_to_be_left_alone_nobody_has_a_turn(
    shelf: LookUps, other: LookUps, clock: Clock
) -> None:
    assert shelf.held() == 0
    shelf.hold(120)
    other.hold(60)  # a shorter wish does not shorten a longer one
    assert other.held() == 120
    assert other.turn(30) is None
    clock.now += 121
    assert other.held() == 0
    assert other.turn(30) == 0


def test_a_clock_that_was_wrong_and_is_put_right_does_not_stop_us(shelf: LookUps, clock: Clock) -> None:
    clock.now += 365 * 24 * 3600
    shelf.turn(9)
    shelf.hold(3600)
    clock.now -= 365 * 24 * 3600
    assert shelf.held() == 0
    assert shelf.turn(9) == 0


def test_threads_never_share_a_turn(shelf: LookUps) -> None:
    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(lambda _: shelf.turn(100), range(40)))
    assert sorted(t for t in turns if t is not None) == pytest.approx([n * APART for n in range(40)])


def test_processes_never_share_a_turn(address: str, database: Database) -> None:
    # Real processes with real clocks: when each of their requests may go out.
    program = (
        "import sys, time; from app.store.connect import connect; "
        "from app.store.look_ups import APART, LookUps; shelf = LookUps(connect(sys.argv[1]))\n"
        "for _ in range(5): print(time.time() + shelf.turn(60))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, address], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = "".join(process.communicate(timeout=60)[0] for process in running)
    turns = sorted(float(line) for line in said.split())
    assert len(turns) == 15
    # The time is read a moment before the turn is taken.
    assert all(later - earlier > 0.99 for earlier, later in pairwise(turns))
