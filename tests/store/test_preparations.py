"""The operations on a preparation: what is kept, for whom, and that nothing is ever overwritten."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Row
from sqlmodel import col, select

from app.guide.answers import Answer as AnswerValue
from app.store.database import Database
from app.store.opened import Key
from app.store.people import People
from app.store.preparations import Preparations
from app.store.records import Recorded
from app.store.sealing import NotOpened, new_code
from app.store.tables import Entry, Person, Preparation


def history(database: Database) -> list[Row[Any]]:
    with database.reading() as connection:
        return list(connection.execute(select(Entry).order_by(col(Entry.number))))


def said(preparations: Preparations, key: Key) -> list[Recorded]:
    """Everything recorded about the first offer, in order."""
    return list(preparations.read(key).offer(1).entries)


def count(database: Database, table: type[Preparation | Person | Entry]) -> int:
    with database.reading() as connection:
        return len(connection.execute(select(table)).all())


OPERATIONS: list[Callable[[Preparations, Key], object]] = [
    lambda store, key: store.read(key),
    lambda store, key: store.add_offer(key),
    lambda store, key: store.save(key, 1, "offer.name", "Theirs"),
    lambda store, key: store.save(key, None, "you.priorities", ["sleep"]),
    lambda store, key: store.settle(key, 1, "offer.name", "Theirs", 100),
    lambda store, key: store.put_beside(key, 1, [("note", "offer.name", "A note")]),
    lambda store, key: store.delete(key),
]


# -- starting and opening


def test_a_preparation_starts_with_one_empty_offer_and_one_person(
    database: Database, preparations: Preparations
) -> None:
    key = preparations.start()
    assert [count(database, t) for t in (Preparation, Person, Entry)] == [1, 1, 0]
    offers = preparations.read(key).offers
    assert list(offers) == [1]
    assert offers[1].answers == {}
    assert preparations.read(key).mine.answers == {}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_is_read_or_written_without_the_secret(
    database: Database, preparations: Preparations, operation: Callable[[Preparations, Key], object]
) -> None:
    key, other = preparations.start(), preparations.start()
    preparations.save(key, 1, "offer.name", "Mine")
    before = history(database)
    secret = key.secret
    wrong = ["", "x", secret[:-1], secret + "0", secret.lower(), other.secret, new_code(), key.preparation_id, "\u00e9"]
    keys = [Key(key.preparation_id, w) for w in wrong]
    keys += [Key(unknown, secret) for unknown in (other.preparation_id, "", "x", "' OR 1=1 --", "%", "\x00")]
    for bad in keys:
        with pytest.raises(NotOpened):
            operation(preparations, bad)
    assert history(database) == before
    assert count(database, Preparation) == 2
    operation(preparations, key)


def test_secrets_and_ids_are_long_and_never_the_same(preparations: Preparations) -> None:
    keys = [preparations.start() for _ in range(20)]
    assert len({key.preparation_id for key in keys}) == len({key.secret for key in keys}) == 20
    # 160 bits, five a letter.
    assert {len(key.secret) for key in keys} == {32}


def test_a_secret_does_not_slip_into_logs_with_its_key(preparations: Preparations) -> None:
    key = preparations.start()
    assert key.secret not in f"{key} {key!r} {[key]}"


# -- recording


def test_an_answer_is_kept_with_when_who_and_under_which_version(
    database: Database, preparations: Preparations
) -> None:
    key = preparations.start()
    before = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    preparations.save(key, 1, "trial.status", "treatment")
    (row,) = history(database)
    assert (row.preparation_id, row.number, row.offer_number, row.person_number) == (key.preparation_id, 1, 1, 1)
    assert row.pack_version == "1.0.0"
    assert before <= row.at.replace(tzinfo=None) <= datetime.now(UTC).replace(tzinfo=None)
    (entry,) = said(preparations, key)
    assert (entry.question, entry.value, entry.who, entry.at) == ("trial.status", "treatment", 1, row.at)


def test_history_is_only_ever_added_to(database: Database, preparations: Preparations) -> None:
    key = preparations.start()
    values = ["treatment", "regulated_trial", "treatment"]
    kept: list[Row[Any]] = []
    for n, value in enumerate(values, start=1):
        record = preparations.save(key, 1, "trial.status", value)
        assert record.answers == {"trial.status": value}
        assert {q: r.value for q, r in record.previous.items()} == ({"trial.status": values[n - 2]} if n > 1 else {})
        if n > 1:
            assert record.before("trial.status").answers == {"trial.status": values[n - 2]}
        # What is returned is what would be read.
        assert preparations.read(key).offer(1).answers == record.answers
        assert preparations.read(key).offer(1).previous == record.previous
        rows = history(database)
        assert rows[:-1] == kept
        kept = rows
    assert [entry.value for entry in said(preparations, key)] == values


@pytest.mark.parametrize(
    "value",
    ["treatment", ["a", "b"], {"row": "1", "other": "2"}, "Zeile\nJörg \u65e5\u672c \U0001f9e0", ["q?"]],
    ids=str,
)
def test_every_kind_of_answer_comes_back_as_it_was_and_only_once(
    database: Database, preparations: Preparations, value: AnswerValue
) -> None:
    key = preparations.start()
    for _ in range(3):
        record = preparations.save(key, 1, "any.question", value)
        assert record.latest["any.question"].value == value
        assert record.previous == {}
    assert preparations.read(key).offer(1).latest["any.question"].value == value
    assert len(history(database)) == 1


@pytest.mark.parametrize("nothing", ["", [], {}], ids=str)
def test_leaving_empty_what_was_not_answered_adds_nothing(
    database: Database, preparations: Preparations, nothing: AnswerValue
) -> None:
    key = preparations.start()
    assert preparations.save(key, 1, "any.question", nothing).latest == {}
    assert history(database) == []


def test_an_answer_that_was_emptied_is_no_answer_but_stays_in_the_history(
    database: Database, preparations: Preparations
) -> None:
    key = preparations.start()
    preparations.save(key, 1, "offer.provider", "Example Clinic")
    record = preparations.save(key, 1, "offer.provider", "")
    assert record.answers == {}
    assert record.latest["offer.provider"].value == ""
    assert [entry.value for entry in said(preparations, key)] == ["Example Clinic", ""]


def test_offers_people_and_preparations_are_kept_apart(preparations: Preparations) -> None:
    key, other = preparations.start(), preparations.start()
    preparations.save(key, 1, "offer.name", "First")
    assert preparations.add_offer(key) == 2
    preparations.save(key, 2, "offer.name", "Second")
    preparations.save(key, None, "you.priorities", ["sleep"])
    preparations.save(other, 1, "offer.name", "Elsewhere")
    assert {n: r.answers for n, r in preparations.read(key).offers.items()} == {
        1: {"offer.name": "First"},
        2: {"offer.name": "Second"},
    }
    assert preparations.read(key).mine.answers == {"you.priorities": ["sleep"]}
    assert {n: r.answers for n, r in preparations.read(other).offers.items()} == {1: {"offer.name": "Elsewhere"}}
    assert preparations.read(other).mine.answers == {}


def test_two_people_of_one_preparation_share_offers_and_answer_for_themselves(
    database: Database, preparations: Preparations
) -> None:
    key = preparations.start()
    _, second = People(database, preparations).invite(key, "family", "Ana")
    preparations.save(key, 1, "trial.status", "treatment")
    preparations.save(second, 1, "trial.status", "special_access")
    preparations.save(key, None, "you.priorities", ["sleep"])
    preparations.save(second, None, "you.priorities", ["pain"])
    found = preparations.read(key)
    assert [(v.who, v.value) for v in found.offer(1).voices("trial.status")] == [
        (1, "treatment"),
        (2, "special_access"),
    ]
    assert found.mine.answers == {"you.priorities": ["sleep"]}
    assert preparations.read(second).mine.answers == {"you.priorities": ["pain"]}


def test_an_offer_that_is_not_there_takes_nothing(database: Database, preparations: Preparations) -> None:
    key = preparations.start()
    for number in (0, -1, 2, 2**63 - 1):
        with pytest.raises(NotOpened):
            preparations.read(key).offer(number)
        with pytest.raises(NotOpened):
            preparations.save(key, number, "offer.name", "Mine")
    assert history(database) == []


def test_adding_an_offer_uses_an_empty_one_that_is_there(database: Database, preparations: Preparations) -> None:
    key = preparations.start()
    assert [preparations.add_offer(key) for _ in range(3)] == [1, 1, 1]
    preparations.save(key, 1, "offer.name", "First")
    assert [preparations.add_offer(key) for _ in range(3)] == [2, 2, 2]
    assert preparations.read(key).offer_count == 2


# -- at once


def test_two_threads_saving_two_hundred_answers_lose_none(database: Database, preparations: Preparations) -> None:
    key = preparations.start()
    both_ready = threading.Barrier(2)

    def save(name: str) -> None:
        both_ready.wait()
        for n in range(100):
            preparations.save(key, 1, f"{name}.q{n % 10}", f"{name}{n}")

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(save, name) for name in ("a", "b")]:
            done.result()
    rows = history(database)
    assert len(rows) == 200
    # Each thread's answers stand in the order in which it gave them.
    for name in ("a", "b"):
        of_it = [entry.value for entry in said(preparations, key) if entry.question.startswith(name)]
        assert of_it == [f"{name}{n}" for n in range(100)]


def test_the_same_answer_from_many_threads_at_once_is_one_row(database: Database, preparations: Preparations) -> None:
    key = preparations.start()
    all_ready = threading.Barrier(6)

    def press(_: int) -> None:
        all_ready.wait()
        preparations.save(key, 1, "trial.status", "treatment")
        preparations.add_offer(key)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(press, range(6)))
    assert len(history(database)) == 1
    assert list(preparations.read(key).offers) == [1, 2]
