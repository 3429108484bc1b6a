"""With the script, the next question comes as the answer to the form: the very page that stands at its address."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from app.store.tables import Person, now

from .conftest import TestClient, Visitor, example_answers, form_of
from .joining import Family

SCRIPT = {"hx-request": "true"}


def send(visitor: Visitor, question_id: str, answer: Any, *, more: bool = False) -> Any:
    """Sends an answer as the script does."""
    data = {**form_of(visitor.walker, question_id, answer), **({"more": "1"} if more else {})}
    return visitor.client.post(visitor.address(question_id), data=data, headers=SCRIPT)


def same(visitor: Visitor, response: Any) -> str:
    """The page that came is the one at the address that it gives; returns that."""
    assert response.status_code == 200, response.text
    address: str = response.headers["hx-push-url"]
    there = visitor.client.get(address)
    assert response.text == there.text
    assert {n: v for n, v in response.headers.items() if n != "hx-push-url"} == dict(there.headers)
    return address


@pytest.mark.parametrize(
    ("example", "language"), [("regulated-trial", "en"), ("supportive-care", "es"), ("warning-sign", "en")]
)
def test_all_along_the_way_it_is_the_page_that_a_browser_would_be_led_to(
    visitor: Visitor, example: str, language: str
) -> None:
    visitor.client.cookies.set("which-cells.language", language)
    answers, _ = example_answers(visitor.walker.pack, example)
    at, more, steps = visitor.address("offer.name"), False, 0
    while "/questions/" in at:
        question_id = at.split("/questions/")[1].split("?")[0]
        response = send(visitor, question_id, answers.get(question_id, "Mine"), more=more)
        steps += 1
        if response.status_code == 303:
            # Another kind of page comes next, at an address of its own.
            at = response.headers["location"]
            if not more and at.endswith("/result"):
                at, more = visitor.walker.walk(visitor.saved()).more[0], True
                at = visitor.address(at) + "?more=1"
        else:
            at = same(visitor, response)
    assert steps > 12
    assert at.endswith(("/answers", "/result"))


def test_the_first_answer_of_a_day_knows_that_its_giver_is_here(visitor: Visitor) -> None:
    with visitor.app.state.database.writing() as connection:
        this = col(Person.preparation_id) == visitor.id
        connection.execute(update(Person).where(this).values(seen_on=now().date() - timedelta(9)))
    same(visitor, send(visitor, "offer.name", "Mine"))


def test_without_the_script_the_browser_is_led_there(visitor: Visitor) -> None:
    response = visitor.client.post(visitor.address("offer.name"), data={"text": "Mine"})
    assert response.status_code == 303
    for header in ({"hx-request": "1"}, {"hx-request": ""}, {"hx-boosted": "true"}):
        answer = {"text": f"Mine {header}"}
        assert visitor.client.post(visitor.address("offer.name"), data=answer, headers=header).status_code == 303


def test_what_cannot_be_kept_comes_back_as_ever(visitor: Visitor) -> None:
    response = visitor.client.post(visitor.address("trial.status"), data={"choice": "nonsense"}, headers=SCRIPT)
    assert response.status_code == 422
    assert response.headers["hx-push-url"] == "false"


def test_where_two_differ_it_leads_to_both_answers(family: Family) -> None:
    family.ben.fill({"offer.name": "Mine", "trial.status": "regulated_trial"})
    response = send(family.anna, "trial.status", "treatment")
    assert response.status_code == 303
    assert response.headers["location"].endswith("/questions/trial.status/both")


def test_only_whoever_holds_the_link_gets_a_page(visitor: Visitor) -> None:
    stranger = TestClient(visitor.app, base_url=str(visitor.client.base_url), follow_redirects=False)
    response = stranger.post(visitor.address("offer.name"), data={"text": "Mine"}, headers=SCRIPT)
    assert response.status_code == 404
