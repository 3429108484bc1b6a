"""The public record beside what was told: shown, looked up when asked, and every fault in a plain sentence."""

import re
from dataclasses import replace

import pytest
from databases import rows
from local_register import NUMBER, LocalRegister, Reply, made_up

from app.registers.client import Fault
from app.registers.look_up import Refusal
from app.web.records import WENT

from .conftest import MakeClient, Visitor
from .html import Page

TOLD = {
    "offer.name": "Drip from the talk",
    "offer.provider": "Alder Hill Hospital",
    "offer.country": "US",
    "cells.kind": "dopamine_cells_from_ips",
    "trial.status": "regulated_trial",
    "trial.number": NUMBER,
    "trial.sponsor": "company_developing_the_product",
}
ABOUT = "trial.record_matches"


@pytest.fixture
def asking(make_client: MakeClient, register: LocalRegister) -> Visitor:
    """Somebody with a number, where looking up is on and leads to a register of our own."""
    visitor = Visitor(make_client(look_up=True, look_up_address=register.address))
    visitor.app.state.look_up = replace(visitor.app.state.look_up, limit=2.0, each=0.4, backoff=0.01)
    visitor.fill(TOLD)
    register.holds(made_up())
    return visitor


def address(visitor: Visitor) -> str:
    return f"{visitor.offer()}/record"


def look_up(visitor: Visitor, *, again: bool = False) -> Page:
    """Presses the button; returns the page that it leads to."""
    response = visitor.client.post(address(visitor), data={"again": "1"} if again else {})
    assert response.status_code == 303
    return visitor.see(response.headers["location"])


def marked(page: Page) -> list[str]:
    return [value for name, value in page.ask.fields if name == "choice"]


# -- the way there


def test_the_question_about_the_record_offers_the_record(visitor: Visitor) -> None:
    visitor.fill({q: a for q, a in TOLD.items() if q != "trial.number"})
    visitor.answer("trial.number", f"nct {NUMBER[3:7]} {NUMBER[7:]}")
    assert visitor.saved()["trial.number"] == NUMBER
    for page in (visitor.see(visitor.address(ABOUT)), visitor.see(f"{visitor.offer()}/answers")):
        assert address(visitor) in page.links
    assert address(visitor) in visitor.see(f"{visitor.offer()}/result").links
    assert address(visitor) not in visitor.see(visitor.address("trial.number")).links


@pytest.mark.parametrize("answer", ["refused", "not_asked", "no_clear_answer"])
def test_without_a_number_there_is_no_record_to_show(answer: str, visitor: Visitor) -> None:
    visitor.fill({**TOLD, "trial.number": answer})
    response = visitor.client.get(address(visitor))
    assert response.headers["location"] == visitor.address("trial.number")
    for end in ("answers", "result"):
        assert address(visitor) not in visitor.see(f"{visitor.offer()}/{end}").links


def test_a_number_that_is_set_aside_leads_to_the_answers(visitor: Visitor) -> None:
    visitor.fill({**TOLD, "trial.status": "treatment"})
    response = visitor.client.get(address(visitor))
    assert response.headers["location"] == f"{visitor.offer()}/answers?moved=1"


def test_a_number_kept_before_numbers_were_put_in_one_form_still_leads_to_its_record(visitor: Visitor) -> None:
    visitor.fill({**TOLD, "trial.number": "nct 0634 4026"})
    page = visitor.see(address(visitor))
    assert "Number NCT06344026" in page.text
    assert "https://clinicaltrials.gov/study/NCT06344026" in visitor.see(f"{visitor.offer()}/answers").links


def test_the_examples_numbers_are_invented_and_lead_nowhere(visitor: Visitor) -> None:
    assert not [link for link in visitor.see("/examples/regulated-trial").links if link.startswith("http")]


# -- looking up


def test_it_is_said_beforehand_what_is_sent_and_nothing_is_sent_by_looking(
    asking: Visitor, register: LocalRegister
) -> None:
    page = asking.see(address(asking))
    assert "sends the number and nothing else" in page.text
    assert not any(line.startswith("line-") for line in page.ids)
    assert register.asked == []
    assert NUMBER in page.text


def test_pressing_the_button_brings_the_record_and_a_proposal(asking: Visitor, register: LocalRegister) -> None:
    page = look_up(asking)
    assert len(register.asked) == 1
    assert "was asked for this number on" in page.text
    assert "UTC" in page.text
    assert "It is the same number." in page.inside("line-number")
    assert "Alder Hill Hospital" in page.inside("line-clinic")
    assert "propose: Yes, all of it matches" in page.inside("proposal")
    assert marked(page) == ["matches"]
    assert "A record does not say whether people pay." in page.text
    assert "To be listed in a register is not to be endorsed." in page.text
    assert not page.faults


def test_the_person_confirms_or_overrules_at_the_questions_own_address(asking: Visitor) -> None:
    page = look_up(asking)
    assert page.ask.action == asking.address(ABOUT)
    response = asking.client.post(page.ask.action, data=dict(page.ask.fields))
    assert response.status_code == 303
    assert asking.saved()[ABOUT] == "matches"
    asking.answer(ABOUT, "does_not_match")
    page = asking.see(address(asking))
    assert marked(page) == ["does_not_match"]
    assert "The answer so far is marked." in page.text
    assert "we propose: Yes, all of it matches" in page.inside("proposal")


def test_what_cannot_be_compared_is_not_proposed_as_a_match(asking: Visitor, register: LocalRegister) -> None:
    asking.answer("offer.provider", "Sunshine Center")
    page = look_up(asking)
    assert marked(page) == ["not_checked"]
    assert "could not be compared: who offers it" in page.inside("proposal")


def test_what_differs_is_said_and_proposed(asking: Visitor, register: LocalRegister) -> None:
    register.holds(made_up(status={"overallStatus": "WITHDRAWN", "whyStopped": "<b>No funds</b>"}))
    page = look_up(asking)
    assert marked(page) == ["does_not_match"]
    assert "main points differ: taking people." in page.inside("proposal")
    assert "<b>No funds</b>" in page.text  # shown as text
    assert "<b>No funds" not in page.source


def test_a_line_without_an_answer_leads_to_its_question(asking: Visitor) -> None:
    asking.answer("offer.country", "not_asked")
    page = look_up(asking)
    assert asking.address("offer.country") in page.links


def test_it_is_asked_once_and_again_only_when_wanted(asking: Visitor, register: LocalRegister) -> None:
    page = look_up(asking)
    form = next(f for f in page.forms if f.action == address(asking))
    assert form.filled == [("again", "1")]
    look_up(asking)
    look_up(asking, again=True)  # just now: a double click
    assert len(register.asked) == 1


def test_what_one_person_had_looked_up_is_there_for_the_next(asking: Visitor, register: LocalRegister) -> None:
    look_up(asking)
    other = Visitor(asking.client)
    other.fill(TOLD)
    assert "It is the same number." in other.see(address(other)).text
    assert len(register.asked) == 1


def test_what_is_kept_does_not_say_who_asked(asking: Visitor) -> None:
    look_up(asking)
    kept = rows(asking.app.state.database)
    (row,) = kept["look_up"]
    said = repr(row) + repr(kept["look_up_pace"])
    assert NUMBER not in said
    # Nor what it was that the register said.
    assert asking.app.state.look_up.shelf.kept(NUMBER) is not None
    assert b"protocolSection" not in b"".join(part for part in row if isinstance(part, bytes))
    assert asking.id not in said
    assert "Drip from the talk" not in said


def test_an_older_number_is_said_to_be_one(asking: Visitor, register: LocalRegister) -> None:
    register.records[NUMBER] = made_up("NCT09998887", identification={"nctIdAliases": [NUMBER]})
    assert "Today it is listed as NCT09998887." in look_up(asking).inside("line-number")


def test_another_record_than_the_one_asked_for_differs(asking: Visitor, register: LocalRegister) -> None:
    register.records[NUMBER] = made_up("NCT09998887")
    page = look_up(asking)
    assert "a record of another number" in page.inside("line-number")
    assert marked(page) == ["does_not_match"]


def test_a_number_that_the_register_does_not_have_is_said_so(asking: Visitor, register: LocalRegister) -> None:
    register.records.clear()
    page = look_up(asking)
    assert "It had no record with this number." in page.text
    assert marked(page) == []


def test_a_record_without_modules_is_said_so(asking: Visitor, register: LocalRegister) -> None:
    register.records[NUMBER] = {"protocolSection": {}}
    page = look_up(asking)
    assert "this record holds nothing that we can read" in page.text
    assert marked(page) == []
    assert "The record does not say." in page.text


FAULTS = [
    (Reply(500), Fault.DOWN, "We could not reach ClinicalTrials.gov."),
    (Reply(wait=5), Fault.SLOW, "did not answer in time"),
    (Reply(429, b"", {"retry-after": "600"}), Fault.TOLD_TO_WAIT, "Please try again in about 10 minutes."),
    (Reply(200, b"<html>"), Fault.MALFORMED, "something that we could not read"),
    (Reply(302, b"", {"location": "https://elsewhere.example"}), Fault.ELSEWHERE, "sent us on to another place"),
    (Reply(403), Fault.REFUSED, "did not take our question"),
    (Reply(200, b" " * (4 * 1024 * 1024 + 1)), Fault.TOO_LARGE, "too large"),
]


@pytest.mark.parametrize(("reply", "fault", "says"), FAULTS, ids=[fault for _, fault, _ in FAULTS])
def test_every_fault_has_its_sentence_and_the_question_stays(
    reply: Reply, fault: Fault, says: str, asking: Visitor, register: LocalRegister
) -> None:
    register.always = reply
    response = asking.client.post(address(asking))
    assert response.headers["location"] == f"{address(asking)}?went={fault}"
    page = asking.see(response.headers["location"])
    assert says in page.inside("went")
    assert "Nothing is lost" in page.inside("went")
    assert page.ask.action == asking.address(ABOUT)
    assert f"https://clinicaltrials.gov/study/{NUMBER}" in page.links
    assert not page.faults


def test_every_way_of_failing_has_a_sentence() -> None:
    assert set(WENT) == {*Fault, *Refusal} - {Fault.NOT_FOUND}


def test_a_made_up_fault_in_an_address_says_nothing(visitor: Visitor) -> None:
    visitor.fill(TOLD)
    for went in ("no_such", "%3Cb%3E", "{register}"):
        assert "went" not in visitor.see(f"{address(visitor)}?went={went}").ids


# -- off, other registers, our copy


def test_switched_off_there_is_no_button_and_nobody_is_asked(make_client: MakeClient, register: LocalRegister) -> None:
    visitor = Visitor(make_client(look_up=False, look_up_address=register.address))
    visitor.fill(TOLD)
    page = visitor.see(address(visitor))
    assert "switched off by those who run this guide" in page.text
    assert [f.action for f in page.forms] == [visitor.address(ABOUT)]
    assert "switched off" in look_up(visitor).inside("went")
    assert register.asked == []


def test_other_registers_cannot_be_asked_and_are_linked(asking: Visitor, register: LocalRegister) -> None:
    for one in asking.walker.pack.registers[1:]:
        asking.answer("trial.number", one.example)
        page = asking.see(address(asking))
        assert f"{one.name} cannot be asked from here." in page.text
        assert [f.action for f in page.forms] == [asking.address(ABOUT)]
        assert [link for link in page.links if link.startswith("https://")]
        assert "cannot be asked" in look_up(asking).inside("went")
    assert register.asked == []


def test_our_copy_answers_at_once_and_says_how_old_it_is(visitor: Visitor) -> None:
    visitor.fill({**TOLD, "trial.number": "jRCT2090220384", "offer.country": "JP"})
    page = visitor.see(address(visitor))
    assert "our own copy, of November 23, 2026" in page.text
    assert "/trials#kyoto_ipsc" in page.links
    assert "Japan is among its countries." in page.inside("line-country")
    # Completed, by our copy: an offer to join it now does not fit.
    assert marked(page) == ["does_not_match"]


def test_our_copy_stands_in_when_the_look_up_fails(asking: Visitor, register: LocalRegister) -> None:
    asking.answer("trial.number", "NCT06344026")
    register.always = Reply(500)
    page = look_up(asking)
    assert "We could not reach" in page.inside("went")
    assert "our own copy" in page.text
    assert marked(page) == ["not_checked"]


def test_the_registers_own_record_comes_first_and_our_copy_is_linked(asking: Visitor, register: LocalRegister) -> None:
    register.holds(made_up("NCT06344026"))
    asking.answer("trial.number", "NCT06344026")
    page = look_up(asking)
    assert "Brook Cells in Parkinson's Disease" in page.text
    assert "This is our own copy" not in page.text
    assert "/trials#aspiro" in page.links


def test_a_changed_number_asks_to_look_again(visitor: Visitor) -> None:
    visitor.fill({**TOLD, ABOUT: "matches"})
    says = "You changed the"
    assert says not in visitor.see(f"{visitor.offer()}/answers").text
    visitor.answer("trial.number", "NCT06344026")
    for end in ("answers", "record"):
        assert says in visitor.see(f"{visitor.offer()}/{end}").text
    # Looked at again, and the same as before: said once more, it counts for the new number; once is enough.
    for _ in range(2):
        visitor.answer(ABOUT, "matches")
        assert says not in visitor.see(f"{visitor.offer()}/answers").text
    assert len(visitor.store.read(visitor.key).offer(1).history[ABOUT]) == 2


# -- who and what


def test_a_stranger_asks_nobody(asking: Visitor, register: LocalRegister) -> None:
    other = Visitor(asking.client)
    name, secret = other.cookie
    asking.client.cookies.clear()
    asking.client.cookies.set(name, secret)
    assert asking.client.post(address(asking)).status_code == 404
    assert asking.client.get(address(asking)).status_code == 404
    assert register.asked == []


def test_another_sites_form_asks_nobody(asking: Visitor, register: LocalRegister) -> None:
    response = asking.client.post(address(asking), headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert register.asked == []


def test_the_privacy_page_says_what_is_sent_and_when(asking: Visitor, make_client: MakeClient) -> None:
    says = re.compile("only when you press the button .* sends the number, and nothing else")
    assert says.search(asking.see("/privacy").text)
    assert not says.search(Page(make_client(look_up=False).get("/privacy").text).text)
