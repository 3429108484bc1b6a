"""Somebody who can write to the file moves, copies or changes what is sealed: it does not open, and the page says no
more than that the answers cannot be reached."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from databases import about_files, rows
from sqlalchemy import text

from app.logs import Line

from .conftest import MakeClient, TestClient, Visitor
from .html import Page
from .joining import join, joined, own_link
from .refusals import refused_page

pytestmark = about_files

NOT_REACHED = ["We cannot reach your answers just now"]
Change = Callable[[sqlite3.Connection, str, str], object]


@pytest.fixture
def maria(visitor: Visitor) -> Visitor:
    """A patient with two offers, whose sister differs with her. Rows 1 and 2 are about the first offer, 3 about the
    second, 4 about herself, 5 is her sister's."""
    visitor.fill({"offer.name": "Mine", "cells.kind": "mesenchymal"})
    visitor.store.add_offer(visitor.key)
    visitor.fill({"offer.name": "Other"}, 2)
    visitor.fill({"you.priorities": ["sleep"]})
    ana = joined(visitor, "Ana")
    ana.fill({"cells.kind": "fetal_tissue"})
    return visitor


@pytest.fixture
def stranger(maria: Visitor) -> Visitor:
    """Somebody with a preparation of their own, in the same file, with the same answers in the same rows."""
    client = TestClient(maria.app, base_url=str(maria.client.base_url), follow_redirects=False)
    found = Visitor(client)
    found.fill({"offer.name": "Mine", "cells.kind": "mesenchymal"})
    return found


@contextmanager
def changed(path: Path, change: Change, mine: str, theirs: str) -> Iterator[None]:
    """The file after somebody changed it from outside; afterwards it is as it was."""
    with closing(sqlite3.connect(":memory:")) as before, closing(sqlite3.connect(path)) as file:
        file.backup(before)
        change(file, mine, theirs)
        file.commit()
        yield
        before.backup(file)


def entry(number: int, what: str, *values: object) -> Change:
    """Changes one row of what was said."""

    def change(file: sqlite3.Connection, mine: str, theirs: str) -> None:
        told = f"UPDATE entry SET {what} WHERE preparation_id = ? AND number = ?"  # noqa: S608
        assert file.execute(told, (*values, mine, number)).rowcount == 1

    return change


def person(number: int, what: str, *values: object) -> Change:
    """Changes the row of one of the people."""

    def change(file: sqlite3.Connection, mine: str, theirs: str) -> None:
        told = f"UPDATE person SET {what} WHERE preparation_id = ? AND number = ?"  # noqa: S608
        assert file.execute(told, (*values, mine, number)).rowcount == 1

    return change


def flipped(table: str, number: int, column: str, where: int, bit: int = 1) -> Change:
    """Changes one bit, counted from the front or the end."""

    def change(file: sqlite3.Connection, mine: str, theirs: str) -> None:
        this = (mine, number)
        told = f"SELECT {column} FROM {table} WHERE preparation_id = ? AND number = ?"  # noqa: S608
        blob = bytearray(file.execute(told, this).fetchone()[0])
        blob[where] ^= bit
        file.execute(f"UPDATE {table} SET {column} = ? WHERE preparation_id = ? AND number = ?", (bytes(blob), *this))  # noqa: S608

    return change


def swapped(table: str, columns: str, first: int = 1, second: int = 2) -> Change:
    """Exchanges what stands in two rows."""

    def change(file: sqlite3.Connection, mine: str, theirs: str) -> None:
        read = f"SELECT {columns} FROM {table} WHERE preparation_id = ? AND number = ?"  # noqa: S608
        values = {n: file.execute(read, (mine, n)).fetchone() for n in (first, second)}
        marks = ", ".join(f"{column} = ?" for column in columns.split(", "))
        write = f"UPDATE {table} SET {marks} WHERE preparation_id = ? AND number = ?"  # noqa: S608
        nothing = [f"{n}".encode() for n in range(len(columns.split(", ")))]
        file.execute(write, (*nothing, mine, first))
        file.execute(write, (*values[first], mine, second))
        file.execute(write, (*values[second], mine, first))

    return change


def told(*statements: str) -> Change:
    """Runs statements about :mine and :theirs."""

    def change(file: sqlite3.Connection, mine: str, theirs: str) -> None:
        for statement in statements:
            assert file.execute(statement, {"mine": mine, "theirs": theirs}).rowcount > 0

    return change


COLUMNS = "offer_number, person_number, sealed, pack_version, at"
ENTRIES: dict[str, Change] = {
    "a version of the pack that is no words": entry(1, "pack_version = x'00ff'"),
    "a bit of the nonce": flipped("entry", 1, "sealed", 1),
    "a bit of the text": flipped("entry", 1, "sealed", 100, 128),
    "a bit of the tag": flipped("entry", 1, "sealed", -1),
    "another version": flipped("entry", 1, "sealed", 0, 3),
    "nothing": entry(1, "sealed = x''"),
    "half of it": entry(1, "sealed = substr(sealed, 1, 60)"),
    "more of it": entry(1, "sealed = CAST(sealed || x'00' AS BLOB)"),
    "a text": entry(1, "sealed = ?", "mesenchymal"),
    "a number": entry(1, "sealed = 5"),
    "to the other offer": entry(1, "offer_number = 2"),
    "to no offer": entry(1, "offer_number = NULL"),
    "to somebody else": entry(1, "person_number = 2"),
    "of somebody else": entry(5, "person_number = 1"),
    "from oneself to an offer": entry(4, "offer_number = 1"),
    "to a later time": entry(1, "at = '2099-01-01 00:00:00.000000'"),
    "to no time": entry(1, "at = 'tomorrow'"),
    "to another pack": entry(1, "pack_version = '9.9.9'"),
    "to another place in the history": entry(5, "number = 6"),
    "in another order": told(
        "UPDATE entry SET number = 99 WHERE preparation_id = :mine AND number = 1",
        "UPDATE entry SET number = 1 WHERE preparation_id = :mine AND number = 2",
        "UPDATE entry SET number = 2 WHERE preparation_id = :mine AND number = 99",
    ),
    "two exchanged": swapped("entry", "sealed"),
    "said once more": told(
        f"INSERT INTO entry SELECT preparation_id, 6, {COLUMNS} FROM entry WHERE preparation_id = :mine AND number = 1"  # noqa: S608
    ),
    "said once more by somebody else": told(
        "INSERT INTO entry SELECT preparation_id, 6, offer_number, 2, sealed, pack_version, at "
        "FROM entry WHERE preparation_id = :mine AND number = 2"
    ),
    "taken out": told("DELETE FROM entry WHERE preparation_id = :mine AND number = 2"),
    "another preparation's, over one's own": told(
        "UPDATE entry SET sealed = (SELECT sealed FROM entry WHERE preparation_id = :theirs AND number = 1) "
        "WHERE preparation_id = :mine AND number = 1"
    ),
    "another preparation's, added": told(
        f"INSERT INTO entry SELECT :mine, 6, {COLUMNS} FROM entry WHERE preparation_id = :theirs AND number = 2"  # noqa: S608
    ),
}
# What is about a person does not open for anybody of the preparation.
PEOPLE: dict[str, Change] = {
    "a role that is no words": person(2, "role = x'00ff'"),
    "a number of offers that is none": told("UPDATE preparation SET offers = 'two' WHERE id = :mine AND id != :theirs"),
    "a bit of a name": flipped("person", 2, "profile", 40),
    "a bit of one's own name": flipped("person", 1, "profile", 40),
    "names exchanged": swapped("person", "profile"),
    "no name": person(2, "profile = x''"),
    "a name as text": person(2, "profile = 'Ana'"),
    "the sister as patient": person(2, "role = 'patient'"),
    "the sister as reader": person(2, "role = 'reader'"),
    "the patient as family": person(1, "role = 'family'"),
    "an unknown role": person(1, "role = 'king'"),
    "no day of the last visit": person(2, "seen_on = 'yesterday'"),
    "another preparation's name": told(
        "UPDATE person SET profile = (SELECT profile FROM person WHERE preparation_id = :theirs AND number = 1) "
        "WHERE preparation_id = :mine AND number = 1"
    ),
}
# What opens it does not open it any more, for that person.
KEYS: dict[str, Change] = {
    "a bit of the wrapped key": flipped("person", 1, "wrapped_key", 20),
    "no wrapped key": person(1, "wrapped_key = NULL"),
    "somebody else's wrapped key": swapped("person", "wrapped_key"),
    "somebody else's link": swapped("person", "code_hash, wrapped_key"),
    "another preparation's wrapped key": told(
        "UPDATE person SET wrapped_key = (SELECT wrapped_key FROM person WHERE preparation_id = :theirs) "
        "WHERE preparation_id = :mine AND number = 1"
    ),
    "a number": person(1, "wrapped_key = 5"),
}


def pages(visitor: Visitor) -> list[str]:
    """Pages that show everything there is."""
    return [visitor.home, f"{visitor.home}/preparation.json", f"{visitor.home}/compare", f"{visitor.home}/keep"]


def shut(visitor: Visitor, addresses: list[str]) -> None:
    """None of these pages opens, and each says so plainly."""
    for address in addresses:
        response = visitor.client.get(address)
        page = refused_page(response, 503)
        assert page.headings == NOT_REACHED, address
        assert "mesenchymal" not in response.text.lower()


@pytest.mark.parametrize("name", ENTRIES)
def test_what_was_said_opens_in_its_own_row_alone(
    maria: Visitor, stranger: Visitor, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = maria.app.state.database
    with changed(database.path, ENTRIES[name], maria.id, stranger.id):
        before = rows(database)
        shut(maria, pages(maria))
        # Others do not suffer.
        assert stranger.client.get(stranger.home).status_code == 200
        # Nothing is added to it, and what was typed comes back.
        answer = maria.post("offer.name", {"text": "Changed"})
        assert answer.status_code in (303, 503)
        if answer.status_code == 503:
            assert rows(database) == before
            assert ("text", "Changed") in Page(answer.text).ask.fields
    lines = [Line().format(record) for record in caplog.records if record.name == "which_cells"]
    assert lines
    assert not any(word in line for line in lines for word in ("mesenchymal", "Mine", maria.cookie[1], maria.id))
    # It was the change and nothing else.
    assert all(maria.client.get(address).status_code == 200 for address in pages(maria))


@pytest.mark.parametrize("name", PEOPLE)
def test_nobody_becomes_another_or_gets_another_role(maria: Visitor, stranger: Visitor, name: str) -> None:
    ana = join(maria, _link_for(maria, 2))
    with changed(maria.app.state.database.path, PEOPLE[name], maria.id, stranger.id):
        for who in (maria, ana):
            shut(who, [*pages(who), f"{who.home}/people", f"{who.offer()}/summary"])
            assert who.client.post(f"{who.home}/delete").status_code == 503
        assert stranger.client.get(stranger.home).status_code == 200
    assert all(who.client.get(who.home).status_code == 200 for who in (maria, ana))


@pytest.mark.parametrize("name", KEYS)
def test_a_key_opens_for_its_own_person_alone(maria: Visitor, stranger: Visitor, name: str) -> None:
    with changed(maria.app.state.database.path, KEYS[name], maria.id, stranger.id):
        shut(maria, [*pages(maria), f"{maria.home}/people"])
        assert maria.client.post(f"{maria.home}/delete").status_code == 503
    assert maria.client.get(maria.home).status_code == 200


def test_a_link_that_was_changed_is_no_link(maria: Visitor) -> None:
    for change in (flipped("person", 1, "code_hash", 3), person(1, "code_hash = 'x'"), person(1, "code_hash = 5")):
        with changed(maria.app.state.database.path, change, maria.id, ""):
            assert maria.client.get(maria.home).status_code == 404


def test_a_stranger_who_writes_themselves_into_it_sees_nothing(maria: Visitor, stranger: Visitor) -> None:
    """Somebody with a link of their own, and write access to the file, adds their row to the preparation of others."""
    intrude = told(
        "UPDATE person SET preparation_id = :mine, number = 3 WHERE preparation_id = :theirs AND number = 1 "
        "AND NOT EXISTS (SELECT 1 FROM entry WHERE preparation_id = :theirs)"
    )
    stranger = Visitor(stranger.client)
    name, code = stranger.cookie
    stranger.client.cookies.set(name.replace(stranger.id, maria.id), code)
    intruder = object.__new__(Visitor)
    intruder.client, intruder.id, intruder.home = stranger.client, maria.id, maria.home
    with changed(maria.app.state.database.path, intrude, maria.id, stranger.id):
        shut(intruder, pages(intruder))
        # Those who belong to it are not shown somebody whose name does not open either.
        shut(maria, pages(maria))


def test_under_another_pepper_nothing_opens(make_client: MakeClient, tmp_path: Path) -> None:
    first = make_client(pepper="a long random text")
    maria = Visitor(first)
    maria.fill({"offer.name": "Mine"})
    link, before = own_link(maria), rows(maria.app.state.database)
    for pepper in ("", "another", "a long random text "):
        # Otherwise the guide would not even start.
        with maria.app.state.database.writing() as connection:
            connection.execute(text("UPDATE pepper SET mark = NULL"))
        other = make_client(pepper=pepper)
        other.cookies.set(*maria.cookie)
        for address in pages(maria):
            response = other.get(address)
            assert response.status_code == 404, address
            assert "Mine" not in response.text
        assert "does not open anything here" in Page(other.post("/open", data={"link": link}).text).error
    after = rows(maria.app.state.database)
    assert {t: after[t] for t in ("preparation", "person", "entry")} == {
        t: before[t] for t in ("preparation", "person", "entry")
    }
    assert first.get(maria.home).status_code == 200


def _link_for(visitor: Visitor, number: int) -> str:
    sent = visitor.client.post(f"{visitor.home}/people/{number}/link")
    return visitor.see(sent.headers["location"]).inside("address")
