"""How far a status can be believed: only a fresh "recruiting" is open."""

from datetime import date

import pytest

from app.registers.record import Record
from app.registers.status import Status, status

TODAY = date(2026, 11, 23)


def of(status_id: str, updated: str = "2026-10-05", **other: str) -> Status:
    return status(Record(status=status_id, updated=updated, **other), TODAY, is_copy=False)


def test_only_what_is_open_and_fresh_agrees() -> None:
    assert of("RECRUITING") == Status(
        "Recruiting. Last updated on October 5, 2026.", "agrees", "It is open to new people."
    )
    assert of("ENROLLING_BY_INVITATION").verdict == "agrees"
    assert "invited" in of("ENROLLING_BY_INVITATION").why


def test_recruiting_that_nobody_touched_for_a_year_is_said_so() -> None:
    assert of("RECRUITING", "2025-11-23").verdict == "agrees"
    stale = of("RECRUITING", "2025-11-22")
    assert stale.verdict == "unclear"
    assert "more than a year" in stale.why
    assert of("RECRUITING", "").verdict == "unclear"
    assert of("RECRUITING", "lately").verdict == "unclear"


def test_unknown_means_that_nobody_updated_it_for_two_years() -> None:
    found = of("UNKNOWN", "2021-03-02", last_known_status="RECRUITING")
    assert found.verdict == "unclear"
    assert "two years" in found.why
    assert "Before that it said: Recruiting." in found.why


@pytest.mark.parametrize("closed", ["ACTIVE_NOT_RECRUITING", "COMPLETED", "TERMINATED", "SUSPENDED", "WITHDRAWN"])
def test_what_takes_nobody_differs_from_an_offer(closed: str) -> None:
    assert of(closed).verdict == "differs"
    assert "no money" in of(closed, why_stopped="no money").why


@pytest.mark.parametrize("odd", ["", "NOT_YET_RECRUITING", "NO_LONGER_AVAILABLE", "SOMETHING_NEW"])
def test_anything_else_cannot_be_compared(odd: str) -> None:
    assert of(odd).verdict == "unclear"


def test_our_copy_can_say_that_it_is_over_but_never_that_it_is_open() -> None:
    for says, verdict in (("Recruiting", "unclear"), ("Completed (2023-07-30)", "differs"), ("", "unclear")):
        found = status(Record(status=says, updated="2026-11-01"), TODAY, is_copy=True)
        assert found.verdict == verdict
