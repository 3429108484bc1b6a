"""What several people brought, on every page that is read or printed, and on none that goes to a clinic."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from app.store.opened import Key, Role
from app.store.people import People

from .conftest import Visitor, example_answers
from .test_visit import earlier

NOTE = "My daughter should ask this."


def invited(visitor: Visitor, name: str, role: Role = "family") -> Key:
    people: People = visitor.app.state.people
    return people.invite(visitor.key, role, name)[1]


def say_who(visitor: Visitor, key: Key, name: str, role: Role, *, shows: bool = False) -> None:
    people: People = visitor.app.state.people
    people.say_who(key, name=name, shows=shows, role=role)


def family_of(visitor: Visitor) -> Key:
    """Tom, who has Parkinson's, and Ana, who differs on the kind of cells, notes on it, and asks."""
    answers, about_me = example_answers(visitor.walker.pack, "warning-sign")
    visitor.fill({**answers, **about_me, "you.own_questions": ["May I swim?"]})
    say_who(visitor, visitor.key, "Tom Toms", "patient")
    ana = invited(visitor, "Ana Anders")
    visitor.store.save(ana, 1, "cells.kind", "mesenchymal")
    said = [("note", "cells.kind", NOTE), ("asks", "cells.kind", "2"), ("note", "offer.name", "In the blue folder.")]
    visitor.store.put_beside(ana, 1, said)  # type: ignore[arg-type]
    visitor.store.save(ana, None, "you.priorities", ["sleep"])
    visitor.store.save(ana, None, "you.own_questions", ["Who is there at night?"])
    say_who(visitor, ana, "Ana Anders", "family", shows=True)
    return ana


@pytest.fixture
def ana(visitor: Visitor) -> Key:
    return family_of(visitor)


# -- the summary


def test_the_summary_says_it_all(visitor: Visitor, ana: Key) -> None:
    page = visitor.see(f"{visitor.offer()}/summary")
    assert not page.faults
    side_one, _, later = page.text.partition("Questions to ask ")
    assert "The family does not agree on: kind of cells; the more careful answer counts here." in side_one
    assert "As told by the family." in side_one
    assert "Answered by Tom Toms and Ana Anders." in side_one
    assert "The family sees some of this differently: worth talking about." in side_one
    assert NOTE not in side_one
    assert f"Ana Anders asks this. Ana Anders noted: {NOTE}" in later
    assert "Notes What would you like to call this offer? Ana Anders noted: In the blue folder." in later
    assert 'Tom Toms (this one counts): They would say no more than "stem cells"' in later
    assert "Ana Anders: Mesenchymal cells" in later
    assert "Questions by Tom Toms May I swim?" in later
    assert "Questions by Ana Anders Who is there at night?" in later
    assert "(differs: worth talking about)" in later
    assert "About you: Tom Toms" in later


def test_every_row_says_who_and_when(visitor: Visitor, ana: Key) -> None:
    source = visitor.see(f"{visitor.offer()}/summary").source
    rows = {row.split("</th>")[0]: row for row in source.split("All answers</h2>")[1].split('<th scope="row">')[1:]}
    questions = visitor.walker.pack.questions
    assert '<td class="when">Tom Toms</td>' in rows[questions["offer.provider"].question]
    earlier(visitor, 72)
    visitor.store.save(ana, 1, "offer.provider", "Another clinic")
    source = visitor.see(f"{visitor.offer()}/summary").source
    row = next(r for r in source.split('<th scope="row">') if r.startswith(questions["offer.provider"].question))
    day = visitor.store.read(ana).offer(1).latest["offer.provider"].at
    assert f"Ana Anders, {day:%B} {day.day}, {day.year}" in row


def test_one_person_alone_is_told_as_before(visitor: Visitor) -> None:
    answers, about_me = example_answers(visitor.walker.pack, "warning-sign")
    visitor.fill({**answers, **about_me})
    visitor.store.put_beside(visitor.key, 1, [("note", "cells.kind", NOTE)])
    page = visitor.see(f"{visitor.offer()}/summary")
    for said in ("All answers are by one person.", "As told by the person.", f"Note: {NOTE}", "Questions of my own"):
        assert said in page.text
    for unsaid in ("The family", "Where people differ", "side by side", "noted:"):
        assert unsaid not in page.text


def test_values_that_somebody_keeps_to_themselves_are_on_no_paper(visitor: Visitor, ana: Key) -> None:
    say_who(visitor, ana, "Ana Anders", "family", shows=False)
    text = visitor.see(f"{visitor.offer()}/summary").text
    for hidden in ("What matters, side by side", "Who is there at night?", "sees some of this differently"):
        assert hidden not in text


def test_the_person_who_has_not_joined_is_said_to_be_missing(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Mine"})
    say_who(visitor, visitor.key, "Ana Anders", "family")
    address = f"{visitor.offer()}/summary"
    assert "Not said. The person with Parkinson's has not joined yet." in visitor.see(address).text
    visitor.store.save(visitor.key, None, "you.priorities", ["sleep"])
    says = "sleep. The person with Parkinson's has not joined yet; another person said this."
    assert says in visitor.see(address).text
    invited(visitor, "Tom", "patient")
    text = visitor.see(address).text
    assert "Not said yet." in text
    assert "has not joined" not in text


def test_what_people_type_is_text_on_paper(visitor: Visitor, ana: Key) -> None:
    say_who(visitor, ana, "<b>Ana</b>", "family", shows=True)
    visitor.store.put_beside(ana, 1, [("note", "cells.kind", "<script>alert(1)</script>")])
    source = visitor.see(f"{visitor.offer()}/summary").source
    assert "&lt;b&gt;Ana&lt;/b&gt;" in source
    assert "<b>Ana" not in source
    assert "<script>alert" not in source


# -- what goes out of the house


def test_nothing_of_the_family_is_in_the_letter(visitor: Visitor, ana: Key) -> None:
    page = visitor.see(f"{visitor.offer()}/letter")
    pdf = visitor.client.get(f"{visitor.offer()}/letter.pdf")
    printed = " ".join(p.extract_text() for p in PdfReader(BytesIO(pdf.content)).pages)
    for text in (page.text, " ".join(printed.split())):
        assert "Exactly which cells would I be given?" in text
        assert "May I swim?" in text
        for kept in ("Tom", "Ana", NOTE, "blue folder", "at night", "agree", "family"):
            assert kept not in text


def test_nobody_is_named_in_a_health_record(visitor: Visitor, ana: Key) -> None:
    answered = visitor.client.get(f"{visitor.offer()}/response.json")
    text = answered.text
    for kept in ("Tom", "Ana", NOTE, "blue folder", "at night", '"author"', '"source"'):
        assert kept not in text
    assert "May I swim?" in text
    kinds = next(item for item in answered.json()["item"] if item["linkId"] == "cells")["item"]
    coded = next(item for item in kinds if item["linkId"] == "cells.kind")["answer"]
    assert [answer["valueCoding"]["code"] for answer in coded] == ["just_stem_cells"]


def test_what_another_person_said_of_themselves_is_in_no_health_record(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Mine", "you.priorities": ["sleep"]})
    assert "you.priorities" in visitor.client.get(f"{visitor.offer()}/response.json").text
    say_who(visitor, visitor.key, "Ana", "family")
    assert "you.priorities" not in visitor.client.get(f"{visitor.offer()}/response.json").text


# -- on the screen


def test_the_result_says_who_asks_and_what_was_noted(visitor: Visitor, ana: Key) -> None:
    page = visitor.see(f"{visitor.offer()}/result")
    assert not page.faults
    assert f"Ana Anders noted: {NOTE} Asks at the visit: Ana Anders" in page.text
    assert page.text.count(NOTE) == 1
    assert (
        "You do not all say the same. Until you settle it, the more careful answer counts. It stands first."
        in page.text
    )


def test_what_would_change_it_says_which_answers_it_goes_by(visitor: Visitor, ana: Key) -> None:
    page = visitor.see(f"{visitor.offer()}/change")
    assert not page.faults
    assert "This page goes by the more careful answers: Kind of cells" in page.text
    assert f"{visitor.address('cells.kind')}/both" in page.links
    visitor.store.settle(ana, 1, "cells.kind", "just_stem_cells", 10**6)
    assert "You do not all say the same" not in visitor.see(f"{visitor.offer()}/change").text


def test_a_note_on_a_question_without_an_answer_is_seen_when_answers_are_checked(visitor: Visitor, ana: Key) -> None:
    assert "Noted on other questions" not in visitor.see(f"{visitor.offer()}/answers").text
    visitor.store.save(visitor.key, 1, "offer.provider", "")
    visitor.store.put_beside(ana, 1, [("note", "offer.provider", "It stands on the flyer.")])
    page = visitor.see(f"{visitor.offer()}/answers")
    assert not page.faults
    assert "Noted on other questions Who makes this offer? Ana Anders noted: It stands on the flyer." in page.text


def test_what_is_set_aside_says_who_said_it(visitor: Visitor) -> None:
    visitor.fill({"offer.name": "Mine", "trial.status": "regulated_trial"})
    ana = invited(visitor, "Ana Anders")
    visitor.store.save(ana, 1, "trial.phase", "phase_2")
    visitor.store.put_beside(ana, 1, [("note", "trial.phase", "The nurse said so.")])
    visitor.fill({"trial.status": "treatment"})
    aside = visitor.see(f"{visitor.offer()}/answers").text.partition("Set aside")[2]
    assert "Ana Anders" in aside
    assert "The nurse said so." in aside


def test_after_the_visit_what_counts_is_compared_whoever_said_it(visitor: Visitor, ana: Key) -> None:
    earlier(visitor, 30)
    visitor.store.save(ana, 1, "offer.country", "JP")
    visitor.store.settle(visitor.key, 1, "cells.kind", "mesenchymal", 10**6)
    page = visitor.see(f"{visitor.offer()}/since")
    assert not page.faults
    questions = visitor.walker.pack.questions
    assert questions["cells.kind"].question in page.text
    assert "Mesenchymal cells" in page.text
    assert questions["offer.provider"].question not in page.text
