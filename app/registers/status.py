"""Whether a trial takes people: what its status says, and how far it can be believed given its age.

A record is only as good as its last update. "Unknown" means that nobody updated it for two years; "recruiting" that
has not been touched for a year is said so. Knows nothing of what anybody was told.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.registers.record import Record
from app.registers.words import date_words, day_of

STALE_DAYS = 365
_OPEN = {"RECRUITING": "Recruiting", "ENROLLING_BY_INVITATION": "Enrolling by invitation"}
_LATER = {"NOT_YET_RECRUITING": "Not yet recruiting"}
_CLOSED = {
    "ACTIVE_NOT_RECRUITING": "Active, not recruiting",
    "COMPLETED": "Completed",
    "TERMINATED": "Stopped early",
    "SUSPENDED": "Paused",
    "WITHDRAWN": "Withdrawn before anyone took part",
}
_UNKNOWN = {"UNKNOWN": "Unknown"}
_IN_WORDS = _OPEN | _LATER | _CLOSED | _UNKNOWN
_OVER = ("completed", "terminated", "withdrawn")


@dataclass(frozen=True)
class Status:
    """What the record says, whether that fits an offer made today, and why."""

    says: str
    verdict: Literal["agrees", "differs", "unclear"]
    why: str


def status(record: Record, today: date, *, is_copy: bool) -> Status:
    """Reads the status of a record on a day. Our own copy can say that a trial is over, never that it is open."""
    if not record.status:
        return Status("", "unclear", "So it does not say whether it takes people.")
    if is_copy:
        return _of_copy(record)
    says = _in_words(record.status)
    if record.updated:
        says += f". Last updated on {date_words(record.updated)}."
    if record.status in _CLOSED:
        stopped = f' It gives this reason: "{record.why_stopped}"' if record.why_stopped else ""
        return Status(says, "differs", f"By its record, it does not take new people.{stopped}")
    if record.status in _UNKNOWN:
        before = f" Before that it said: {_in_words(record.last_known_status)}." if record.last_known_status else ""
        return Status(says, "unclear", f"Unknown means that nobody has updated it for two years or more.{before}")
    if record.status in _LATER:
        return Status(says, "unclear", "By its record, it has not opened yet. Ask when it will.")
    if record.status in _OPEN:
        return _of_open(record, says, today)
    return Status(says, "unclear", "We do not know this status. Please look at the register's page.")


def _of_open(record: Record, says: str, today: date) -> Status:
    updated = day_of(record.updated)
    if updated is None:
        return Status(says, "unclear", "It does not say when that was last checked. Ask if it still holds.")
    if (today - updated).days > STALE_DAYS:
        why = "Nobody has updated it for more than a year, so it may not be open any more. Ask, and ask for proof."
        return Status(says, "unclear", why)
    by_invitation = record.status == "ENROLLING_BY_INVITATION"
    return Status(
        says, "agrees", "It is open" + (" to people who are invited." if by_invitation else " to new people.")
    )


def _of_copy(record: Record) -> Status:
    says = record.status + (f" (as of {record.updated})" if record.updated else "")
    if record.status.lower().startswith(_OVER):
        return Status(says, "differs", "By our copy, it is over.")
    return Status(says, "unclear", "Our copy is old. Only the register knows how it is today.")


def _in_words(status_id: str) -> str:
    return _IN_WORDS.get(status_id, status_id.replace("_", " ").capitalize())
