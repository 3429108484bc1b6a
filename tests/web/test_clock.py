"""The server's clock is wrong for a while, and is put right: nothing is lost, and nothing changes its place."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import SQLModel

from app.store import tables
from app.store.keeping import kept_until
from app.store.look_ups import KEPT_FOR, LookUps

from .conftest import Visitor

DAY = timedelta(days=1)
WRONG_TIMES = (
    "Our clock was put right in between, so some times here are wrong. The order is right, and nothing is missing."
)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SetClock = Callable[[datetime], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Sets the clock that is stored with rows; it stands until it is set again."""

    def to(moment: datetime) -> None:
        monkeypatch.setattr(tables, "now", lambda: moment)

    to(NOON)
    return to


@pytest.fixture
def maria(set_clock: SetClock, visitor: Visitor) -> Visitor:
    visitor.answer("offer.name", "Drip from the talk")
    visitor.answer("trial.status", "regulated_trial")
    visitor.answer("you.priorities", ["sleep"])
    return visitor


@pytest.fixture
def ana(maria: Visitor) -> Visitor:
    _, key = maria.app.state.people.invite(maria.key, "family", "Ana")
    return maria.with_key(key)


def every_page(visitor: Visitor) -> None:
    """All of them open, and say nothing of a fault."""
    place = visitor.offer()
    ends = ("answers", "result", "summary", "since", "letter", "change", "questions/trial.status/both")
    for address in ("/", visitor.home, *(f"{place}/{end}" for end in ends)):
        assert not visitor.see(address).faults
    for end in ("people", "link", "keep", "compare", "news?after=0"):
        assert visitor.client.get(f"{visitor.home}/{end}").status_code == 200, end


@pytest.mark.parametrize("jump", [-DAY, -30 * DAY, 730 * DAY, timedelta(days=-20_000)], ids=str)
def test_answers_keep_their_order_and_the_last_one_counts(
    maria: Visitor, ana: Visitor, set_clock: SetClock, jump: timedelta
) -> None:
    ana.answer("trial.status", "special_access")
    set_clock(NOON + jump)
    maria.answer("trial.status", "treatment")
    ana.answer("trial.status", "authorised_product")
    every_page(maria)
    set_clock(NOON + timedelta(minutes=5))
    maria.answer("trial.status", "study_you_pay_to_join")
    every_page(ana)
    said = maria.store.read(maria.key).offer(1).history["trial.status"]
    assert [e.number for e in said] == sorted(e.number for e in said)
    assert [(e.who, e.value) for e in said] == [
        (1, "regulated_trial"),
        (2, "special_access"),
        (1, "treatment"),
        (2, "authorised_product"),
        (1, "study_you_pay_to_join"),
    ]
    both = maria.see(f"{maria.offer()}/questions/trial.status/both")
    assert WRONG_TIMES in both.text
    told = both.text.partition("in order")[2]
    labels = [maria.walker.pack.questions["trial.status"].option(str(e.value)).label for e in said]  # type: ignore[union-attr]
    places = [told.index(f": {label}") for label in labels]
    assert places == sorted(places)


def test_with_a_clock_that_goes_forward_no_sentence_is_needed(maria: Visitor, ana: Visitor) -> None:
    ana.answer("trial.status", "special_access")
    for page in (maria.see(f"{maria.offer()}/questions/trial.status/both"), maria.see(f"{maria.offer()}/since")):
        assert "clock" not in page.text


@pytest.mark.parametrize("jump", [-DAY, 730 * DAY], ids=["back", "forward, and right again"])
def test_what_changed_since_goes_by_the_order_and_not_by_the_clock(
    maria: Visitor, set_clock: SetClock, jump: timedelta
) -> None:
    set_clock(NOON + jump)
    maria.answer("offer.name", "Second name")
    set_clock(NOON + timedelta(hours=2))
    maria.answer("offer.name", "Third name")
    page = maria.see(f"{maria.offer()}/since")
    assert "Second name" in page.text
    assert "Third name" in page.text
    assert WRONG_TIMES in page.text
    ends = [value for name, value in page.forms[0].offered if name == "until"]
    assert len(ends) == 2
    first = maria.see(f"{maria.offer()}/since?until={ends[-1]}")
    assert "Drip from the talk" in first.text
    assert "Second name" not in first.text


def test_a_visit_by_a_clock_that_runs_behind_makes_nothing_look_forgotten(
    maria: Visitor, ana: Visitor, set_clock: SetClock
) -> None:
    until = maria.store.read(maria.key).keep_until
    for jump in (-DAY, -400 * DAY, timedelta(days=-20_000)):
        set_clock(NOON + jump)
        assert maria.client.post(f"{maria.home}/here").status_code == 204
        ana.answer("offer.provider", f"Somebody {jump}")
        found = maria.store.read(maria.key)
        assert {p.seen_on for p in found.active} == {NOON.date()}
        assert found.keep_until == until
        assert "Last here November 23, 2026." in ana.see(f"{ana.home}/people").text


def test_a_visit_by_a_clock_that_runs_ahead_is_mended_by_the_next(maria: Visitor, set_clock: SetClock) -> None:
    set_clock(NOON + 730 * DAY)
    maria.client.post(f"{maria.home}/here")
    assert maria.store.read(maria.key).keep_until == kept_until(None, date(2028, 11, 22))
    set_clock(NOON + timedelta(hours=1))
    maria.client.post(f"{maria.home}/here")
    assert maria.store.read(maria.key).keep_until == kept_until(None, NOON.date())


def test_a_record_kept_by_a_wrong_clock_is_not_taken_for_new(maria: Visitor) -> None:
    """Two years ahead when it was kept: it is asked for anew, not shown as new for two years."""
    shelf: LookUps = maria.app.state.look_up.shelf
    row = SQLModel.metadata.tables["look_up"]
    shelf.keep("NCT01234567", {"protocolSection": {}})
    assert shelf.kept("NCT01234567")
    for at, there in ((NOON + DAY, True), (NOON + KEPT_FOR + DAY, False), (NOON - KEPT_FOR - DAY, False)):
        with maria.app.state.database.writing() as connection:
            connection.execute(update(row).values(at=at))
        assert bool(shelf.kept("NCT01234567")) is there
    shelf.keep("NCT07654321", None)
    with maria.app.state.database.reading() as connection:
        assert len(connection.execute(row.select()).all()) == 1
