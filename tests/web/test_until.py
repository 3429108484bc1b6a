"""Until when a preparation is kept: shown to all who may answer, and changed by those who look after it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from databases import rows

from app.store.keeping import latest, usual
from app.summary.words import day as in_words

from .conftest import Visitor
from .faults import read_only
from .html import Page
from .joining import joined
from .refusals import refused_page


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def begun(visitor: Visitor) -> Visitor:
    visitor.answer("offer.name", "Mine")
    return visitor


def send(visitor: Visitor, when: date | None = None, **fields: str) -> Any:
    typed = {"month": str(when.month), "day": str(when.day), "year": str(when.year)} if when else {}
    return visitor.client.post(f"{visitor.home}/keep", data={**typed, **fields})


def kept_until(visitor: Visitor) -> date:
    return visitor.store.read(visitor.key).keep_until


def typed(page: Page) -> list[str]:
    return [value for form in page.forms for name, value in form.fields if name in ("month", "day", "year")]


def test_without_a_choice_it_is_kept_for_a_year_after_the_last_visit(begun: Visitor) -> None:
    page = begun.see(f"{begun.home}/keep")
    assert f"It is kept until {in_words(usual(today()))}: 12 months after your last visit." in page.text
    assert typed(page) == ["", "", ""]
    assert "Back to the usual" not in page.text


def test_with_nothing_in_it_the_page_says_that_it_goes_soon(visitor: Visitor) -> None:
    page = visitor.see(f"{visitor.home}/keep")
    assert f"until {in_words(today() + timedelta(7))}, because there is nothing in it yet." in page.text


def test_a_day_is_kept_shown_and_taken_back(begun: Visitor) -> None:
    chosen = today() + timedelta(40)
    response = send(begun, chosen)
    assert (response.status_code, response.headers["location"]) == (303, f"{begun.home}/keep")
    assert kept_until(begun) == chosen
    page = begun.see(f"{begun.home}/keep")
    assert f"It is kept until {in_words(chosen)}. That day was chosen here." in page.text
    assert typed(page) == [str(chosen.month), str(chosen.day), str(chosen.year)]
    (usually,) = (form for form in page.forms if dict(form.fields).get("usual"))
    assert f"Back to the usual: {in_words(usual(today()))}" in page.text
    assert begun.client.post(usually.action, data=dict(usually.fields)).status_code == 303
    assert kept_until(begun) == usual(today())


@pytest.mark.parametrize("find", [lambda now: now + timedelta(1), latest])
def test_tomorrow_and_five_years_ahead_are_taken(begun: Visitor, find: Callable[[date], date]) -> None:
    chosen = find(today())
    assert send(begun, chosen).status_code == 303
    assert kept_until(begun) == chosen


UNREADABLE = "We could not read this date."
WRONG: dict[str, tuple[dict[str, str], str]] = {
    "nothing": ({}, "Please write a day in numbers"),
    "empty fields": ({"month": "", "day": "", "year": ""}, "Please write a day in numbers"),
    "a month alone": ({"month": "3"}, UNREADABLE),
    "words": ({"month": "March", "day": "first", "year": "2027"}, UNREADABLE),
    "a day that is none": ({"month": "2", "day": "30", "year": "2027"}, UNREADABLE),
    "a short year": ({"month": "3", "day": "1", "year": "27"}, UNREADABLE),
    "a year without end": ({"month": "3", "day": "1", "year": "9" * 4000}, UNREADABLE),
    "hidden characters": ({"month": "\x00", "day": "1", "year": "2027"}, UNREADABLE),
    "the year 1": ({"month": "3", "day": "1", "year": "0001"}, "That day is today, or it is over."),
    "the end of time": ({"month": "12", "day": "31", "year": "9999"}, "That is more than 5 years ahead."),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_sensible_day_comes_back_with_a_sentence(begun: Visitor, name: str) -> None:
    fields, says = WRONG[name]
    before = rows(begun.app.state.database)
    page = refused_page(begun.client.post(f"{begun.home}/keep", data=fields), 422)
    assert says in page.error
    assert page.title.startswith("Please look again: ")
    assert "#field" in page.links
    assert "field" in page.ids
    wanted = [fields.get(name, "").replace("\x00", "") for name in ("month", "day", "year")]
    assert typed(page) == wanted
    assert rows(begun.app.state.database) == before


# Days are named by how they are found: while the tests run, a day may end.
@pytest.mark.parametrize(
    ("find", "says"),
    [
        (lambda now: now - timedelta(1), "it is over"),
        (lambda now: now, "is today"),
        (lambda now: latest(now) + timedelta(1), "a day until"),
    ],
)
def test_yesterday_today_and_too_far_ahead_are_not_taken(
    begun: Visitor, find: Callable[[date], date], says: str
) -> None:
    when = find(today())
    page = refused_page(send(begun, when), 422)
    assert says in page.error
    assert typed(page) == [str(when.month), str(when.day), str(when.year)]
    assert kept_until(begun) == usual(today())


def test_while_the_database_cannot_write_the_day_stays_on_the_page(begun: Visitor) -> None:
    chosen = today() + timedelta(40)
    with read_only(begun.app):
        page = refused_page(send(begun, chosen), 503)
    assert "The day has not changed." in page.error
    assert typed(page) == [str(chosen.month), str(chosen.day), str(chosen.year)]
    assert kept_until(begun) == usual(today())


def test_family_see_the_day_and_whom_to_ask(begun: Visitor) -> None:
    ana = joined(begun, "Ana")
    begun.client.post(f"{begun.home}/people/me", data={"name": "Maria", "role": "patient"})
    send(begun, today() + timedelta(40))
    page = ana.see(f"{ana.home}/keep")
    assert in_words(today() + timedelta(40)) in page.text
    assert "Maria can choose another day, or delete everything. Please ask them." in page.text
    assert page.forms == []
    assert f"{ana.home}/delete" not in page.links
    assert f"{ana.home}/preparation.json" in page.links
    for path in ("keep", "delete"):
        response = ana.client.post(f"{ana.home}/{path}", data={"usual": "1"})
        assert Page(refused_page(response, 403).source).headings == ["Your link does not open this page"]
    assert kept_until(begun) == today() + timedelta(40)
    # Somebody has to be able to: if nobody else can, those who may answer do.
    begun.client.post(f"{begun.home}/people/1/revoke")
    assert ana.client.post(f"{ana.home}/keep", data={"usual": "1"}).status_code == 303


def test_readers_do_not_get_there(begun: Visitor) -> None:
    doctor = joined(begun, "Dr. Ng", "reader")
    for request in (doctor.client.get, doctor.client.post):
        assert request(f"{doctor.home}/keep").status_code == 403
    assert doctor.client.get(f"{doctor.home}/preparation.json").status_code == 403
    assert doctor.client.post(f"{doctor.home}/delete").status_code == 403
    assert kept_until(begun) == usual(today())
