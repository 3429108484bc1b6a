"""What several people bring to one offer: who said what, where they differ, what they noted. Plain data for a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.guide.answers import Answer
from app.languages import N_

# What somebody is called who gave no name.
UNNAMED = {"patient": N_("The person with Parkinson's"), "family": N_("Family"), "reader": N_("A reader")}


@dataclass(frozen=True)
class Dispute:
    """Several answers to one question, each with the name of who gave it: first the one that counts."""

    said: tuple[tuple[str, Answer], ...]


@dataclass(frozen=True)
class Note:
    """What somebody noted on a question."""

    name: str
    text: str
    # The number of the person.
    who: int = 0


@dataclass(frozen=True)
class Values:
    """What somebody who is not the patient said about themselves, and agreed to show."""

    name: str
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Company:
    """Who said what about an offer. By question id."""

    # More than one person belongs to it, so that it matters who said what.
    together: bool = False
    # More than one of them may answer.
    several: bool = False
    # Empty where there is just one person.
    said_by: Mapping[str, str] = field(default_factory=dict)
    disputes: Mapping[str, Dispute] = field(default_factory=dict)
    # Where somebody settled on an answer that others had given: these others.
    settled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: Mapping[str, tuple[Note, ...]] = field(default_factory=dict)
    # Who asks which question at the visit.
    asks: Mapping[str, str] = field(default_factory=dict)
    # What the person is called whose values the sheet takes: the one with Parkinson's, or, before they have `joined`,
    # whoever began.
    patient: str = ""
    joined: bool = True
    values: tuple[Values, ...] = ()
