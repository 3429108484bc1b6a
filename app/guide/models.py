"""The shape of a question pack, as strict Pydantic models.

Knows what may stand in a pack file. Does not know where the files are (loader), whether what they say
hangs together (lint), or what a set of answers comes to (rules, sort).
"""

from calendar import monthrange
from datetime import date
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StringConstraints,
    model_validator,
)

# What is written as it is in every language: a name, a number, a source, a pattern.
Verbatim = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Words:
    """Marks a type whose text people read in their own language."""


Text = Annotated[Verbatim, Words()]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
QuestionId = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
Reading = Literal["neutral", "caution", "open", "vague", "warning"]
ResultId = Literal["regulated_trial", "supportive_care", "warning_sign", "not_settled"]
Kind = Literal["one", "many", "country", "register_number", "scale_each", "text", "text_list", "date"]

# The kinds whose answers can be "I have not asked yet" and the like.
STANDING_KINDS = frozenset({"one", "many", "country", "register_number"})


class Place(NamedTuple):
    """Where in the pack something stands, for messages to authors."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Node(BaseModel):
    """A mapping in a pack file: nothing unknown in it, never changed, and it remembers its line."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    _place: Place = PrivateAttr(default=Place("", 0))

    @property
    def place(self) -> Place:
        return self._place

    @model_validator(mode="wrap")
    @classmethod
    def _keep_place(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        node = handler(data)
        node._place = getattr(data, "place", node._place)
        return node


class Cited(Node):
    """A sentence or two, with the ids of the facts it rests on.

    `basis: guide` marks a judgement of this guide's own, which no fact in the evidence file covers.
    """

    text: Text
    facts: tuple[Id, ...] = ()
    basis: Literal["facts", "guide"] = "facts"


class NotIn(Node):
    not_in: tuple[str, ...] = Field(min_length=1)


# One condition on one question: {question: [values]}, {question: {not_in: [values]}} or {question: answered}.
Test = tuple[str, ...] | NotIn | Literal["answered"]
Condition = dict[QuestionId, Test]


class Option(Node):
    id: Id
    label: Text
    brief: Text | None = None
    hint: Text | None = None
    reads: Reading = "neutral"
    says: Cited | None = None
    ask: Text | None = None
    alone: bool = False
    urgent: bool = False  # to be looked at before all else, whatever decides the result

    @property
    def short(self) -> str:
        """The option in as few words as the printed first side has room for."""
        return self.brief or self.label


class ScalePoint(Node):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
    label: Text


class ManyAt(Node):
    """A caution that comes up when `count` or more rows of a scale_each question stand at `value`."""

    value: str
    count: int = Field(ge=1)
    says: Cited


class Question(Node):
    id: QuestionId
    kind: Kind
    core: bool = False
    standing: bool = True
    required: bool = False
    optional: bool = False
    short: Text
    question: Text
    ask: Text | None = None
    why: Cited
    clear: Text
    vague: Text
    who: Text
    asked_when: Condition = Field(default_factory=dict)
    options: tuple[Option, ...] = ()
    at_most: int | None = None
    # How many lines the field of a text has room for at first.
    rows: int = Field(default=1, ge=1)
    scale: tuple[ScalePoint, ...] = ()
    # Rows of scale_each at these values, and options of many left unticked, join the list to ask.
    ask_about: tuple[str, ...] = ()
    ask_unticked: bool = False
    caution_at: ManyAt | None = None

    @property
    def alone(self) -> frozenset[str]:
        """Options that exclude all the others."""
        return frozenset(o.id for o in self.options if o.alone)

    @property
    def takes_standing(self) -> bool:
        return self.standing and self.kind in STANDING_KINDS

    def option(self, option_id: str) -> Option | None:
        return next((o for o in self.options if o.id == option_id), None)


class Section(Node):
    id: Id
    title: Text
    intro: Text
    scope: Literal["offer", "person"] = "offer"


class StandingAnswer(Node):
    """An answer that every question about an offer takes: not asked, not sure, no clear answer."""

    id: Id
    label: Text
    hint: Text
    hint_core: Text
    reads: Literal["open", "vague"]
    yields: bool = False  # where several people answer, anybody else's answer counts instead
    says: Cited | None = None
    says_core: Cited | None = None


class Change(Node):
    """What a version of the pack changed, said to somebody who began under an older one."""

    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    date: date
    says: Text


class SummaryLine(Node):
    """A line of the printed first side: a label, and the answers that stand behind it."""

    label: Text
    questions: tuple[QuestionId, ...] = Field(min_length=1)
    # For questions of kind many: how the options that were not chosen are headed, if they are to be shown too.
    rest: Text | None = None


class Hopes(Node):
    """What the person hopes for, and the sentence for hopes that trials do not look at ({hopes} stands in it)."""

    question: QuestionId
    looked_at: tuple[Id, ...]
    beyond: Cited


class SummaryPlan(Node):
    """What the printed first side shows of the answers."""

    name: QuestionId
    visit_date: QuestionId | None = None
    # Who a letter is addressed to.
    provider: QuestionId | None = None
    offer: tuple[SummaryLine, ...] = ()
    hopes: Hopes | None = None
    person: tuple[SummaryLine, ...] = ()
    own_questions: QuestionId | None = None
    # What is set side by side where several people answered about themselves.
    side_by_side: tuple[QuestionId, ...] = ()

    @property
    def questions(self) -> tuple[QuestionId, ...]:
        """Every question that is named here."""
        lines = (q for line in (*self.offer, *self.person) for q in line.questions)
        single = (
            self.name,
            self.visit_date,
            self.provider,
            self.own_questions,
            self.hopes.question if self.hopes else None,
        )
        return (*lines, *self.side_by_side, *(q for q in single if q))


class Cover(Node):
    """pack.yaml: what the pack is called, its version, its sections in order."""

    id: Id
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    title: Text
    checked_on: date
    review_months: int = Field(ge=1, le=24)
    sections: tuple[Section, ...]
    first: tuple[QuestionId, ...]
    summary: SummaryPlan
    standing: tuple[StandingAnswer, ...]
    changes: tuple[Change, ...]
    pages: tuple[Slug, ...]

    @property
    def due_on(self) -> date:
        """The day by which the facts are to be checked again: so many months on, or that month's last day."""
        months = self.checked_on.month - 1 + self.review_months
        year, month = self.checked_on.year + months // 12, months % 12 + 1
        return date(year, month, min(self.checked_on.day, monthrange(year, month)[1]))


class Questions(Node):
    """One section's file."""

    questions: tuple[Question, ...]


class Contradiction(Node):
    id: Id
    all: tuple[Condition, ...] = Field(min_length=1)
    any: tuple[Condition, ...] = ()
    says: Cited

    @property
    def questions(self) -> tuple[QuestionId, ...]:
        """The questions whose answers do not fit together, each once."""
        return tuple(dict.fromkeys(q for condition in (*self.all, *self.any) for q in condition))


class Need(Node):
    """One condition of a result, said as what has to be true: "An ethics board has approved it"."""

    when: Condition = Field(min_length=1, max_length=1)
    says: Text

    @property
    def question(self) -> str:
        return next(iter(self.when))

    @property
    def test(self) -> Test:
        return self.when[self.question]


class VariantTitle(Node):
    when: Condition
    title: Text


class Variant(Node):
    id: Id
    title: Text
    titles: tuple[VariantTitle, ...] = ()
    aim: QuestionId
    needs: tuple[Need, ...] = Field(min_length=1)
    says: tuple[Cited, ...] = ()


class Result(Node):
    id: ResultId
    title: Text
    meaning: Text
    person: tuple[Cited, ...]
    physician: tuple[Cited, ...]
    variants: tuple[Variant, ...] = ()


class Never(Node):
    """A promise of the pack that `check` proves: this result is never reached while `when` holds.

    `unless` turns it round: never reached without it. `variants` narrows the promise to some variants.
    """

    id: Id
    result: ResultId
    variants: tuple[Id, ...] = ()
    when: Condition = Field(default_factory=dict)
    unless: Condition = Field(default_factory=dict)
    says: Text


class Rules(Node):
    must_answer: tuple[QuestionId, ...]
    contradictions: tuple[Contradiction, ...]
    results: tuple[Result, ...]
    never: tuple[Never, ...]


class Fact(Node):
    id: Id
    strength: Literal["primary", "copy", "article", "own"]
    says: Text
    source: Verbatim
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]


class AuthorisedProduct(Node):
    id: Id
    question: QuestionId
    names: tuple[Verbatim, ...]
    kind: Literal["conditional", "full"]
    since: date
    # What the approval covers: in which country, by which route, with which cells.
    covers: Condition
    fact: Id


class Evidence(Node):
    checked_on: date
    facts: tuple[Fact, ...]
    authorised_products: tuple[AuthorisedProduct, ...]
    where_it_comes_from: Text
    # How sources name the article this pack began from, whose author sells such care: it is marked wherever it stands.
    seller_article: Verbatim


class Alternative(Node):
    """Another way forward, with its good and hard sides from facts; without any, it says to ask a neurologist."""

    id: Id
    title: Text
    good: tuple[Cited, ...] = ()
    hard: tuple[Cited, ...] = ()


class Alternatives(Node):
    alternatives: tuple[Alternative, ...]


class Example(Node):
    """An invented offer, kept as answers, shown as finished by the same code that serves real ones."""

    id: Slug
    title: Text
    intro: Text
    result: ResultId
    answers: dict[str, object]
    you: dict[str, object] = Field(default_factory=dict)


class Examples(Node):
    examples: tuple[Example, ...]
