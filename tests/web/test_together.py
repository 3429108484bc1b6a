"""Several people at one offer: what they share, where they differ, how it is settled, and nothing lost unseen."""

import re

from databases import rows

from .answering import send, settle
from .conftest import Visitor
from .joining import CAREFUL, DIFFER, KIND, MILD, Family, both, check, joined, label
from .refusals import refused_page

# -- one answer for all


def test_an_answer_is_for_all_and_says_whose_it_is_and_of_when(family: Family) -> None:
    family.ben.answer(KIND, MILD)
    for who in family:
        row = check(who).inside("q-cells-kind")
        assert label(who, MILD) in row
        assert re.search(r"Ben, \w+ \d+, \d{4}\.", row)
    question = family.anna.see(family.anna.address(KIND))
    assert "Ben gave this answer." in question.text
    assert ("choice", MILD) in question.ask.filled


def test_saying_the_same_adds_nothing(family: Family) -> None:
    family.ben.answer(KIND, MILD)
    before = rows(family.ben.app.state.database)["entry"]
    assert family.anna.answer(KIND, MILD) != both(family.anna)
    assert rows(family.ben.app.state.database)["entry"] == before
    assert DIFFER not in check(family.anna).text


def test_whoever_is_alone_reads_nothing_of_others(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Mine")
    visitor.answer("offer.name", "Mine again")
    page = check(visitor)
    assert "Person with" not in page.text
    # What was said before can be looked up all the same.
    assert visitor.address("offer.name") + "/both" in page.links
    for address in (f"{visitor.offer()}/answers", visitor.address(KIND), visitor.home, f"{visitor.offer()}/result"):
        assert not [attrs for _, attrs in visitor.see(address).tags if attrs.get("hx-get", "").endswith("/news")]
        assert "hx-get" not in visitor.see(address).source


# -- two answers


def test_two_answers_are_both_shown_and_the_more_careful_one_counts(differing: Family) -> None:
    for who in differing:
        row = check(who).inside("q-cells-kind")
        assert DIFFER in row
        assert row.startswith(who.walker.pack.questions[KIND].question + " " + label(who, CAREFUL))
        assert "Ben: mesenchymal cells (MSC)" in row or "Ben: MSC" in row
        assert "the first answer counts: it is the more careful one" in row
        result = who.see(f"{who.offer()}/result")
        assert result.headings == ["Warning sign"]
        assert DIFFER in result.text
        assert "On 1 question, not all say the same." in who.see(who.home).text
        shown = who.see(both(who)).text
        assert label(who, MILD) in shown
        assert label(who, CAREFUL) in shown
    # Whoever said the mild one is not outvoted because they spoke first: who answers later changes nothing.
    saved = {q: e.value for q, e in differing.ben.store.read(differing.ben.key).offer(1).latest.items()}
    assert saved[KIND] == CAREFUL
    other = joined(differing.ben, "Carl")
    other.answer(KIND, MILD)
    assert differing.ben.see(f"{differing.ben.offer()}/result").headings == ["Warning sign"]


def test_each_finds_their_own_answer_in_the_fields_so_that_saving_it_again_changes_nothing(differing: Family) -> None:
    before = rows(differing.ben.app.state.database)["entry"]
    for who, own in ((differing.ben, MILD), (differing.anna, CAREFUL)):
        page = who.see(who.address(KIND))
        assert page.ask.filled == [("choice", own)]
        assert DIFFER in page.text
        assert send(who, KIND, page).headers["location"] == both(who)
    assert rows(differing.ben.app.state.database)["entry"] == before


def test_not_asked_yet_yields_to_whoever_knows_more(family: Family) -> None:
    family.ben.answer(KIND, "not_asked")
    assert family.anna.answer(KIND, MILD) != both(family.anna)
    page = check(family.ben)
    assert DIFFER not in page.text
    row = page.inside("q-cells-kind")
    assert label(family.ben, MILD) in row
    assert "Anna, " in row
    # Nor does it take anything away from what is known.
    carl = joined(family.ben, "Carl")
    carl.answer(KIND, "not_asked")
    assert label(carl, MILD) in check(carl).inside("q-cells-kind")


def test_whoever_changes_their_own_answer_differs_with_nobody(family: Family) -> None:
    family.ben.answer(KIND, MILD)
    family.ben.answer(KIND, CAREFUL)
    page = check(family.anna)
    assert DIFFER not in page.text
    assert both(family.anna) in page.links
    history = family.anna.see(both(family.anna))
    assert history.headings == ["What was said to this"]
    said = history.inside("history")
    assert said.index(label(family.ben, MILD)) < said.index(label(family.ben, CAREFUL))
    assert "/both" not in "".join(form.action for form in history.forms)


def test_what_nobody_answered_has_no_history(family: Family) -> None:
    response = family.anna.client.get(both(family.anna))
    assert response.headers["location"] == f"{family.anna.offer()}/answers"
    refused_page(family.anna.client.get(both(family.anna, "no.such")), 404)
    refused_page(family.anna.client.get(both(family.anna, "you.priorities")), 404)


# -- settling


def test_one_settles_it_and_what_the_others_said_stays_in_the_history(differing: Family) -> None:
    settled = settle(differing.ben, differing.ben.see(both(differing.ben)), MILD)
    assert settled.headers["location"] == f"{differing.ben.offer()}/answers"
    for who in differing:
        page = check(who)
        assert DIFFER not in page.text
        assert label(who, MILD) in page.inside("q-cells-kind")
        history = who.see(both(who)).inside("history")
        assert f"Anna said: {label(who, CAREFUL)}" in history
        assert f"Ben settled it with: {label(who, MILD)}" in history
    assert differing.ben.see(f"{differing.ben.offer()}/result").headings != ["Warning sign"]


def test_settling_twice_is_as_once(differing: Family) -> None:
    page = differing.ben.see(both(differing.ben))
    settle(differing.ben, page, MILD)
    before = rows(differing.ben.app.state.database)["entry"]
    assert settle(differing.ben, page, MILD).status_code == 303
    assert rows(differing.ben.app.state.database)["entry"] == before


def test_nothing_is_settled_over_an_answer_that_came_meanwhile(differing: Family) -> None:
    page = differing.ben.see(both(differing.ben))
    differing.anna.answer(KIND, "fetal_tissue")
    newer = refused_page(settle(differing.ben, page, MILD), 409)
    assert "Somebody answered again since you opened this page." in newer.error
    assert "#field" in newer.links
    assert label(differing.ben, "fetal_tissue") in newer.text
    assert DIFFER in check(differing.anna).text
    assert settle(differing.ben, newer, MILD).status_code == 303
    assert DIFFER not in check(differing.anna).text


def test_nothing_is_settled_anew_by_a_page_from_before_it_was_settled(differing: Family) -> None:
    page = differing.ben.see(both(differing.ben))
    settle(differing.anna, differing.anna.see(both(differing.anna)), CAREFUL)
    newer = refused_page(settle(differing.ben, page, MILD), 409)
    assert "Anna settled it with" in newer.inside("history")
    assert "#history" in newer.links
    assert label(differing.ben, CAREFUL) in check(differing.ben).inside("q-cells-kind")


def test_without_a_choice_one_is_asked_for_one(differing: Family) -> None:
    for data in ({}, {"choice": "99", "seen": "9"}, {"choice": "x", "seen": "x"}):
        page = refused_page(differing.ben.client.post(both(differing.ben), data=data), 422)
        assert "Please choose the answer that counts." in page.error
    assert DIFFER in check(differing.ben).text


def test_what_was_settled_can_be_answered_anew_and_both_are_shown_again(differing: Family) -> None:
    settle(differing.ben, differing.ben.see(both(differing.ben)), MILD)
    assert differing.anna.answer(KIND, "exosomes") == both(differing.anna)
    page = check(differing.ben)
    assert DIFFER in page.text
    shown = differing.ben.see(both(differing.ben))
    assert label(differing.ben, "exosomes") in shown.text
    assert len(next(f for f in shown.forms if f.action.endswith("/both")).offered) == 2


# -- over an answer that has changed since


def test_over_ones_own_answer_from_another_window_one_is_asked(family: Family) -> None:
    ben = family.ben
    here = ben.see(ben.address(KIND))
    ben.answer(KIND, MILD)  # in the other window
    before = rows(ben.app.state.database)["entry"]
    page = refused_page(send(ben, KIND, here, choice=CAREFUL), 409)
    assert "You answered this in another window" in page.text
    assert f"There you said: {label(ben, MILD)}." in page.text
    assert page.ask.filled == [("choice", CAREFUL)]  # what was chosen here is still chosen
    assert rows(ben.app.state.database)["entry"] == before
    # One of the two it is: by saving again, or by following the link.
    assert ben.address(KIND) in page.links
    assert ben.see(ben.address(KIND)).ask.filled == [("choice", MILD)]
    assert send(ben, KIND, page).status_code == 303
    assert ben.saved()[KIND] == CAREFUL


def test_the_same_answer_from_another_window_asks_nothing(family: Family) -> None:
    here = family.ben.see(family.ben.address(KIND))
    family.ben.answer(KIND, MILD)
    assert send(family.ben, KIND, here, choice=MILD).status_code == 303


def test_ones_own_newer_answer_is_found_behind_that_of_another(family: Family) -> None:
    here = family.ben.see(family.ben.address(KIND))
    family.ben.answer(KIND, MILD)
    family.anna.answer(KIND, "exosomes")
    page = refused_page(send(family.ben, KIND, here, choice=CAREFUL), 409)
    assert f"There you said: {label(family.ben, MILD)}." in page.text


def test_over_the_answer_of_another_both_are_kept_and_shown(family: Family) -> None:
    here = family.ben.see(family.ben.address(KIND))
    family.anna.answer(KIND, MILD)
    assert send(family.ben, KIND, here, choice=CAREFUL).headers["location"] == both(family.ben)
    shown = family.ben.see(both(family.ben)).text
    assert label(family.ben, MILD) in shown
    assert label(family.ben, CAREFUL) in shown


def test_about_oneself_one_is_asked_too(family: Family) -> None:
    here = family.ben.see(family.ben.address("you.priorities"))
    family.ben.answer("you.priorities", ["sleep"])
    page = refused_page(send(family.ben, "you.priorities", here, choice=["tremor"]), 409)
    assert "You answered this in another window" in page.text
    assert family.ben.store.read(family.ben.key).mine.answers["you.priorities"] == ["sleep"]


def test_a_form_that_does_not_say_what_it_has_seen_is_taken(family: Family) -> None:
    family.ben.answer(KIND, MILD)
    for seen in ({}, {"seen": "x"}, {"seen": "99999999999"}):
        choice = {"choice": CAREFUL if family.ben.saved()[KIND] == MILD else MILD}
        assert family.ben.post(KIND, {**choice, **seen}).status_code == 303
