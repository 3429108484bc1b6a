"""A whole database copied: as it was at one moment, into a file and back, and from a file to another database."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from databases import fresh, rows
from sqlalchemy import select, text
from sqlmodel import SQLModel

from app.store import copying
from app.store.connect import connect
from app.store.copying import ALONE, OWNED, NotCopied, back_up, fill, move, newest, restore
from app.store.database import Database, Level, StoreError
from app.store.opened import Key
from app.store.people import People
from app.store.pepper import OtherPepper, hold_to_pepper
from app.store.preparations import Preparations
from app.store.sqlite import Sqlite
from app.store.verifying import verify

PREPARATIONS = 7
_TABLES = SQLModel.metadata.tables


def quietly(_done: int, _count: int) -> None:
    """Nobody looks."""


class Stopped(Exception):
    """Whoever copied was stopped."""


def stop_at(part: int) -> copying.Tell:
    def tell(done: int, _count: int) -> None:
        if done >= part:
            raise Stopped

    return tell


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "BATCH", 2)


@pytest.fixture
def keys(preparations: Preparations, people: People) -> list[Key]:
    found = [preparations.take_in([{"offer.name": f"Offer {n}"}, {}], {}) for n in range(PREPARATIONS)]
    people.invite(found[0], "family", "Ana")
    return found


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """Another database, empty."""
    with fresh(tmp_path, "other.db") as address:
        database = connect(address)
        database.migrate()
        yield database
        database.close()


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows, as our columns read them: the same from whatever database."""
    with database.reading() as connection:
        found = {name: connection.execute(select(_TABLES[name])).all() for name in (*OWNED, *ALONE)}
    return {name: sorted(map(tuple, rows), key=str) for name, rows in found.items()}


def names(database: Database, keys: list[Key]) -> list[object]:
    store = Preparations(database, "parkinsons", "1.0.0")
    return [store.read(key).offer(1).answers.get("offer.name") for key in keys]


# -- into a file and back


def test_a_backup_holds_everything_and_opens_with_the_same_links(
    database: Database, keys: list[Key], tmp_path: Path
) -> None:
    file = tmp_path / "kept" / "backup.db"
    file.parent.mkdir()
    back_up(database, file, quietly)
    # One file, for its owner alone.
    assert [path.name for path in file.parent.iterdir()] == ["backup.db"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    with newest(file) as copied:
        assert everything(copied) == everything(database)
        assert names(copied, keys) == [f"Offer {n}" for n in range(PREPARATIONS)]
    assert file.read_bytes() == before


def test_what_is_written_meanwhile_does_not_tear_a_backup(
    database: Database, preparations: Preparations, keys: list[Key], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_PAGES", 1)
    over, acknowledged = threading.Event(), 0

    def write() -> None:
        nonlocal acknowledged
        while not over.is_set():
            preparations.save(keys[acknowledged % PREPARATIONS], 1, "offer.provider", f"{acknowledged}")
            acknowledged += 1

    writing = threading.Thread(target=write)
    writing.start()
    for n in range(5):
        before = acknowledged
        back_up(database, tmp_path / f"{n}.db", quietly)
        with newest(tmp_path / f"{n}.db") as copied:
            assert verify(copied, quietly) == []
            entries = len(rows(copied)["entry"]) - PREPARATIONS
        assert before <= entries <= acknowledged + 1
    over.set()
    writing.join()


def test_a_backup_takes_no_place_that_is_taken_and_leaves_nothing_when_it_is_stopped(
    database: Database, keys: list[Key], tmp_path: Path
) -> None:
    file = tmp_path / "folder" / "backup.db"
    file.parent.mkdir()
    with pytest.raises(Stopped):
        back_up(database, file, stop_at(1))
    assert list(file.parent.iterdir()) == []
    # Nor a file without a name, which would take as much room for as long as somebody has it open.
    assert not any(str(file) in str(opened.resolve()) for opened in Path("/proc/self/fd").glob("*"))
    file.write_text("a letter")
    with pytest.raises(NotCopied, match="there is a file"):
        back_up(database, file, quietly)
    assert file.read_text() == "a letter"


def test_what_somebody_left_who_was_killed_is_not_taken_for_a_part_of_it(
    database: Database, keys: list[Key], tmp_path: Path
) -> None:
    file = tmp_path / "folder" / "backup.db"
    file.parent.mkdir()
    for ending in ("", "-wal", "-shm", "-journal"):
        (file.parent / f"backup.db.part{ending}").write_bytes(b"half of it")
    back_up(database, file, quietly)
    assert list(file.parent.iterdir()) == [file]
    with newest(file) as copied:
        assert everything(copied) == everything(database)


def test_a_backup_is_restored_into_an_empty_place(database: Database, keys: list[Key], tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    back_up(database, file, quietly)
    with fresh(tmp_path, "new.db") as address:
        new = connect(address)
        restore(file, new, quietly)
        assert everything(new) == everything(database)
        Preparations(new, "parkinsons", "1.0.0").save(keys[0], 1, "offer.name", "Later")
        # Never over what somebody said since.
        with pytest.raises(NotCopied):
            restore(file, new, quietly)
        assert names(new, keys)[0] == "Later"
        new.close()


def test_what_is_no_file_of_ours_is_not_restored(other: Database, tmp_path: Path) -> None:
    with pytest.raises(NotCopied, match="there is no file"):
        restore(tmp_path / "nowhere.db", other, quietly)
    with closing(sqlite3.connect(tmp_path / "else.db")) as connection:
        connection.execute("CREATE TABLE letter (words)")
    with pytest.raises(NotCopied, match="no file of ours"):
        restore(tmp_path / "else.db", other, quietly)


def test_a_file_of_a_later_release_is_not_touched(other: Database, tmp_path: Path) -> None:
    later = Sqlite(tmp_path / "later.db")
    later.migrate()
    with later.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert later.level() is Level.NEWER
    later.close()
    with pytest.raises(NotCopied, match="later release"):
        restore(tmp_path / "later.db", other, quietly)


def test_a_file_of_an_earlier_release_is_brought_up_to_date_in_a_copy(other: Database, tmp_path: Path) -> None:
    from .test_migrations import DATA
    from .test_migrations import fill as fill_old

    old = Sqlite(tmp_path / "old.db")
    fill_old(old, *DATA)
    old.close()
    before = (tmp_path / "old.db").read_bytes()
    with newest(tmp_path / "old.db") as source:
        assert source.level() is Level.NEWEST
        fill(source, other, quietly)
    assert len(rows(other)["entry"]) == 1
    assert (tmp_path / "old.db").read_bytes() == before
    assert not list(tmp_path.glob(".which-cells-*"))


# -- row by row


def test_whoever_was_stopped_goes_on_and_nothing_is_there_twice(
    database: Database, other: Database, keys: list[Key]
) -> None:
    for part in (1, 4, 6):
        with pytest.raises(Stopped):
            fill(database, other, stop_at(part))
        assert 0 < len(rows(other)["preparation"]) < PREPARATIONS
    fill(database, other, quietly)
    assert everything(other) == everything(database)
    fill(database, other, quietly)
    assert everything(other) == everything(database)
    assert verify(other, quietly) == []


def test_other_preparations_are_never_mixed_with_these(database: Database, other: Database, keys: list[Key]) -> None:
    theirs = Preparations(other, "parkinsons", "1.0.0").start()
    before = rows(other)
    with pytest.raises(NotCopied, match="other preparations"):
        fill(database, other, quietly)
    assert rows(other) == before
    assert theirs.preparation_id in str(before["preparation"])


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM entry WHERE number = 1",
        "UPDATE entry SET pack_version = '9'",
        "UPDATE person SET role = 'family' WHERE number = 1",
        "UPDATE preparation SET offers = 9",
    ],
)
def test_a_row_that_is_lost_or_changed_on_the_way_is_noticed(
    database: Database, other: Database, keys: list[Key], change: str
) -> None:
    fill(database, other, quietly)
    with other.writing() as connection:
        connection.execute(text(change))
    with pytest.raises(NotCopied, match="stand otherwise"):
        fill(database, other, quietly)


def test_rows_that_are_there_are_not_added_again(database: Database, other: Database, keys: list[Key]) -> None:
    fill(database, other, quietly)
    with database.reading() as connection:
        held = connection.execute(select(_TABLES["person"])).all()
    with pytest.raises(StoreError), other.writing() as connection:
        other.add(connection, _TABLES["person"], held)
    assert everything(other) == everything(database)


def refuses(database: Database, pepper: str) -> bool:
    try:
        hold_to_pepper(database, pepper)
    except OtherPepper:
        return True
    return False


def test_the_mark_of_the_pepper_goes_into_a_backup(database: Database, keys: list[Key], tmp_path: Path) -> None:
    hold_to_pepper(database, "right")
    back_up(database, tmp_path / "backup.db", quietly)
    kept = Sqlite(tmp_path / "backup.db")
    assert refuses(kept, "wrong")
    assert not refuses(kept, "right")
    kept.close()


@pytest.mark.parametrize("served", [False, True])
def test_and_out_of_it_first_so_that_whoever_is_stopped_has_it(
    database: Database, other: Database, keys: list[Key], served: bool
) -> None:
    hold_to_pepper(database, "right")
    if served:  # while nothing was there
        hold_to_pepper(other, "wrong")
    with pytest.raises(Stopped):
        fill(database, other, stop_at(2))
    for _ in range(2):
        assert refuses(other, "wrong")
        assert not refuses(other, "right")
        fill(database, other, quietly)


def test_without_a_mark_none_is_taken_for_that_of_what_comes(
    database: Database, other: Database, keys: list[Key]
) -> None:
    hold_to_pepper(other, "wrong")
    fill(database, other, quietly)
    # The one that comes next, and no other, also when the same is copied once more.
    assert not refuses(other, "right")
    fill(database, other, quietly)
    assert refuses(other, "wrong")
    assert not refuses(other, "right")


def test_registers_pace_and_the_clock_s_days_go_along(database: Database, other: Database, keys: list[Key]) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE look_up_pace SET next_at = 77"))
        connection.execute(text("UPDATE watch SET since = '2026-01-01', last = '2026-01-08', swept_on = '2026-01-08'"))
    fill(database, other, quietly)
    with other.reading() as connection:
        assert connection.execute(text("SELECT next_at FROM look_up_pace")).scalar_one() == 77
        assert [str(day) for day in connection.execute(text("SELECT since, last, swept_on FROM watch")).one()] == [
            "2026-01-01",
            "2026-01-08",
            "2026-01-08",
        ]


# -- moving


@pytest.fixture
def file(tmp_path: Path) -> tuple[Path, Key]:
    """A file in use, and a key to what is in it."""
    database = Sqlite(tmp_path / "old.db")
    database.migrate()
    key = Preparations(database, "parkinsons", "1.0.0").take_in([{"offer.name": "Mine"}], {})
    database.close()
    return tmp_path / "old.db", key


def test_a_file_is_moved_and_nobody_goes_on_with_it(file: tuple[Path, Key], other: Database) -> None:
    path, key = file
    moved = move(path, other, quietly)
    assert names(other, [key]) == ["Mine"]
    assert moved.name == "old.db.moved"
    assert not path.exists()
    with pytest.raises(NotCopied, match="there is no file"):
        move(path, other, quietly)


def test_a_file_that_somebody_uses_stays_where_it_is(file: tuple[Path, Key], other: Database) -> None:
    path, key = file
    server = Sqlite(path)
    with suppress(NotCopied):
        server.migrate()
    with pytest.raises(NotCopied, match="somebody still uses"):
        move(path, other, quietly)
    # Whoever serves it goes on as before.
    Preparations(server, "parkinsons", "1.0.0").save(key, 1, "offer.name", "Changed")
    assert rows(other)["preparation"] == []
    server.close()
    move(path, other, quietly)
    assert names(other, [key]) == ["Changed"]


def test_a_move_that_was_stopped_goes_on(file: tuple[Path, Key], other: Database) -> None:
    path, key = file
    with pytest.raises(Stopped):
        move(path, other, stop_at(1))
    assert not path.exists()
    move(path, other, quietly)
    assert names(other, [key]) == ["Mine"]


def test_a_file_that_may_not_go_there_keeps_its_name(file: tuple[Path, Key], other: Database) -> None:
    path, key = file
    Preparations(other, "parkinsons", "1.0.0").start()
    with pytest.raises(NotCopied, match="other preparations"):
        move(path, other, quietly)
    server = Sqlite(path)
    assert names(server, [key]) == ["Mine"]
    server.close()
