"""How long a preparation is kept, and that the sweep takes what is over and nothing else."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import event, select

from app.store import removing
from app.store.connect import connect
from app.store.database import Database
from app.store.keeping import kept_until, latest
from app.store.opened import Key
from app.store.people import People
from app.store.preparations import Preparations
from app.store.removing import sweep
from app.store.tables import Person

from .traces import seen, there

TODAY = date(2026, 11, 23)
DAY = timedelta(1)


@pytest.mark.parametrize(
    ("chosen", "last", "until"),
    [
        (None, date(2026, 11, 23), date(2027, 11, 23)),
        (None, date(2028, 2, 29), date(2029, 2, 28)),
        (date(2026, 12, 1), date(2026, 11, 23), date(2026, 12, 1)),
        (date(2031, 1, 1), date(2026, 11, 23), date(2031, 1, 1)),
    ],
)
def test_it_is_kept_for_a_year_or_until_the_day_that_was_chosen(chosen: date | None, last: date, until: date) -> None:
    assert kept_until(chosen, last) == until


def test_what_nobody_said_anything_in_is_kept_for_a_week() -> None:
    assert kept_until(None, TODAY, empty=True) == date(2026, 11, 30)
    assert kept_until(date(2027, 1, 1), TODAY, empty=True) == date(2027, 1, 1)


def test_five_years_are_the_most() -> None:
    assert latest(date(2028, 2, 29)) == date(2033, 2, 28)


def test_the_sweep_takes_what_was_kept_for_a_year_and_not_a_day_before(
    database: Database, preparations: Preparations
) -> None:
    for last in (date(2026, 11, 23), date(2028, 2, 29), date(2027, 2, 28), date(2027, 3, 1)):
        key = preparations.take_in([{"offer.name": "Mine"}], {})
        seen(database, key, last)
        until = preparations.read(key).keep_until
        assert sweep(database, until) == 0
        assert there(preparations, key)
        assert sweep(database, until + DAY) == 1
        assert not there(preparations, key)


def test_a_visit_of_anybody_keeps_it_for_all(database: Database, preparations: Preparations, people: People) -> None:
    key = preparations.take_in([{"offer.name": "Mine"}], {})
    number, _ = people.invite(key, "reader", "Dr. Ng")
    seen(database, key, TODAY - timedelta(800))
    seen(database, key, TODAY - timedelta(30), number)
    assert sweep(database, TODAY) == 0
    assert preparations.read(key).keep_until == date(2027, 10, 24)
    seen(database, key, TODAY - timedelta(400), number)
    assert sweep(database, TODAY) == 1


def test_a_day_that_was_chosen_counts_alone_until_it_is_taken_back(
    database: Database, preparations: Preparations, people: People
) -> None:
    key = preparations.take_in([{"offer.name": "Mine"}], {})
    seen(database, key, TODAY - timedelta(800))
    people.keep_until(key, TODAY)
    assert sweep(database, TODAY) == 0
    assert preparations.read(key).keep_until == TODAY
    people.keep_until(key, None)
    assert preparations.read(key).keep_until < TODAY
    people.keep_until(key, TODAY - DAY)
    seen(database, key, TODAY)
    assert sweep(database, TODAY) == 1


def test_what_nobody_said_anything_in_goes_after_a_week_and_what_somebody_did_stays(
    database: Database, preparations: Preparations, people: People
) -> None:
    opened, said, noted, invited, chosen = (preparations.start() for _ in range(5))
    preparations.save(said, None, "you.priorities", ["sleep"])
    preparations.put_beside(noted, 1, [("note", "offer.name", "A note")])
    people.invite(invited, "family", "Ana")
    people.keep_until(chosen, TODAY + DAY)
    for key in (opened, said, noted, invited, chosen):
        seen(database, key, TODAY - timedelta(7))
    assert preparations.read(opened).keep_until == TODAY
    assert sweep(database, TODAY) == 0
    assert sweep(database, TODAY + DAY) == 1
    assert [there(preparations, key) for key in (opened, said, noted, invited, chosen)] == [False, *[True] * 4]
    assert sweep(database, TODAY + 2 * DAY) == 1
    assert not there(preparations, chosen)


def test_days_that_are_shown_are_the_days_of_the_sweep(
    database: Database, preparations: Preparations, people: People
) -> None:
    """For many kinds of preparations: each goes on the day after the one that its people are shown."""
    random, keys = Random(3), list[Key]()  # noqa: S311
    for _ in range(60):
        key = preparations.start()
        if random.random() < 0.6:
            preparations.save(key, 1, "offer.name", "Mine")
        if random.random() < 0.3:
            people.invite(key, "family", "Ana")
        if random.random() < 0.3:
            people.keep_until(key, TODAY + timedelta(random.randint(-40, 40)))
        seen(database, key, TODAY - random.choice([7, 8, 365, 366]) * DAY - timedelta(random.randint(-3, 3)))
        keys.append(key)
    for day in (TODAY + timedelta(n) for n in range(-45, 45, 3)):
        shown = {key.preparation_id: preparations.read(key).keep_until for key in keys if there(preparations, key)}
        assert sweep(database, day) == sum(until < day for until in shown.values())
        assert [k for k in keys if k.preparation_id in shown and not there(preparations, k)] == [
            k for k in keys if k.preparation_id in shown and shown[k.preparation_id] < day
        ]


def test_the_sweep_takes_many_in_several_turns_and_nothing_else(
    database: Database, preparations: Preparations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "AT_ONCE", 4)
    old = [preparations.take_in([{"offer.name": "Old"}], {"you.priorities": ["sleep"]}) for _ in range(10)]
    new = preparations.take_in([{"offer.name": "New"}], {"you.priorities": ["sleep"]})
    for key in old:
        seen(database, key, TODAY - timedelta(500))
    seen(database, new, TODAY)
    commits: list[str] = []
    event.listen(database._engine, "commit", lambda _connection: commits.append("commit"))
    assert sweep(database, TODAY) == 10
    assert len(commits) == 3
    assert preparations.read(new).offer(1).answers == {"offer.name": "New"}
    assert not any(there(preparations, key) for key in old)


@pytest.mark.parametrize("part", [1, 2, 3, 8, 9])
def test_the_sweep_looks_at_all_of_them_in_parts_and_makes_room_for_others(
    database: Database, preparations: Preparations, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr(removing, "AT_ONCE", 1)
    monkeypatch.setattr(removing, "PART", part)
    pauses: list[float] = []
    keys = [preparations.take_in([{"offer.name": "Mine"}], {}) for _ in range(9)]
    keys.sort(key=lambda key: key.preparation_id)
    old = [keys[n] for n in (0, 3, 4, 8)]
    for key in old:
        seen(database, key, TODAY - timedelta(500))
    assert sweep(database, TODAY, pauses.append) == len(old)
    assert [key for key in keys if not there(preparations, key)] == old
    assert [pause for pause in pauses if pause] == [removing.PAUSE] * len(old)


def test_several_processes_sweep_at_once_and_each_preparation_is_counted_once(
    address: str, database: Database, preparations: Preparations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "AT_ONCE", 5)
    for _ in range(30):
        seen(database, preparations.take_in([{"offer.name": "Old"}], {}), TODAY - timedelta(500))
    with ExitStack() as stack:
        others = [connect(address) for _ in range(3)]
        for other in others:
            stack.callback(other.close)
        counts: list[int] = []
        ready = threading.Barrier(len(others))

        def one(other: Database) -> None:
            ready.wait()
            counts.append(sweep(other, TODAY))

        threads = [threading.Thread(target=one, args=(other,)) for other in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(counts) == 30
    with database.reading() as connection:
        assert connection.execute(select(Person)).all() == []


def test_who_comes_back_while_it_is_swept_keeps_it(
    database: Database, preparations: Preparations, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = preparations.take_in([{"offer.name": "Mine"}], {})
    seen(database, key, TODAY - timedelta(500))
    writing = database.writing

    @contextmanager
    def late() -> Iterator[object]:
        monkeypatch.setattr(database, "writing", writing)
        seen(database, key, TODAY)
        with writing() as connection:
            yield connection

    monkeypatch.setattr(database, "writing", late)
    assert sweep(database, TODAY) == 0
    assert there(preparations, key)
