"""Nothing that somebody said is put aside by somebody who has not seen it, and nothing that was typed is lost."""

from app.guide.answers import Answer

from .answering import send
from .conftest import Visitor, example_answers
from .faults import read_only
from .html import Page
from .joining import CAREFUL, DIFFER, KIND, MILD, Family, both, check, invite, join, joined
from .refusals import refused_page

OTHER = "cells.other_name"


# -- answers


def test_who_said_the_same_without_knowing_is_heard_when_the_other_changes_their_mind(family: Family) -> None:
    pages = [who.see(who.address(KIND)) for who in (family.ben, family.anna)]
    for who, page in zip((family.anna, family.ben), pages, strict=True):
        assert send(who, KIND, page, choice=CAREFUL).status_code == 303
    assert DIFFER not in check(family.ben).text
    assert family.anna.answer(KIND, MILD) == both(family.anna)
    assert DIFFER in check(family.ben).text
    assert family.ben.see(f"{family.ben.offer()}/result").headings == ["Warning sign"]


def test_the_record_beside_the_answers_marks_ones_own(family: Family) -> None:
    plan = family.ben.walker.pack.compare
    assert plan
    family.ben.fill({"trial.status": "regulated_trial", plan.number: "NCT04802733", plan.answer: "matches"})
    family.anna.answer(plan.answer, "partly")
    for who, own in ((family.ben, "matches"), (family.anna, "partly")):
        page = who.see(f"{who.offer()}/record")
        assert "The answer so far is marked." in page.text
        assert page.ask.filled == [("choice", own)]
        assert who.client.post(page.ask.action, data={**page.ask.hidden, "choice": own}).status_code == 303
    assert DIFFER in check(family.ben).text


def test_a_note_saved_alone_does_not_pass_for_having_seen_a_newer_answer(family: Family) -> None:
    ben = family.ben
    old = ben.see(ben.address(KIND))
    ben.answer(KIND, CAREFUL)  # in another window
    noted = Page(send(ben, KIND, old, note="For the visit", only="note").text)
    assert "Your note is saved." in noted.text
    assert "You answered this in another window" in refused_page(send(ben, KIND, noted, choice=MILD), 409).text
    assert ben.saved()[KIND] == CAREFUL
    # Nor does a page that came back because something did not fit.
    old = ben.see(ben.address("offer.name"))
    ben.answer("offer.name", "The newer name")
    again = refused_page(send(ben, "offer.name", old, text="x" * 3000), 422)
    refused_page(send(ben, "offer.name", again, text="Mine"), 409)
    assert ben.saved()["offer.name"] == "The newer name"


def off_the_way(family: Family) -> None:
    """They differ on something that is not asked any more."""
    family.ben.fill({KIND: "other_named"})
    family.ben.answer(OTHER, "Alpha")
    assert family.anna.answer(OTHER, "Beta") == both(family.anna, OTHER)
    family.ben.fill({KIND: MILD})


def test_where_people_differ_on_what_is_not_asked_nobody_is_told_that_it_counts(family: Family) -> None:
    off_the_way(family)
    for who in family:
        assert "not all say the same" not in who.see(who.home).text
        assert DIFFER not in who.see(f"{who.offer()}/result").text
        page = check(who)
        assert both(who, OTHER) in page.links  # set aside, and still to be looked up
        shown = who.see(both(who, OTHER)).text
        assert "None counts now, because of other answers." in shown
        assert "The printed summary says that you differ" not in shown
        assert "Alpha" in shown
        assert "Beta" in shown
    # Answered from an old page, it leads where the way goes on.
    assert family.anna.answer(OTHER, "Gamma") != both(family.anna, OTHER)


def test_what_was_taken_back_can_be_looked_up(visitor: Visitor) -> None:
    visitor.answer("offer.provider", "A clinic")
    visitor.answer("offer.provider", "")
    page = check(visitor)
    assert "Answered before, empty now" in page.text
    assert both(visitor, "offer.provider") in page.links
    assert "A clinic" in visitor.see(both(visitor, "offer.provider")).text


def test_a_change_leads_to_the_check_page_where_people_differ_on_something_else(family: Family) -> None:
    answers: dict[str, Answer] = dict(example_answers(family.ben.walker.pack, "warning-sign")[0])
    family.ben.fill({**answers, "offer.provider": "A clinic"})
    family.anna.fill({"trial.status": "regulated_trial"})
    assert family.ben.answer("offer.provider", "Somebody else") == f"{family.ben.offer()}/answers"


# -- beside answers


def test_who_asks_is_not_changed_unseen(family: Family) -> None:
    ben, anna = family.ben, family.anna
    old = anna.see(anna.address(KIND))
    assert send(ben, KIND, ben.see(ben.address(KIND)), asker="1", only="note").status_code == 200
    page = refused_page(send(anna, KIND, old, asker="2", note="Mine", only="note"), 409)
    assert "Somebody changed who asks this, after this page was opened. Now it is: Ben." in page.text
    assert page.ask.hidden["note"] == "Mine"
    assert ben.store.read(ben.key).offer(1).asks == {KIND: 1}
    # Having read that, it counts.
    assert send(anna, KIND, page, asker="2", note="Mine", only="note").status_code == 200
    assert ben.store.read(ben.key).offer(1).asks == {KIND: 2}


def test_ones_own_note_of_another_window_is_not_written_over_unseen(visitor: Visitor) -> None:
    old = visitor.see(visitor.address(KIND))
    visitor.post(KIND, {"note": "Ask for the name", "only": "note"})
    page = refused_page(send(visitor, KIND, old, note="Ask for the batch", only="note"), 409)
    assert "There it says: Ask for the name." in page.text
    assert page.ask.hidden["note"] == "Ask for the batch"
    assert send(visitor, KIND, page, note="Ask for both", only="note").status_code == 200


# -- what was typed, where it cannot be kept


def test_where_nothing_can_be_saved_names_stay_in_their_fields(family: Family) -> None:
    ben = family.ben
    with read_only(ben.app):
        page = refused_page(ben.client.post(f"{ben.home}/people", data={"name": "Eve", "role": "reader"}), 503)
        assert "We could not save this just now." in page.error
        assert 'value="Eve"' in page.source
        page = refused_page(ben.client.post(f"{ben.home}/people/me", data={"name": "Benjamin"}), 503)
        assert 'value="Benjamin"' in page.source
        shown = ben.see(both(ben, "trial.status"))
        assert shown.headings == ["What was said to this"]


def test_where_one_settles_and_it_fails_the_choice_stays(differing: Family) -> None:
    page = differing.ben.see(both(differing.ben))
    form = next(f for f in page.forms if f.action.endswith("/both"))
    chosen = next(value for name, value in form.offered if name == "choice")
    with read_only(differing.ben.app):
        again = refused_page(differing.ben.client.post(form.action, data={**form.hidden, "choice": chosen}), 503)
    form = next(f for f in again.forms if f.action.endswith("/both"))
    assert ("choice", chosen) in form.filled


# -- visits, links and paper


def test_without_script_a_button_keeps_it_for_longer(visitor: Visitor) -> None:
    page = visitor.see(visitor.home)
    assert f"{visitor.home}/here" not in [form.action for form in page.forms]  # here today already
    response = visitor.client.post(f"{visitor.home}/here", data={"back": "1"})
    assert (response.status_code, response.headers["location"]) == (303, visitor.home)
    assert visitor.client.post(f"{visitor.home}/here").status_code == 204


def test_a_link_is_not_shown_any_more_once_its_owner_has_it(visitor: Visitor) -> None:
    link = invite(visitor, "Anna")
    assert visitor.see(f"{visitor.home}/people/2/link").headings == ["The link for Anna"]
    join(visitor, link)
    response = visitor.client.get(f"{visitor.home}/people/2/link")
    assert response.headers["location"] == f"{visitor.home}/people"
    assert "people/2/link" not in visitor.see(f"{visitor.home}/people").text


def test_a_reader_alone_makes_nobody_a_family(visitor: Visitor) -> None:
    visitor.fill(example_answers(visitor.walker.pack, "warning-sign")[0])
    joined(visitor, "Dr. Lee", "reader")
    assert "As told by the person. Not checked with anyone." in visitor.see(f"{visitor.offer()}/summary").text
    joined(visitor, "Anna")
    assert "As told by the family. Not checked with anyone." in visitor.see(f"{visitor.offer()}/summary").text


def test_a_name_that_no_computer_has_is_refused(visitor: Visitor) -> None:
    page = refused_page(visitor.client.get(f"{visitor.home}/link", headers={"host": "x" * 5000}), 400)
    assert page.headings == ["We could not read the address"]
