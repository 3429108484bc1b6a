"""Comparing the offers of a preparation: on the page, by choice, and on one landscape side."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from .conftest import Visitor, example_answers

LONG = "The new neurons that my cousin told us about at lunch, " * 30


@pytest.fixture
def three(visitor: Visitor) -> Visitor:
    """Somebody with the three examples as offers, and long names for them."""
    for number, example in enumerate(visitor.walker.pack.examples, start=1):
        if number > 1:
            assert visitor.store.add_offer(visitor.key) == number
        answers, about_me = example_answers(visitor.walker.pack, example.id)
        visitor.fill({**answers, **about_me, "offer.name": f"{number} {LONG}", "offer.provider": LONG}, number)
    return visitor


def test_offers_stand_side_by_side_with_the_other_ways(three: Visitor) -> None:
    page = three.see(f"{three.home}/compare")
    assert not page.faults
    for title in ("Regulated trial of replacement", "Supportive regenerative care", "Warning sign"):
        assert title in page.text
    for other in three.walker.pack.alternatives:
        assert other.title in page.text
    assert "We collect facts on cells alone, so we say nothing on this. Ask your neurologist" in page.text
    assert f"{three.home}/compare" in three.see(three.home).links


def test_a_person_chooses_which(three: Visitor) -> None:
    page = three.see(f"{three.home}/compare?offer=1&offer=3")
    assert "Regulated trial of replacement" in page.text
    assert "Supportive regenerative care" not in page.text
    assert [value for name, value in page.forms[0].filled if name == "offer"] == ["1", "3"]


def test_numbers_of_offers_that_are_not_there_show_the_first_ones(three: Visitor) -> None:
    assert "Supportive regenerative care" in three.see(f"{three.home}/compare?offer=77").text


def test_more_than_three_offers_ask_which(three: Visitor) -> None:
    three.store.add_offer(three.key)
    page = three.see(f"{three.home}/compare")
    assert "Which offers? Up to 3 fit." in page.text
    assert [value for name, value in page.forms[0].filled if name == "offer"] == ["1", "2", "3"]


def disagree(visitor: Visitor) -> None:
    """Somebody else joins, and says something else on every question that has a second answer."""
    _, key = visitor.app.state.people.invite(visitor.key, "family", "Ana")
    for number, record in visitor.store.read(visitor.key).offers.items():
        for question_id, answer in record.answers.items():
            others = [o.id for o in visitor.walker.pack.questions[question_id].options if o.id != answer]
            if isinstance(answer, str) and others and question_id != "trial.status":
                visitor.store.save(key, number, question_id, others[0])


def test_answers_on_which_people_do_not_agree_are_marked(three: Visitor) -> None:
    before = three.see(f"{three.home}/compare")
    assert "(not agreed)" not in before.text
    _, key = three.app.state.people.invite(three.key, "family", "Ana")
    three.store.save(key, 1, "why.goal", "slow_the_disease")
    row = three.see(f"{three.home}/compare").source.split('<th scope="row">Aim of the cells')[1].split("</tr>")[0]
    assert [("(not agreed)" in cell) for cell in row.split("<td>")[1:]] == [True, False, False]
    page = three.see(f"{three.home}/compare")
    assert "(not agreed): the family does not agree on this answer. The more careful one counts here." in page.text
    assert "Ana" not in page.text


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_three_offers_on_which_people_agree_on_nothing_print_on_one_side_too(three: Visitor, paper: str) -> None:
    disagree(three)
    response = three.client.get(f"{three.home}/compare.pdf?paper={paper}")
    (page,) = PdfReader(BytesIO(response.content)).pages
    assert page.extract_text().count("(not agreed)") > 20


def test_an_offer_that_was_added_and_never_spoken_of_is_left_out_until_it_is_chosen(three: Visitor) -> None:
    three.store.add_offer(three.key)
    for chosen, there in (("", False), ("?offer=4", True)):
        heads = three.see(f"{three.home}/compare{chosen}").source.split("<thead>")[1].split("</thead>")[0]
        assert ("This offer" in heads) == there


def test_an_empty_preparation_compares_too(visitor: Visitor) -> None:
    assert not visitor.see(f"{visitor.home}/compare").faults


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_three_offers_print_on_one_landscape_side(three: Visitor, paper: str) -> None:
    response = three.client.get(f"{three.home}/compare.pdf?paper={paper}")
    assert response.headers["content-type"] == "application/pdf"
    pages: Any = PdfReader(BytesIO(response.content)).pages
    assert len(pages) == 1
    assert pages[0].mediabox.width > pages[0].mediabox.height
    assert three.id not in pages[0].extract_text()
