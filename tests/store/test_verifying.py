"""That a database is whole, or in which rows it is not."""

from pathlib import Path

import pytest
from databases import about_files
from sqlalchemy import text

from app.store.database import Database
from app.store.opened import Key
from app.store.people import People
from app.store.preparations import Preparations
from app.store.sqlite import Sqlite
from app.store.verifying import SHOWN, counted, verify


def quietly(_done: int, _count: int) -> None:
    """Nobody looks."""


@pytest.fixture
def key(preparations: Preparations, people: People) -> Key:
    preparations.start()
    key = preparations.take_in([{"offer.name": "Mine", "visit.notes": "long " * 400}], {"you.priorities": ["sleep"]})
    number, _ = people.invite(key, "family", "Ana")
    people.revoke(key, number)
    return key


def test_a_database_in_use_is_whole(database: Database, key: Key) -> None:
    told: list[tuple[int, int]] = []
    assert verify(database, lambda done, count: told.append((done, count))) == []
    assert told[-1] == (2, 2)
    assert counted(database) == {"preparation": 2, "person": 3, "entry": 3}


CHANGES = {
    "UPDATE entry SET number = 9 WHERE number = 2": "the numbers of its entries do not run from 1",
    "DELETE FROM entry WHERE number = 1": "the numbers of its entries do not run from 1",
    "UPDATE entry SET sealed = 'Mine' WHERE number = 1": "entry 1 is not sealed as we do",
    "UPDATE entry SET sealed = substr(sealed, 1, 412) WHERE number = 2": "entry 2 is not sealed as we do",
    "UPDATE entry SET offer_number = 7 WHERE number = 2": "entry 2 is about an offer that is not there",
    "UPDATE person SET profile = 'Ana' WHERE number = 2": "the name of person 2 is not sealed as we do",
    "UPDATE person SET wrapped_key = NULL": "the link of person 1 is not kept as we do",
    "UPDATE person SET wrapped_key = substr(wrapped_key, 2)": "the link of person 1 is not kept as we do",
    "UPDATE person SET code_hash = substr(code_hash, 2)": "the link of person 1 is not kept as we do",
    "DELETE FROM person WHERE number = 2": "",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_not_as_it_was_written_is_named(database: Database, key: Key, change: str) -> None:
    with database.writing() as connection:
        connection.execute(text(change))
    found = verify(database, quietly)
    if CHANGES[change]:
        assert f"preparation {key.preparation_id}: {CHANGES[change]}" in found
    else:
        # Whoever said nothing and was the last to come cannot be missed.
        assert found == []


@about_files
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE entry SET at = 'yesterday' WHERE number = 2", "the time of entry 2 is not kept as we do"),
        ("UPDATE person SET seen_on = 7 WHERE number = 1", "the days of person 1 are not kept as we do"),
        ("UPDATE preparation SET keep_until = 'never'", "its days are not kept as we do"),
        ("UPDATE preparation SET keep_until = '2027-01-02 00:00'", "its days are not kept as we do"),
    ],
)
def test_a_file_may_hold_what_is_no_day(database: Database, key: Key, change: str, says: str) -> None:
    with database.writing() as connection:
        connection.execute(text(change))
    assert f"preparation {key.preparation_id}: {says}" in verify(database, quietly)


def test_a_preparation_to_which_nobody_belongs_is_named(database: Database, preparations: Preparations) -> None:
    key = preparations.start()
    with database.writing() as connection:
        connection.execute(text("DELETE FROM person"))
    assert verify(database, quietly) == [f"preparation {key.preparation_id}: nobody belongs to it"]


def test_a_schema_that_is_not_this_release_s_is_said(database: Database, key: Key) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    assert verify(database, quietly) == ["its schema is not that of this release, but older"]


def test_of_very_many_faults_some_are_named(database: Database, preparations: Preparations) -> None:
    for _ in range(30):
        preparations.take_in([{"offer.name": "Mine"}], {})
    with database.writing() as connection:
        connection.execute(text("UPDATE entry SET sealed = 'x'"))
    assert len(verify(database, quietly)) == SHOWN


def test_a_damaged_file_is_told_from_its_pages(path: Path, database: Database, preparations: Preparations) -> None:
    for _ in range(40):
        preparations.take_in([{"offer.name": "Mine"}], {})
    database.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: 4096 * 12] + b"\xff" * 4096 + whole[4096 * 13 :])
    damaged = Sqlite(path)
    found = verify(damaged, quietly)
    damaged.close()
    assert found
    assert found[0].startswith("it is damaged: ")
