"""A database is served with the pepper that it was first served with, or not at all."""

import threading
from pathlib import Path

import pytest
from databases import bare
from sqlalchemy import text

from app.store.connect import connect
from app.store.database import Database, StoreError
from app.store.pepper import OtherPepper, hold_to_pepper, mark_in
from app.store.preparations import Preparations

SECRET = "a long random text"


@pytest.fixture
def held(database: Database) -> Database:
    """A database with a preparation in it, held to a pepper."""
    hold_to_pepper(database, SECRET)
    Preparations(database, "parkinsons", "1.0.0", SECRET).start()
    return database


def mark(database: Database) -> bytes | None:
    with database.reading() as connection:
        return mark_in(connection)


def change(database: Database, statement: str) -> None:
    with database.writing() as connection:
        connection.execute(text(statement))


def test_the_first_pepper_is_the_one_from_then_on(held: Database) -> None:
    for other in ("", "A long random text", f"{SECRET} "):
        with pytest.raises(OtherPepper, match="another WHICH_CELLS_PEPPER") as raised:
            hold_to_pepper(held, other)
        assert SECRET not in str(raised.value)
        assert SECRET.upper() not in str(raised.value).upper()
    hold_to_pepper(held, SECRET)


def test_to_have_none_is_one_too(database: Database) -> None:
    hold_to_pepper(database, "")
    Preparations(database, "parkinsons", "1.0.0").start()
    with pytest.raises(OtherPepper):
        hold_to_pepper(database, SECRET)
    hold_to_pepper(database, "")


def test_as_long_as_nobody_has_begun_any_will_do(database: Database) -> None:
    """As where somebody tries the guide before they set it up for others."""
    for pepper in ("", "one", "another", SECRET):
        hold_to_pepper(database, pepper)
    Preparations(database, "parkinsons", "1.0.0", SECRET).start()
    with pytest.raises(OtherPepper):
        hold_to_pepper(database, "another")


@pytest.mark.parametrize("before", ["UPDATE pepper SET mark = NULL", "DELETE FROM pepper"])
def test_without_a_mark_the_next_one_is_kept(held: Database, before: str) -> None:
    """As after an upgrade from the release before, and after the way out of docs/running.md."""
    change(held, before)
    hold_to_pepper(held, "another")
    with pytest.raises(OtherPepper):
        hold_to_pepper(held, SECRET)
    change(held, before)
    hold_to_pepper(held, SECRET)
    with pytest.raises(OtherPepper):
        hold_to_pepper(held, "another")


def test_what_is_kept_is_four_bytes(held: Database) -> None:
    """One of four thousand million others has the same."""
    kept = mark(held)
    assert kept is not None
    assert len(kept) == 4
    change(held, "UPDATE pepper SET mark = NULL")
    hold_to_pepper(held, f"{SECRET}.")
    assert mark(held) != kept


def test_of_several_who_start_at_once_with_different_ones_one_is_right(address: str, held: Database) -> None:
    peppers = [f"pepper {n}" for n in range(8)]
    for _ in range(5):
        change(held, "UPDATE pepper SET mark = NULL")
        refused = _start_all(address, peppers)
        (right,) = set(peppers).difference(refused)
        hold_to_pepper(held, right)


def _start_all(address: str, peppers: list[str]) -> list[str]:
    """Starts with each of them at the same moment; returns those that were refused."""
    refused: list[str] = []
    ready = threading.Barrier(len(peppers))

    def start(pepper: str) -> None:
        mine = connect(address)
        mark(mine)  # whoever is connected already is quicker
        ready.wait()
        try:
            hold_to_pepper(mine, pepper)
        except OtherPepper:
            refused.append(pepper)
        finally:
            mine.close()

    threads = [threading.Thread(target=start, args=[pepper]) for pepper in peppers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_without_its_table_it_is_a_store_error(tmp_path: Path) -> None:
    with bare(tmp_path) as where:
        database = connect(where)
        with pytest.raises(StoreError):
            hold_to_pepper(database, SECRET)
        database.close()
