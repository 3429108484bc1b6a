"""The shape of what a pack says of trials: our copy of known ones, the registers, and how a record is held against
what was told. Part of the models; what the fields mean to a person is for app/registers.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from app.guide.models import Cited, Id, Node, QuestionId, Text, Verbatim


class Status(Node):
    status: Text
    as_of: Text


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_list)]


class Trial(Node):
    """A trial as public records showed it on the day of our copy; a missing field is not known, not "no"."""

    key: Id
    group: Literal["replacement", "replacement_historic", "replacement_or_trophic", "supportive_msc", "listing_example"]
    register_numbers: tuple[Verbatim, ...] = ()
    title: Texts
    sponsor: Text | None = None
    phase: Text | None = None
    design: Texts = ()
    product: Texts = ()
    source: Texts = ()
    goal: Texts = ()
    route_target: Texts = ()
    enrolment: Texts = ()
    start: Texts = ()
    status: tuple[Status, ...] = ()
    results: Texts = ()
    countries: tuple[Verbatim, ...] = ()
    regulator: Texts = ()
    seen_at: tuple[Verbatim, ...] = ()
    use: Text | None = None


class TrialGroup(Node):
    """What the trials of one group have in common, in words."""

    id: Id
    title: Text
    says: Text


class Trials(Node):
    checked_on: date
    groups: tuple[TrialGroup, ...] = ()
    # What being listed in a register is, and is not.
    listed: Cited | None = None
    trials: tuple[Trial, ...]


class Register(Node):
    id: Id
    name: Text
    pattern: Verbatim
    example: Verbatim
    look_up: Verbatim
    api: Verbatim | None = None


class Illness(Node):
    """What this pack is about, as a record may name it. `not_words` hold one of the words and mean another illness."""

    told: Text
    words: tuple[str, ...] = Field(min_length=1)
    not_words: tuple[str, ...] = ()


class Held(Node):
    """A question whose answer is held against a record: for each of its options, how a record puts the same."""

    question: QuestionId
    words: dict[Id, tuple[str, ...]]


class Proposes(Node):
    """Which answer is proposed: all agrees, only a detail differs, it is not clear, or a main point differs."""

    agrees: Id
    detail: Id
    unclear: Id
    differs: Id


class Compare(Node):
    """How a trial's record is held against what was told."""

    number: QuestionId
    answer: QuestionId
    proposes: Proposes
    illness: Illness
    provider: QuestionId
    country: QuestionId
    payment: QuestionId
    cells: Held
    whose: Held
    route: Held
    sponsor: Held
    phase: Held
    control: Held
    board: Held
    regulator: Held

    @property
    def held(self) -> tuple[Held, ...]:
        """Every question of which single options are named here."""
        return (self.cells, self.whose, self.route, self.sponsor, self.phase, self.control, self.board, self.regulator)


class Registers(Node):
    registers: tuple[Register, ...]
    compare: Compare | None = None
