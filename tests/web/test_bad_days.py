"""Bad days: the database is read-only, full, locked or broken. Nothing that was acknowledged is ever lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from databases import about_files, fresh, rows
from fastapi import FastAPI

from app.store import sqlite

from . import faults
from .conftest import MakeClient, TestClient, Visitor
from .faults import full, garbage, locked, read_only
from .html import Page

Fault = Callable[[FastAPI], AbstractContextManager[None]]
NOT_SAVED = "We could not save this just now. Nothing is lost: your answer is still on this page."
NOT_REACHED = "We cannot reach your answers just now"
NOT_DONE = "We could not do this just now"
UNWRITABLE = pytest.mark.parametrize("fault", [read_only, pytest.param(full, marks=about_files), locked])


@pytest.fixture
def client(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """An application that waits for a lock a tenth of a second, not five."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    return make_client()


@pytest.fixture
def visitor(client: TestClient) -> Visitor:
    visitor = Visitor(client)
    visitor.answer("offer.name", "Drip from the talk")
    visitor.answer("trial.status", "treatment")
    visitor.answer("you.priorities", ["sleep"])
    return visitor


def fill_up(visitor: Visitor) -> list[str]:
    """Saves long answers until none fits any more; returns those that were acknowledged."""
    acknowledged = []
    for n in range(1, 20):
        text = f"{n}-" * 900
        response = visitor.post("offer.provider", {"text": text})
        if response.status_code == 503:
            return acknowledged
        assert response.status_code == 303
        acknowledged.append(text)
    raise AssertionError("the disk never filled up")


def refused(visitor: Visitor, question_id: str, data: dict[str, object]) -> Page:
    response = visitor.post(question_id, data)
    assert response.status_code == 503
    page = Page(response.text)
    assert not page.faults
    return page


@UNWRITABLE
def test_what_cannot_be_saved_stays_on_the_page_and_is_taken_later(visitor: Visitor, fault: Fault) -> None:
    database = visitor.app.state.database
    long = "7" * 1_900
    attempts: list[tuple[str, dict[str, object], list[tuple[str, object]]]] = [
        ("offer.name", {"text": long}, [("text", long)]),
        ("you.own_questions", {"line": [long, "Why?"]}, [("line", long), ("line", "Why?")]),
    ]
    if fault is not full:
        # Short answers still find room on a full disk, in pages that are there already.
        attempts += [
            ("cells.kind", {"choice": "mesenchymal"}, [("choice", "mesenchymal")]),
            ("you.priorities", {"choice": ["tremor", "pain"]}, [("choice", "tremor"), ("choice", "pain")]),
            ("you.matters", {"row.cost": "3"}, [("row.cost", "3")]),
            ("offer.country", {"country": "JP"}, [("country", "JP")]),
            ("offer.visit_date", {"month": "2", "day": "3", "year": "2027"}, []),
        ]
    with fault(visitor.app):
        if fault is full:
            fill_up(visitor)
        before = rows(database)
        for question_id, data, fields in attempts:
            page = refused(visitor, question_id, data)
            assert NOT_SAVED in page.error
            assert set(fields) <= set(page.ask.filled), question_id
            assert page.headings == [visitor.walker.pack.questions[question_id].question]
        assert rows(database) == before
    for question_id, data, _ in attempts:
        assert visitor.post(question_id, data).status_code == 303, question_id
    # All that was acknowledged is there: what came before the fault, and what was sent again after it.
    assert visitor.saved()["trial.status"] == "treatment"
    assert visitor.saved()["offer.name"] == long
    after = rows(database)["entry"]
    assert after[: len(before["entry"])] == before["entry"]
    assert len(after) == len(before["entry"]) + len(attempts)


@about_files
def test_a_disk_that_fills_up_stops_at_an_answer_and_not_in_the_middle_of_one(visitor: Visitor) -> None:
    before = len(rows(visitor.app.state.database)["entry"])
    with full(visitor.app):
        acknowledged = fill_up(visitor)
        assert visitor.saved().get("offer.provider") == (acknowledged[-1] if acknowledged else None)
    # As if started anew.
    visitor.app.state.database.close()
    assert visitor.saved().get("offer.provider") == (acknowledged[-1] if acknowledged else None)
    assert len(rows(visitor.app.state.database)["entry"]) == before + len(acknowledged)


@UNWRITABLE
def test_pages_can_still_be_read_and_printed(visitor: Visitor, fault: Fault) -> None:
    with fault(visitor.app):
        for address in ("/", visitor.home, *(f"{visitor.offer()}/{end}" for end in ("answers", "result", "summary"))):
            assert "Drip from the talk" in visitor.see(address).text
        assert visitor.see(visitor.address("trial.status")).ask.filled == [("choice", "treatment")]


@pytest.mark.parametrize("fault", [read_only, locked])
def test_beginning_and_adding_an_offer_say_that_it_does_not_work_now(visitor: Visitor, fault: Fault) -> None:
    before = rows(visitor.app.state.database)
    with fault(visitor.app):
        for address in ("/preparations", f"{visitor.home}/offers"):
            response = visitor.client.post(address)
            assert response.status_code == 503
            assert Page(response.text).headings == [NOT_DONE]
            assert "set-cookie" not in response.headers
    assert rows(visitor.app.state.database) == before
    assert visitor.client.post(f"{visitor.home}/offers").status_code == 303


def test_a_writer_waits_for_its_turn(make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 5)
    monkeypatch.setattr(faults, "PATIENCE", 5000)
    with fresh(tmp_path, "patient.db") as address, ThreadPoolExecutor(1) as pool:
        patient = Visitor(make_client(database=address))
        with locked(patient.app):
            saving = pool.submit(patient.answer, "offer.name", "Mine")
            # Readers are never held up by a writer.
            assert patient.client.get(patient.home).status_code == 200
            assert not saving.done()
        assert saving.result() == patient.address("trial.status")


def test_a_broken_file_is_said_in_a_sentence_and_shows_no_trace(visitor: Visitor) -> None:
    with garbage(visitor.app):
        for address in ("/", visitor.home, visitor.address("cells.kind"), f"{visitor.offer()}/summary"):
            response = visitor.client.get(address)
            assert response.status_code == 503, address
            assert Page(response.text).headings == [NOT_REACHED]
            assert "sqlite" not in response.text.lower()
            assert "malformed" not in response.text
        # What needs no answers works all the same.
        visitor.client.cookies.clear()
        for address in ("/", "/about", "/examples/regulated-trial/summary", "/healthz", "/static/style.css"):
            assert visitor.client.get(address).status_code == 200, address


def test_after_a_broken_file_is_put_back_everything_is_there(visitor: Visitor) -> None:
    before = rows(visitor.app.state.database)
    with garbage(visitor.app):
        assert visitor.post("cells.kind", {"choice": "mesenchymal"}).status_code == 503
    assert rows(visitor.app.state.database) == before
    assert visitor.post("cells.kind", {"choice": "mesenchymal"}).status_code == 303
    assert visitor.saved() == {
        "offer.name": "Drip from the talk",
        "trial.status": "treatment",
        "cells.kind": "mesenchymal",
    }


def test_with_a_broken_file_the_chosen_answer_is_still_on_the_page(visitor: Visitor) -> None:
    visitor.fill({"trial.status": "regulated_trial"})
    with garbage(visitor.app):
        for question_id, chosen in (("cells.kind", "mesenchymal"), ("trial.number", "refused"), ("you.ready", "")):
            data = {"choice": chosen} if chosen else {"row.sure": "yes"}
            page = refused(visitor, question_id, data)
            assert NOT_SAVED in page.error
            assert page.ask.filled == list(data.items())


@about_files
def test_a_missing_file_is_a_bad_day_too(visitor: Visitor) -> None:
    database_file = visitor.app.state.database.path
    visitor.app.state.database.close()
    moved = database_file.rename(database_file.with_suffix(".moved"))
    assert visitor.client.get(visitor.home).status_code == 503
    visitor.app.state.database.close()
    for left in database_file.parent.glob("guide.db*"):
        left.unlink()
    moved.rename(database_file)
    assert "Drip from the talk" in visitor.see(visitor.home).text
