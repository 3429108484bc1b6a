"""Around the visit: the letter beforehand, what changed afterwards, and the guide on paper."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from app.store.opened import ENTRY
from app.summary.letter import LIMIT

from .conftest import Visitor, example_answers
from .faults import read_only


@pytest.fixture
def seminar(visitor: Visitor) -> Visitor:
    """Somebody who came from the seminar of the example."""
    answers, about_me = example_answers(visitor.walker.pack, "warning-sign")
    visitor.fill({**answers, **about_me})
    return visitor


def earlier(visitor: Visitor, hours: int) -> None:
    """Moves all answers so far into the past."""
    found = visitor.store.read(visitor.key)
    with visitor.app.state.database.writing() as connection:
        for number in (None, *found.offers):
            for entry in found.place(number).entries:
                moved = entry._replace(at=entry.at - timedelta(hours=hours))
                row = visitor.store._row(visitor.id, found.data_key, number, moved)
                of_it = (ENTRY.c.preparation_id == visitor.id, ENTRY.c.number == entry.number)
                connection.execute(update(ENTRY).where(*of_it).values(row))


# -- the letter


def test_the_letter_has_the_open_questions_and_can_be_changed(seminar: Visitor) -> None:
    address = f"{seminar.offer()}/letter"
    page = seminar.see(address)
    assert "Exactly which cells would I be given?" in page.text
    assert "We send nothing to anyone." in page.text
    saved = seminar.client.post(address, data={"text": "Dear clinic,\r\nonly this <b>one</b>."})
    assert (saved.status_code, saved.headers["location"]) == (303, address)
    again = seminar.see(address)
    assert "only this &lt;b&gt;one&lt;/b&gt;." in again.source
    assert "Exactly which cells" not in again.text
    assert seminar.see(f"{seminar.offer()}/result").headings == ["Warning sign"]
    # And back to what the answers say.
    seminar.client.post(address, data={"text": "whatever", "anew": "1"})
    assert "Exactly which cells would I be given?" in seminar.see(address).text


def test_a_letter_that_is_too_long_comes_back_whole(seminar: Visitor) -> None:
    text = "word " * (LIMIT // 5 + 1)
    response = seminar.client.post(f"{seminar.offer()}/letter", data={"text": text})
    assert response.status_code == 422
    assert text in response.text
    assert "Please shorten it." in response.text


def test_hidden_characters_in_a_letter_are_left_out(seminar: Visitor) -> None:
    seminar.client.post(f"{seminar.offer()}/letter", data={"text": "Dear\x00 clinic\x1b"})
    assert "Dear clinic" in seminar.see(f"{seminar.offer()}/letter").text


def test_the_letter_as_pdf(seminar: Visitor) -> None:
    response = seminar.client.get(f"{seminar.offer()}/letter.pdf?paper=letter")
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)
    assert "To Example Renewal Clinic" in text
    assert "Save the letter" not in text
    assert seminar.id not in text


def test_a_letter_is_not_lost_when_it_cannot_be_kept(seminar: Visitor) -> None:
    with read_only(seminar.app):
        response = seminar.client.post(f"{seminar.offer()}/letter", data={"text": "What I wrote <here>"})
    assert response.status_code == 503
    assert "What I wrote &lt;here&gt;" in response.text
    assert "your answer is still on this page" in response.text


def test_a_letter_is_no_answer(seminar: Visitor) -> None:
    before = seminar.store.read(seminar.key).offer(1)
    seminar.client.post(f"{seminar.offer()}/letter", data={"text": "Dear clinic"})
    after = seminar.store.read(seminar.key).offer(1)
    assert (after.answers, after.latest, after.sittings) == (before.answers, before.latest, before.sittings)
    assert "letter.text" not in seminar.client.get(f"{seminar.home}/preparation.json").text


# -- what changed


def test_with_one_sitting_there_is_nothing_to_compare_yet(seminar: Visitor) -> None:
    assert "All answers so far are from one sitting." in seminar.see(f"{seminar.offer()}/since").text


def test_what_was_learned_at_the_visit_stands_beside_what_was_known(visitor: Visitor) -> None:
    answers, _ = example_answers(visitor.walker.pack, "supportive-care")
    visitor.fill({**answers, "safety.consent": "not_asked", "safety.risks": "not_asked"})
    earlier(visitor, 30)
    visitor.fill({"safety.consent": "take_home", "safety.risks": "named_specifically"})
    page = visitor.see(f"{visitor.offer()}/since")
    assert "Supportive regenerative care Before, it sorted as: not settled yet." in page.text
    questions = visitor.walker.pack.questions
    for question_id in ("safety.consent", "safety.risks"):
        assert questions[question_id].question in page.text
    assert page.text.count("I have not asked yet") == 2
    assert questions["cells.kind"].question not in page.text
    assert "Settled since then: consent form, risks named." in page.text


def test_an_earlier_moment_can_be_chosen(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "First name"})
    earlier(visitor, 48)
    visitor.fill({"offer.name": "Second name"})
    earlier(visitor, 24)
    visitor.fill({"offer.name": "Third name"})
    address = f"{visitor.offer()}/since"
    page = visitor.see(address)
    moments = [value for name, value in page.forms[0].offered if name == "until"]
    assert len(moments) == 2
    assert "Second name" in page.text
    assert "First name" not in page.text
    first = visitor.see(f"{address}?until={moments[1]}")
    assert "First name" in first.text
    assert "Second name" not in first.text


def test_what_is_not_asked_any_more_is_not_said_to_be_settled(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Mine", "trial.status": "regulated_trial", "trial.phase": "phase_2"})
    earlier(visitor, 30)
    visitor.fill({"trial.status": "treatment"})
    page = visitor.see(f"{visitor.offer()}/since")
    assert "Settled since then" not in page.text
    assert "Phase 2 not asked" in page.text


def test_nothing_changed_is_said(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Mine"})
    earlier(visitor, 48)
    visitor.fill({"offer.name": "Yours"})
    visitor.fill({"offer.name": "Mine"})
    assert "No answer has changed." in visitor.see(f"{visitor.offer()}/since").text


def test_a_moment_that_is_none_is_no_page(visitor: Visitor) -> None:
    assert visitor.client.get(f"{visitor.offer()}/since?until=yesterday").status_code == 404


# -- on paper


def test_the_whole_guide_is_on_the_worksheet(visitor: Visitor) -> None:
    page = visitor.see("/worksheet")
    assert not page.faults
    for question in visitor.walker.pack.questions.values():
        assert question.question in page.text
        for option in question.options:
            assert option.label in page.text
    for _, variant in visitor.walker.pack.variants:
        assert variant.title in page.text


@pytest.mark.parametrize("address", ["/worksheet.pdf?paper=letter", "/examples/warning-sign/summary.pdf?large=1"])
def test_public_pages_come_as_pdf_too(visitor: Visitor, address: str) -> None:
    response = visitor.client.get(address)
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"].startswith("attachment; filename=")
    assert len(PdfReader(BytesIO(response.content)).pages) > 3
    assert visitor.client.get(address).content[:5] == b"%PDF-"


def test_a_paper_that_is_none_is_no_page(visitor: Visitor) -> None:
    assert visitor.client.get("/worksheet.pdf?paper=a3").status_code == 404
