"""What stands beside the answers: what each says of themselves, notes, and who asks what at the visit."""

import pytest
from databases import rows

from .answering import send
from .conftest import Visitor
from .html import Page
from .joining import CAREFUL, KIND, MILD, Family, check
from .refusals import refused_page

# -- about oneself

MATTERS = "My garden, and nobody is to know"


def everything(who: Visitor) -> str:
    """All that somebody can open, file by file and page by page."""
    ends = ["", "/people", "/compare", "/offers/1/answers", "/offers/1/result", "/offers/1/summary", "/offers/1/letter"]
    ends += [
        "/offers/1/since",
        "/offers/1/response.json",
        "/news",
        "/keep",
        "/preparation.json",
        "/you/you.own_questions",
    ]
    ends += [f"/offers/1/questions/{KIND}", "/delete"]
    found = [who.client.get(who.home + end) for end in ends]
    return "\n".join(response.text for response in found if response.status_code == 200)


def test_what_family_say_of_themselves_is_theirs(family: Family) -> None:
    family.anna.answer("you.own_questions", [MATTERS])
    assert MATTERS in family.anna.see(family.anna.address("you.own_questions")).source
    assert "Only you see it." in family.anna.see(family.anna.home).text
    for who in (family.ben, family.doctor):
        assert MATTERS not in everything(who)


def test_it_stands_on_the_summary_once_they_agree_and_no_longer_if_not(family: Family) -> None:
    family.anna.answer("you.own_questions", [MATTERS])
    place = f"{family.anna.home}/people/me"
    family.anna.client.post(place, data={"name": "Anna", "shows": "1"})
    assert family.anna.store.read(family.anna.key).me.shows
    assert "The summary shows it, as you chose." in family.anna.see(family.anna.home).text
    family.anna.client.post(place, data={"name": "Anna"})
    assert not family.anna.store.read(family.anna.key).me.shows
    assert MATTERS not in everything(family.ben)


def test_what_the_person_with_parkinsons_says_goes_on_the_summary_and_is_asked_of_nobody_else(family: Family) -> None:
    family.ben.answer("you.priorities", ["sleep"])
    assert "sleep" in family.doctor.see(f"{family.doctor.offer()}/summary").text
    page = family.anna.see(family.anna.address("you.priorities"))
    assert page.ask.filled == []
    assert "Your priorities not answered yet" in family.anna.see(family.anna.home).text
    family.anna.answer("you.priorities", ["tremor"])
    assert family.ben.store.read(family.ben.key).mine.answers["you.priorities"] == ["sleep"]


# -- notes, and who asks


def test_a_note_is_for_all_and_stands_beside_the_answer(family: Family) -> None:
    family.ben.answer(KIND, MILD)
    page = family.ben.see(family.ben.address(KIND))
    send(family.ben, KIND, page, note="I would like Anna to ask this <b>", asker="2")
    for who in family:
        row = check(who).inside("q-cells-kind")
        assert "Ben noted: I would like Anna to ask this <b>" in row
        assert "Asks at the visit: Anna" in row
    page = family.anna.see(family.anna.address(KIND))
    assert "Notes, and who asks this (1 note)" in page.text
    assert "Ben: I would like Anna to ask this <b>" in page.text
    assert page.ask.hidden["note"] == ""  # her own is another
    assert page.ask.hidden["asker"] == "2"
    send(family.anna, KIND, page, note="I will")
    assert "Anna noted: I will" in check(family.doctor).text
    assert "(2 notes)" in family.ben.see(family.ben.address(KIND)).text


def test_notes_are_folded_away_until_something_in_them_waits_to_be_saved(family: Family) -> None:
    def folded(page: Page) -> bool:
        return "open" not in next(attrs for attrs in page.attrs("details") if attrs.get("class") == "help beside")

    family.ben.post(KIND, {"note": "Ask", "asker": "2", "only": "note"})
    assert folded(family.ben.see(family.ben.address(KIND)))
    assert folded(family.anna.see(family.anna.address(KIND)))
    wrong = refused_page(family.anna.post(KIND, {"note": "Half a thought"}), 422)
    assert not folded(wrong)
    assert wrong.ask.hidden["note"] == "Half a thought"


def test_just_the_note_is_saved_and_the_answer_stays_as_it_was_left(family: Family) -> None:
    page = family.ben.see(family.ben.address(KIND))
    response = send(family.ben, KIND, page, note="Ask twice", asker="2", choice=MILD, only="note")
    assert response.status_code == 200
    page = Page(response.text)
    assert "Your note is saved. Your answer is still as you left it, and not saved yet." in page.text
    assert page.ask.filled == [("choice", MILD)]
    assert KIND not in family.ben.saved()
    assert family.ben.store.read(family.ben.key).offer(1).asks == {KIND: 2}
    # Then the answer, with the note that is there by now.
    assert send(family.ben, KIND, page).status_code == 303
    assert family.ben.saved()[KIND] == MILD
    assert "Ben noted: Ask twice" in check(family.anna).text


def test_a_note_can_be_taken_back(family: Family) -> None:
    family.ben.post(KIND, {"choice": MILD, "note": "Ask twice", "asker": "1"})
    page = family.ben.see(family.ben.address(KIND))
    send(family.ben, KIND, page, note="", asker="")
    assert "noted" not in check(family.anna).text
    assert "Asks at the visit" not in check(family.anna).text


def test_an_old_page_changes_no_note_and_nobody_who_asks(family: Family) -> None:
    ben = family.ben
    ben.post(KIND, {"choice": MILD, "note": "First", "asker": "1"})
    old = ben.see(ben.address(KIND))
    family.anna.post(KIND, {"asker": "2", "asker_was": "1", "only": "note"})
    ben.post(KIND, {"note": "Second", "note_was": "First", "only": "note"})
    assert send(ben, KIND, old, choice=CAREFUL).status_code == 303
    kept = ben.store.read(ben.key).offer(1)
    assert kept.said_beside("note", KIND, 1) == "Second"
    assert kept.asks == {KIND: 2}


def test_whoever_was_to_ask_is_still_named_after_their_link_is_taken_back(family: Family) -> None:
    family.ben.post(KIND, {"choice": MILD, "asker": "2"})
    family.ben.client.post(f"{family.ben.home}/people/2/revoke")
    page = family.ben.see(family.ben.address(KIND))
    assert page.ask.hidden["asker"] == "2"
    send(family.ben, KIND, page)
    assert "Asks at the visit: Anna" in check(family.ben).text


def test_a_note_that_is_too_long_comes_back_whole_and_nothing_is_saved(family: Family) -> None:
    before = rows(family.ben.app.state.database)["entry"]
    page = refused_page(family.ben.post(KIND, {"choice": MILD, "note": "a" * 2001}), 422)
    assert "This is too long to keep" in page.error
    assert page.ask.hidden["note"] == "a" * 2001
    assert page.ask.filled == [("choice", MILD)]
    assert rows(family.ben.app.state.database)["entry"] == before


@pytest.mark.parametrize("asker", ["x", "-1", "\u0663", "99999", "1.5"])
def test_who_asks_is_a_number_of_a_person_or_nobody(family: Family, asker: str) -> None:
    assert family.ben.post(KIND, {"choice": MILD, "asker": asker}).status_code == 303
    assert "Asks at the visit" not in check(family.anna).text
    assert family.anna.client.get(f"{family.anna.home}/news?after=0").status_code == 200


# -- the letter


def test_a_letter_is_not_written_over_one_that_somebody_changed_meanwhile(family: Family) -> None:
    address = f"{family.ben.offer()}/letter"
    opened = family.ben.see(address).forms[0]
    assert family.anna.client.post(address, data={"text": "Dear clinic, says Anna", "seen": "0"}).status_code == 303
    sent = family.ben.client.post(address, data={**opened.hidden, "text": "Dear clinic, says Ben"})
    page = refused_page(sent, 409)
    assert "Anna changed this letter after this page was opened." in page.error
    assert ("text", "Dear clinic, says Ben") in page.forms[0].fields
    assert "The letter as Anna left it" in page.text
    assert page.text.count("Dear clinic, says Anna") == 1
    assert "says Anna" in family.doctor.see(address).text
    # Having seen it, one may; and sent twice, it is as once.
    for _ in range(2):
        again = family.ben.client.post(address, data={**page.forms[0].hidden, "text": "Dear clinic, say both"})
        assert again.status_code == 303
    assert "say both" in family.doctor.see(address).text
    # Writing it anew would take it away too.
    refused_page(family.anna.client.post(address, data={"anew": "1", "text": "", "seen": "0"}), 409)
