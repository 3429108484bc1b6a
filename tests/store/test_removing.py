"""How long a preparation is kept, and that nothing is left of it then: in the file, in its log, in its gaps."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import event, select, update
from sqlmodel import col

from app.store import database as database_module
from app.store import removing
from app.store.database import Database, StoreError
from app.store.keeping import kept_until, latest
from app.store.opened import Key
from app.store.people import People
from app.store.preparations import Preparations
from app.store.removing import AlreadyGone, Gone, sweep
from app.store.sealing import NotOpened
from app.store.tables import Person

TODAY = date(2026, 11, 23)
DAY = timedelta(1)


@pytest.fixture
def people(database: Database, preparations: Preparations) -> People:
    return People(database, preparations)


def seen(database: Database, key: Key, day: date, number: int = 1) -> None:
    """Somebody was last here on this day."""
    with database.writing() as connection:
        this = (col(Person.preparation_id) == key.preparation_id, col(Person.number) == number)
        connection.execute(update(Person).where(*this).values(seen_on=day))


def there(preparations: Preparations, key: Key) -> bool:
    try:
        preparations.read(key)
    except NotOpened:
        return False
    return True


# -- how long


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


def test_several_processes_sweep_at_once_and_each_preparation_is_counted_once(
    path: Path, database: Database, preparations: Preparations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "AT_ONCE", 5)
    for _ in range(30):
        seen(database, preparations.take_in([{"offer.name": "Old"}], {}), TODAY - timedelta(500))
    with ExitStack() as stack:
        others = [Database(path) for _ in range(3)]
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


# -- the same button twice


def test_who_deletes_twice_is_told_so_and_nobody_else(preparations: Preparations, people: People) -> None:
    key = preparations.take_in([{"offer.name": "Mine"}], {})
    _, other = people.invite(key, "family", "Ana")
    preparations.delete(key)
    for _ in range(3):
        with pytest.raises(AlreadyGone):
            preparations.delete(key)
    for stranger in (other, Key("nowhere", key.secret), Key(key.preparation_id, "x")):
        with pytest.raises(NotOpened) as told:
            preparations.delete(stranger)
        assert told.type is NotOpened


def test_who_deleted_is_forgotten_after_some_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    gone = Gone(lambda: now[0])
    monkeypatch.setattr(removing, "REMEMBERED", 3)
    for n in range(5):
        gone.add(bytes([n]))
    assert [bytes([n]) in gone for n in range(6)] == [False, False, True, True, True, False]
    now[0] = removing.REMEMBERED_SECONDS
    assert not any(bytes([n]) in gone for n in range(6))


# -- out of the log, while somebody reads


@contextmanager
def reader(path: Path) -> Iterator[None]:
    """Somebody else who has begun to read the file as it is now, such as a program that copies it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM preparation").fetchall()
        yield
        other.execute("COMMIT")


def files(path: Path) -> dict[str, bytes]:
    """Every file of the database, as it stands on the disk."""
    return {file.name: file.read_bytes() for file in path.parent.glob(path.name + "*")}


def sealed(path: Path, key: Key, every: int = 16) -> list[bytes]:
    """What is sealed for a preparation, in pieces that chance does not make twice: one every so many bytes."""
    with closing(sqlite3.connect(path)) as connection:
        this = (key.preparation_id,)
        found = connection.execute("SELECT sealed FROM entry WHERE preparation_id = ?", this).fetchall()
        columns = "profile, wrapped_key, code_hash"
        found += connection.execute(f"SELECT {columns} FROM person WHERE preparation_id = ?", this).fetchall()  # noqa: S608
    return [blob[i : i + 16] for row in found for blob in row if blob for i in range(0, len(blob) - 15, every)]


def left(path: Path, pieces: list[bytes]) -> dict[str, int]:
    """How many of these pieces still stand in which file."""
    counted = {name: sum(piece in content for piece in pieces) for name, content in files(path).items()}
    return {name: count for name, count in counted.items() if count}


@pytest.fixture
def kept(preparations: Preparations) -> Key:
    return preparations.take_in(
        [{"offer.name": "Mine", "visit.notes": "a long sentence " * 300}], {"you.priorities": ["sleep"]}
    )


def test_without_a_reader_nothing_is_left_at_once(
    path: Path, database: Database, preparations: Preparations, kept: Key
) -> None:
    pieces = sealed(path, kept)
    assert len(pieces) > 300
    assert left(path, pieces)
    preparations.delete(kept)
    assert left(path, pieces) == {}
    assert not database.to_forget


def test_with_a_reader_the_deletion_does_not_wait_and_says_what_is_left_to_do(
    path: Path, database: Database, preparations: Preparations, kept: Key
) -> None:
    pieces = sealed(path, kept)
    with reader(path):
        began = time.monotonic()
        preparations.delete(kept)
        assert time.monotonic() - began < 2
        assert not there(preparations, kept)
        assert database.to_forget
        # This is what there is to guard against.
        assert left(path, pieces)
        assert not database.forget()
        assert database.to_forget
    assert database.forget()
    assert not database.to_forget
    assert left(path, pieces) == {}


LATER: dict[str, Callable[[Path, Database, Preparations], object]] = {
    "the next answer": lambda _path, _database, preparations: preparations.start(),
    "the next sweep": lambda _path, database, preparations: (
        seen(database, preparations.start(), TODAY - timedelta(500)),
        sweep(database, TODAY),
    ),
    "closing": lambda _path, database, _preparations: database.close(),
    "the next start": lambda path, _database, _preparations: Database(path).migrate(),
}


@pytest.mark.parametrize("when", LATER)
def test_what_was_left_goes_later(
    path: Path, database: Database, preparations: Preparations, kept: Key, when: str
) -> None:
    pieces = sealed(path, kept)
    with reader(path):
        preparations.delete(kept)
        # Whoever writes meanwhile is not held up either.
        began = time.monotonic()
        preparations.start()
        assert time.monotonic() - began < 2
        assert left(path, pieces)
    LATER[when](path, database, preparations)
    assert left(path, pieces) == {}


def test_a_link_that_is_taken_back_or_replaced_leaves_nothing_of_its_key(
    path: Path, database: Database, preparations: Preparations, people: People
) -> None:
    key = preparations.start()
    number, _ = people.invite(key, "family", "Ana")
    for take in (lambda: people.renew(key, number), lambda: people.revoke(key, number)):
        with closing(sqlite3.connect(path)) as connection:
            columns = "SELECT wrapped_key, code_hash FROM person WHERE number = 2"
            pieces = [blob[i : i + 16] for blob in connection.execute(columns).fetchone() for i in (0, 16)]
        take()
        assert left(path, pieces) == {}


def test_a_fault_of_the_log_does_not_undo_a_deletion(
    database: Database, preparations: Preparations, kept: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_connection: object, _patience: float) -> bool:
        raise database_module.DatabaseError("checkpoint", None, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(database_module, "_emptied", broken)
    preparations.delete(kept)
    assert not there(preparations, kept)
    assert database.to_forget


# -- out of the gaps of pages


@pytest.fixture
def quick(database: Database) -> Database:
    """Without waiting for the disk, for tests that write a thousand times."""

    @event.listens_for(database._engine, "connect")
    def hurry(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    database._engine.dispose()
    return database


# With 3, SQLite leaves something behind in the gaps until the file is written anew.
@pytest.mark.parametrize("seed", [1, 3])
def test_after_any_life_nothing_is_left_of_what_was_deleted(path: Path, quick: Database, seed: int) -> None:
    """Preparations come, grow and go in any order. SQLite moves rows about as it keeps its pages full."""
    random, store = Random(seed), Preparations(quick, "parkinsons", "1.0.0")  # noqa: S311
    company, keys, gone = People(quick, store), [store.start()], list[bytes]()
    for turn in range(400):
        key = random.choice(keys)
        match random.randrange(12):
            case 0:
                keys.append(store.start())
            case 1 if len(keys) > 4:
                keys.remove(key)
                gone += sealed(path, key, every=64)
                store.delete(key)
            case 2:
                company.invite(key, "family", "x" * random.randrange(60))
            case _:
                text = "x" * random.choice([1, 10, 500, 1500, 5000]) + str(turn)
                store.save(key, 1, f"a.q{random.randrange(30)}", text)
    assert len(gone) > 1000
    quick.repack()
    assert left(path, gone) == {}
    # Those that stay are as they were.
    assert all(there(store, key) for key in keys)


def test_the_file_is_written_anew_only_after_something_was_deleted(database: Database, kept: Key) -> None:
    assert not database.repack()
    store = Preparations(database, "parkinsons", "1.0.0")
    store.save(kept, 1, "offer.name", "Changed")
    assert not database.repack()
    store.delete(kept)
    assert database.to_repack
    assert database.repack()
    assert not database.to_repack
    assert not database.repack()


def test_another_process_knows_that_something_was_deleted(path: Path, preparations: Preparations, kept: Key) -> None:
    preparations.delete(kept)
    other = Database(path)
    assert other.repack()
    assert not other.repack()
    other.close()


def test_a_large_file_is_left_alone_unless_somebody_asks(
    database: Database, preparations: Preparations, kept: Key
) -> None:
    preparations.delete(kept)
    assert not database.repack(limit=1000)
    assert database.repack(limit=None)


def test_a_lock_in_the_way_of_writing_anew_is_a_store_error_and_it_is_done_later(
    path: Path, preparations: Preparations, kept: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    preparations.delete(kept)
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.05)
    other = Database(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            other.repack()
    assert other.repack()
    other.close()
