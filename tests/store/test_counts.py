"""Guessing codes: tries that did not fit are limited, for each network and for all, in however many processes."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from pathlib import Path

import pytest
from limits._storage_scheme import SCHEMES
from limits.storage import Storage

from app.store.connect import connect
from app.store.counts import CROWDED, OVERALL, PER_ADDRESS, Counts, Guesses, part_of
from app.store.database import Database, StoreError

ROOT = Path(__file__).resolve().parents[2]
HOSPITAL, ELSEWHERE = "198.51.100.7", "203.0.113.9"
TEN_MINUTES = 600


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
def guesses(database: Database, clock: Clock) -> Guesses:
    return Guesses(Counts(database, b"pepper", clock))


@pytest.fixture
def other(address: str, database: Database, clock: Clock) -> Iterator[Guesses]:
    """Another process with the same database."""
    elsewhere = connect(address)
    yield Guesses(Counts(elsewhere, b"pepper", clock))
    elsewhere.close()


def crowd(guesses: Guesses) -> None:
    """Very many guess at once, each network as often as it may, until the limit for all is used up."""
    taken = 0
    network = 0
    while taken < OVERALL.amount:
        network += 1
        while guesses.take(f"10.{network // 256}.{network % 256}.1"):
            taken += 1


# -- for each network


def test_so_many_tries_that_do_not_fit_and_no_more_until_ten_minutes_have_passed(
    guesses: Guesses, other: Guesses, clock: Clock
) -> None:
    for turn in range(PER_ADDRESS.amount):
        assert (guesses, other)[turn % 2].take(HOSPITAL) == 1
    assert guesses.take(HOSPITAL) == other.take(HOSPITAL) == 0
    assert guesses.take(ELSEWHERE) == 1
    assert guesses.wait(HOSPITAL) == TEN_MINUTES
    clock.now += TEN_MINUTES - 1
    assert guesses.take(HOSPITAL) == 0
    assert guesses.wait(HOSPITAL) == 1
    clock.now += 1
    assert guesses.take(HOSPITAL) == 1


def test_a_code_that_fits_costs_nothing(guesses: Guesses) -> None:
    for _ in range(5 * PER_ADDRESS.amount):
        guesses.give_back(HOSPITAL, guesses.take(HOSPITAL))
    assert [guesses.take(HOSPITAL) for _ in range(PER_ADDRESS.amount)] == [1] * PER_ADDRESS.amount


def test_a_code_that_fits_does_not_make_up_for_those_that_did_not(guesses: Guesses) -> None:
    for _ in range(PER_ADDRESS.amount - 1):
        guesses.take(HOSPITAL)
    guesses.give_back(HOSPITAL, guesses.take(HOSPITAL))
    assert [guesses.take(HOSPITAL), guesses.take(HOSPITAL)] == [1, 0]


def test_a_try_given_back_after_its_time_gives_nobody_more(guesses: Guesses, clock: Clock) -> None:
    cost = guesses.take(HOSPITAL)
    clock.now += TEN_MINUTES
    guesses.give_back(HOSPITAL, cost)
    guesses.give_back(HOSPITAL, cost)
    assert sum(bool(guesses.take(HOSPITAL)) for _ in range(20)) == PER_ADDRESS.amount


def test_neighbours_share_their_tries(guesses: Guesses) -> None:
    for last in range(PER_ADDRESS.amount):
        guesses.take(f"198.51.100.{last}")
        guesses.take(f"2001:db8:7::{last:x}:1")
    assert guesses.take("198.51.100.200") == 0
    assert guesses.take("::ffff:198.51.100.201") == 0
    assert guesses.take("2001:db8:7:ffff::1") == 0
    assert guesses.take("198.51.101.1") == 1
    assert guesses.take("2001:db8:8::1") == 1


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8:1:2:3:4:5:6", "::1", "fe80::1%eth0"])
def test_a_part_of_an_address_is_its_beginning(address: str) -> None:
    whole = ip_address(address.partition("%")[0])
    part = bytes.fromhex(part_of(address))
    assert whole.packed.startswith(part)
    assert len(part) * 8 == (24 if whole.version == 4 else 48)


@pytest.mark.parametrize("address", ["", "testclient", "192.0.2", "192.0.2.1, 192.0.2.2", "x" * 10_000, "1.2.3.4:80"])
def test_what_is_no_address_is_all_one_part(address: str) -> None:
    assert part_of(address) == part_of("")


# -- for all


def test_while_very_many_guess_everybody_still_has_a_few_tries(guesses: Guesses, clock: Clock) -> None:
    crowd(guesses)
    assert [guesses.take(HOSPITAL) for _ in range(4)] == [CROWDED, CROWDED, CROWDED, 0]
    # And whoever has the right code gets in, however often.
    for _ in range(50):
        cost = guesses.take(ELSEWHERE)
        assert cost
        guesses.give_back(ELSEWHERE, cost)
    clock.now += TEN_MINUTES
    assert guesses.take(HOSPITAL) == 1


def test_one_network_alone_cannot_use_up_the_limit_for_all(guesses: Guesses) -> None:
    for _ in range(2 * OVERALL.amount):
        guesses.take(HOSPITAL)
    assert guesses.take(ELSEWHERE) == 1


def test_those_who_are_refused_write_nothing(guesses: Guesses, database: Database) -> None:
    while guesses.take(HOSPITAL):
        pass
    before = counted(database)
    assert not any(guesses.take(HOSPITAL) for _ in range(20))
    assert counted(database) == before


# -- many at once


def test_threads_get_no_more_tries_together_than_one_after_another(guesses: Guesses) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: guesses.take(HOSPITAL), range(60)))
    assert sum(map(bool, taken)) == PER_ADDRESS.amount


def test_processes_get_no_more_tries_together_than_one_after_another(address: str, database: Database) -> None:
    program = (
        "import sys; from app.store.counts import Counts, Guesses; "
        "from app.store.connect import connect; guesses = Guesses(Counts(connect(sys.argv[1])))\n"
        "print(sum(bool(guesses.take('198.51.100.7')) for _ in range(12)))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, address], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert sum(int(process.communicate(timeout=60)[0]) for process in running) == PER_ADDRESS.amount


# -- what is kept


def counted(database: Database) -> list[tuple[str, int, float]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM tally ORDER BY key")]


def test_no_address_stands_in_the_file_and_the_pepper_decides_what_does(
    path: Path, database: Database, clock: Clock
) -> None:
    keys = set()
    for pepper in (b"", b"one", b"two"):
        Guesses(Counts(database, pepper, clock)).take(HOSPITAL)
        keys.add(frozenset(key for key, _, _ in counted(database)))
    assert len(keys) == 3
    assert len(counted(database)) == 6
    for file in path.parent.glob(path.name + "*"):
        raw = file.read_bytes()
        assert b"198.51.100" not in raw
        assert ip_address(HOSPITAL).packed[:3] not in raw


def test_what_is_old_goes_when_something_new_comes(guesses: Guesses, database: Database, clock: Clock) -> None:
    for n in range(20):
        guesses.take(f"10.0.{n}.1")
    assert len(counted(database)) == 21
    clock.now += TEN_MINUTES
    guesses.take(HOSPITAL)
    assert len(counted(database)) == 2
    guesses.tidy()
    assert len(counted(database)) == 2
    clock.now += TEN_MINUTES
    guesses.tidy()
    assert counted(database) == []


def test_a_clock_that_was_wrong_and_is_put_right_locks_nobody_out(guesses: Guesses, clock: Clock) -> None:
    clock.now += 24 * 3600
    while guesses.take(HOSPITAL):
        pass
    clock.now -= 24 * 3600
    assert guesses.take(HOSPITAL) == 1
    assert guesses.wait(HOSPITAL) == TEN_MINUTES


def test_a_database_that_cannot_count_says_so(guesses: Guesses, database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE tally")
    with pytest.raises(StoreError):
        guesses.take(HOSPITAL)


# -- as a storage of the library


def test_it_is_a_whole_storage_and_known_to_nobody_by_name(database: Database, clock: Clock) -> None:
    counts = Counts(database, b"", clock)
    assert isinstance(counts, Storage)
    assert counts.check()
    assert [counts.incr("a", 60), counts.incr("a", 60, 4), counts.incr("b", 60)] == [1, 5, 1]
    assert counts.get_expiry("a") == clock.now + 60
    counts.clear("a")
    assert (counts.get("a"), counts.get_expiry("a"), counts.get("b")) == (0, clock.now, 1)
    assert counts.reset() == 1
    assert counted(database) == []
    assert Counts not in SCHEMES.values()
