"""A database is served with the pepper that it was written with, or not at all."""

import threading
from pathlib import Path

import pytest
from databases import bare
from sqlalchemy import select
from sqlmodel import SQLModel

from app.store.connect import connect
from app.store.database import Database, StoreError
from app.store.pepper import OtherPepper, check_pepper
from app.store.preparations import Preparations

SECRET = "a long random text"
_PEPPER = SQLModel.metadata.tables["pepper"]


def test_the_first_pepper_is_the_one_from_then_on(database: Database) -> None:
    check_pepper(database, SECRET)
    check_pepper(database, SECRET)
    for other in ("", "A long random text", f"{SECRET} "):
        with pytest.raises(OtherPepper, match="another WHICH_CELLS_PEPPER") as raised:
            check_pepper(database, other)
        assert SECRET not in str(raised.value)
    check_pepper(database, SECRET)


def test_to_have_none_is_one_too(database: Database) -> None:
    check_pepper(database, "")
    check_pepper(database, "")
    with pytest.raises(OtherPepper):
        check_pepper(database, SECRET)


def test_what_was_written_before_it_was_looked_at_is_served_on(database: Database) -> None:
    """As after an upgrade from the release before."""
    key = Preparations(database, "parkinsons", "1.0.0", SECRET).start()
    check_pepper(database, SECRET)
    assert Preparations(database, "parkinsons", "1.0.0", SECRET).read(key)


def test_what_is_kept_proves_no_guess(database: Database) -> None:
    check_pepper(database, SECRET)
    with database.reading() as connection:
        (mark,) = connection.execute(select(_PEPPER.c.mark)).scalars()
    # One of four thousand million others has the same: enough to notice a mistake.
    assert len(mark) == 4
    assert SECRET.encode() not in mark


def test_of_several_who_start_at_once_with_different_ones_one_is_right(address: str, database: Database) -> None:
    refused: list[str] = []

    def start(pepper: str) -> None:
        mine = connect(address)
        try:
            check_pepper(mine, pepper)
        except OtherPepper:
            refused.append(pepper)
        finally:
            mine.close()

    peppers = [f"pepper {n}" for n in range(8)]
    threads = [threading.Thread(target=start, args=[pepper]) for pepper in peppers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (right,) = set(peppers).difference(refused)
    check_pepper(database, right)


def test_without_its_table_it_is_a_store_error(tmp_path: Path) -> None:
    with bare(tmp_path) as where:
        database = connect(where)
        with pytest.raises(StoreError):
            check_pepper(database, SECRET)
        database.close()
