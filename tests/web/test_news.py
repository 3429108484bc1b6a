"""What others did since a page was opened: said to those who are there, and nothing about anybody's own matters."""

from typing import Any

from .answering import send, settle
from .conftest import Visitor
from .html import Page
from .joining import CAREFUL, KIND, MILD, Family, both, check, label
from .refusals import refused_page


def news(who: Visitor, after: int, since: int | None = None, **more: str) -> Any:
    asked = {"after": str(after), "since": str(after if since is None else since), **more}
    return who.client.get(f"{who.home}/news", params=asked)


def last(who: Visitor) -> int:
    return who.store.read(who.key).last


def test_where_nothing_happened_there_is_no_news(family: Family) -> None:
    response = news(family.anna, last(family.anna))
    assert (response.status_code, response.content) == (204, b"")
    assert news(family.anna, 10**9).status_code == 204


def test_news_say_who_answered_what_and_lead_there(family: Family) -> None:
    before = last(family.anna)
    family.ben.answer(KIND, MILD)
    for who in (family.anna, family.doctor):
        response = news(who, before)
        assert response.status_code == 200
        assert response.headers["hx-trigger"] == "news"
        page = Page(response.text)
        short = who.walker.pack.questions[KIND].short
        assert f"Ben answered {short}: {label(who, MILD)}" in page.text
        assert page.links == [f"{who.offer()}/answers#q-cells-kind"]
        assert "q-cells-kind" in check(who).ids
        # And asks again from there, for what is new since the page was opened.
        asks = next(attrs for tag, attrs in page.tags if attrs.get("hx-trigger") == "every 15s")
        assert asks["hx-get"] == f"{who.home}/news?after={last(who)}&since={before}"


def test_ones_own_answers_are_no_news_but_what_shows_them_is_asked_for_anew(family: Family) -> None:
    before = last(family.anna)
    family.anna.answer(KIND, MILD)
    response = news(family.anna, before)
    assert response.status_code == 200
    assert "New from the others" not in response.text
    assert response.headers["hx-trigger"] == "news"


def test_news_stay_until_the_page_is_loaded_anew_and_the_oldest_give_way(family: Family) -> None:
    opened = last(family.anna)
    family.ben.answer(KIND, MILD)
    middle = last(family.anna)
    family.ben.answer("offer.provider", "A clinic")
    page = Page(news(family.anna, middle, opened).text)
    assert page.text.count("Ben answered") == 2
    for n in range(6):
        family.ben.answer("offer.name", f"Name {n}")
    page = Page(news(family.anna, last(family.anna) - 1, opened).text)
    assert page.text.count("Ben answered") == 5
    assert "3 more before these" in page.text
    assert "Name 5" in page.text


def test_notes_who_asks_and_what_was_settled_are_news_too(differing: Family) -> None:
    before = last(differing.doctor)
    differing.ben.post(KIND, {"note": "Ask twice", "asker": "2", "only": "note"})
    settle(differing.anna, differing.anna.see(both(differing.anna)), CAREFUL)
    text = Page(news(differing.doctor, before).text).text
    short = differing.ben.walker.pack.questions[KIND].short
    assert f"Ben noted on {short}: Ask twice" in text
    assert f"Ben chose who asks about {short}: Anna" in text
    assert f"Anna settled {short}: {label(differing.ben, CAREFUL)}" in text
    before = last(differing.doctor)
    note = differing.ben.see(differing.ben.address(KIND))
    send(differing.ben, KIND, note, note="", asker="", only="note")
    text = Page(news(differing.doctor, before).text).text
    assert f"Ben noted on {short}: taken back" in text
    assert f"Ben chose who asks about {short}: nobody yet" in text


def test_a_page_with_a_form_gets_news_that_lead_nowhere(family: Family) -> None:
    question = family.anna.see(family.anna.address(KIND))
    asks = next(attrs for _, attrs in question.tags if attrs.get("hx-trigger") == "every 15s")
    family.ben.answer(KIND, MILD)
    page = Page(family.anna.client.get(asks["hx-get"]).text)
    assert "Ben answered" in page.text
    assert page.links == []
    again = next(attrs for _, attrs in page.tags if attrs.get("hx-trigger") == "every 15s")
    assert again["hx-get"].endswith("&plain=1")


def test_nothing_about_a_person_is_news(family: Family) -> None:
    before = last(family.anna)
    family.ben.answer("you.own_questions", ["Is it for my garden?"])
    family.ben.answer("you.priorities", ["sleep"])
    family.ben.client.post(f"{family.ben.offer()}/letter", data={"text": "Is it for my garden?"})
    response = news(family.anna, before)
    assert "New from the others" not in response.text
    assert "Is it for my garden?" not in response.text
    assert "sleep" not in response.text


def test_news_are_for_those_who_hold_a_link(family: Family) -> None:
    family.ben.client.post(f"{family.ben.home}/people/2/revoke")
    refused_page(news(family.anna, 0), 404)
    for odd in ({"after": "x"}, {"after": "-1"}, {"after": "99999999999"}, {"after": "0", "since": "x"}):
        assert family.ben.client.get(f"{family.ben.home}/news", params=odd).status_code == 404


def test_every_page_that_listens_takes_no_error_for_news(differing: Family) -> None:
    for address in (differing.anna.home, f"{differing.anna.offer()}/answers", f"{differing.anna.offer()}/result"):
        page = differing.anna.see(address)
        asking = [attrs for _, attrs in page.tags if "hx-get" in attrs]
        assert len(asking) == 2, address  # the news, and what is asked for anew
        for attrs in asking:
            assert attrs["hx-status:4xx"] == attrs["hx-status:5xx"] == "swap:none"
        assert {"news", "fresh", "unheard"} <= page.ids
        # What is asked for anew is this very page.
        fresh = next(attrs for attrs in asking if attrs.get("hx-select") == "#fresh")
        assert fresh["hx-get"] == address
    question = differing.anna.see(differing.anna.address(KIND))
    assert "fresh" not in question.ids
