"""Whether a trial takes people: what its status says, and how far it can be believed given its age.

A record is only as good as its last update. "Unknown" means that nobody updated it for two years; "recruiting" that
has not been touched for a year is said so. Knows nothing of what anybody was told.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.languages import N_
from app.languages import gettext as _
from app.registers.record import Record
from app.registers.words import date_words, day_of

STALE_DAYS = 365
_OPEN = {"RECRUITING": N_("Recruiting"), "ENROLLING_BY_INVITATION": N_("Enrolling by invitation")}
_LATER = {"NOT_YET_RECRUITING": N_("Not yet recruiting")}
_CLOSED = {
    "ACTIVE_NOT_RECRUITING": N_("Active, not recruiting"),
    "COMPLETED": N_("Completed"),
    "TERMINATED": N_("Stopped early"),
    "SUSPENDED": N_("Paused"),
    "WITHDRAWN": N_("Withdrawn before anyone took part"),
}
_UNKNOWN = {"UNKNOWN": N_("Unknown")}
_IN_WORDS = _OPEN | _LATER | _CLOSED | _UNKNOWN
_OVER = ("completed", "terminated", "withdrawn")


@dataclass(frozen=True)
class Status:
    """What the record says, whether that fits an offer made today, and why."""

    says: str
    verdict: Literal["agrees", "differs", "unclear"]
    why: str


def status(record: Record, today: date, *, is_copy: bool, shown: Record | None = None) -> Status:
    """Reads the status of a record on a day. Our own copy can say that a trial is over, never that it is open; `shown`
    is what people read of it."""
    if not record.status:
        return Status("", "unclear", _("So it does not say whether it takes people."))
    if is_copy:
        return _of_copy(record, shown or record)
    says = _in_words(record.status)
    if record.updated:
        says += ". " + _("Last updated on {date}.").format(date=date_words(record.updated))
    if record.status in _CLOSED:
        why = _("By its record, it does not take new people.")
        if record.why_stopped:
            why += " " + _('It gives this reason: "{reason}"').format(reason=record.why_stopped)
        return Status(says, "differs", why)
    if record.status in _UNKNOWN:
        why = _("Unknown means that nobody has updated it for two years or more.")
        if record.last_known_status:
            why += " " + _("Before that it said: {status}.").format(status=_in_words(record.last_known_status))
        return Status(says, "unclear", why)
    if record.status in _LATER:
        return Status(says, "unclear", _("By its record, it has not opened yet. Ask when it will."))
    if record.status in _OPEN:
        return _of_open(record, says, today)
    return Status(says, "unclear", _("We do not know this status. Please look at the register's page."))


def _of_open(record: Record, says: str, today: date) -> Status:
    updated = day_of(record.updated)
    if updated is None:
        return Status(says, "unclear", _("It does not say when that was last checked. Ask if it still holds."))
    if (today - updated).days > STALE_DAYS:
        why = _("Nobody has updated it for more than a year, so it may not be open any more. Ask, and ask for proof.")
        return Status(says, "unclear", why)
    if record.status == "ENROLLING_BY_INVITATION":
        return Status(says, "agrees", _("It is open to people who are invited."))
    return Status(says, "agrees", _("It is open to new people."))


def _of_copy(record: Record, shown: Record) -> Status:
    says = shown.status
    if shown.updated:
        says = _("{status} (as of {day})").format(status=shown.status, day=shown.updated)
    if record.status.lower().startswith(_OVER):
        return Status(says, "differs", _("By our copy, it is over."))
    return Status(says, "unclear", _("Our copy is old. Only the register knows how it is today."))


def _in_words(status_id: str) -> str:
    words = _IN_WORDS.get(status_id)
    return _(words) if words else status_id.replace("_", " ").capitalize()
