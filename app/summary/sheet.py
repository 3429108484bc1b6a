"""The summary of one offer, as data: everything the printed pages show, in the order in which they show it.

Made from answers by the same sort that serves the pages. Knows nothing of HTML, of addresses or of how
answers are kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from app.guide.answers import Answer
from app.guide.models import Cited, Fact, Question, Result, Section, Variant
from app.guide.sort import Outcome, Reason, Sorter
from app.guide.walk import Walk, Walker
from app.summary.words import answer_words

TOP = 3
ON_SIDE_ONE = 6
# What trials look at (fact cell_trials_motor), and what says nothing about it; other hopes get a sentence.
NOT_BEYOND = frozenset(
    {"tremor", "slowness_stiffness", "walking_balance", "wearing_off", "dyskinesia", "something_else"}
)


@dataclass(frozen=True)
class Ask:
    """One thing to ask at the visit; `decides` if the result rests on it."""

    question: str
    says: str
    decides: bool


@dataclass(frozen=True)
class Row:
    """One question with its answer, for tables."""

    question: Question
    words: tuple[str, ...]
    at: datetime | None = None


class Sheet:
    """What there is to say about one offer. Cheap to make; everything is worked out when it is asked for."""

    def __init__(
        self,
        walker: Walker,
        answers: Mapping[str, Answer],
        you: Mapping[str, Answer],
        at: Mapping[str, datetime] | None = None,
    ) -> None:
        self._walker, self._answers, self._you = walker, answers, you
        self._at = at or {}
        self.pack = walker.pack
        self.vocabulary = walker.sorter.vocabulary

    @property
    def sorter(self) -> Sorter:
        return self._walker.sorter

    @cached_property
    def walk(self) -> Walk:
        return self._walker.walk(self._answers)

    @property
    def outcome(self) -> Outcome:
        return self.walk.outcome

    @property
    def result(self) -> Result:
        return self.pack.results[self.outcome.result]

    @property
    def variant(self) -> Variant | None:
        return next((v for v in self.result.variants if v.id == self.outcome.variant), None)

    @property
    def possible(self) -> list[Result]:
        """The results still possible while it is not settled, in the pack's order."""
        return [r for r in self.pack.rules.results if r.id in self.outcome.possible]

    # -- the offer in words

    def words(self, question_id: str, *, short: bool = False) -> list[str]:
        """The answer to a question, about the offer or the person; nothing if there is none, or it is set aside."""
        answers = self._you if question_id in self.pack.personal else self._answers
        if question_id not in answers or question_id in self.walk.set_aside:
            return []
        return answer_words(self.vocabulary, question_id, answers[question_id], short=short)

    def word(self, question_id: str) -> str:
        """The answer in a few words, or "not known yet"."""
        answer = self._answers.get(question_id)
        if answer is None or self.vocabulary.is_standing(question_id, answer):
            return "not known yet"
        return "; ".join(self.words(question_id, short=True)) or "not known yet"

    @property
    def name(self) -> str:
        return " ".join(self.words("offer.name")) or "This offer"

    # -- reasons

    @property
    def against(self) -> list[Reason]:
        """What makes it a warning sign, in order."""
        return self.outcome.of("contradiction", "warning", "vague")

    @property
    def against_first(self) -> list[Reason]:
        """As many of them as side one has room for."""
        return self.against[:ON_SIDE_ONE]

    @cached_property
    def needs(self) -> list[tuple[str, list[Reason]]]:
        """Needs with the title of what they lead to: the result reached, what the offer is said to be, or, while
        that is open, each variant still possible."""
        titles = {f"{r.id}.{v.id}": v.title for r, v in self.pack.variants}
        groups: dict[str, list[Reason]] = {}
        for reason in self.outcome.of("need_met", "need_not_met", "need_open"):
            groups.setdefault(titles.get(reason.rule or "", ""), []).append(reason)
        return list(groups.items())

    @property
    def personal_open(self) -> list[str]:
        """Questions about the person that have no answer yet."""
        return [q for q in self._walker.personal if q not in self._you]

    @property
    def unmet(self) -> list[Reason]:
        return self.outcome.of("need_not_met")

    @property
    def cautions(self) -> list[Reason]:
        return self.outcome.of("caution")

    @property
    def said(self) -> tuple[Cited, ...]:
        """What the result means for the person: the result's own words and its variant's."""
        return (*(self.variant.says if self.variant else ()), *self.result.person)

    def told(self, reason: Reason) -> str:
        """The answer that a reason rests on, in a few words."""
        if not reason.question or not reason.answer:
            return ""
        return "; ".join(answer_words(self.vocabulary, reason.question, reason.answer, short=True))

    # -- what to ask

    @cached_property
    def asks(self) -> list[Ask]:
        """The questions for the visit, weightiest first. What only the person can answer is not among them."""
        return [
            Ask(question_id, says, question_id in self.outcome.deciding)
            for question_id in self.outcome.to_ask
            for says in self._asks_of(self.pack.questions[question_id])
        ]

    def _asks_of(self, question: Question) -> Iterable[str]:
        answer = self._answers.get(question.id)
        if question.ask_unticked and isinstance(answer, list):
            return [o.ask for o in question.options if o.ask and o.id not in answer]
        if question.ask_about:
            rows = answer if isinstance(answer, dict) else {}
            return [o.ask for o in question.options if o.ask and rows.get(o.id) in question.ask_about]
        return [question.ask] if question.ask else []

    @property
    def top(self) -> list[Ask]:
        return self.asks[:TOP]

    @property
    def yours(self) -> list[Question]:
        """Open questions that the person can answer without asking anyone."""
        questions = (self.pack.questions[q] for q in self.outcome.to_ask)
        return [q for q in questions if not q.standing and q.id not in self._answers]

    @property
    def unknown(self) -> list[str]:
        """What is still open, in a word or two each, weightiest first."""
        return [self.pack.questions[q].short for q in self.outcome.to_ask]

    # -- all answers

    @property
    def sections(self) -> list[tuple[Section, list[Row]]]:
        """Every question that was asked and answered, section by section; the person's own section last."""
        found = []
        for section, questions in self.pack.sections:
            answers = self._you if section.scope == "person" else self._answers
            rows = [
                self._row(q, answers[q.id])
                for q in questions
                if q.id in answers and (section.scope == "person" or q.id in self.walk.answered)
            ]
            if rows:
                found.append((section, rows))
        return found

    @property
    def set_aside(self) -> list[Row]:
        return [self._row(self.pack.questions[q], self._answers[q]) for q in self.walk.set_aside]

    def _row(self, question: Question, answer: Answer) -> Row:
        words = tuple(answer_words(self.vocabulary, question.id, answer))
        return Row(question, words, self._at.get(question.id))

    # -- the person

    @property
    def priorities(self) -> list[str]:
        return self.words("you.priorities", short=True)

    @property
    def beyond_movement(self) -> list[str]:
        """What the person hopes for that trials of cells do not mainly look at."""
        chosen = self._you.get("you.priorities", [])
        question = self.pack.questions["you.priorities"]
        return [o.short for o in question.options if o.id in chosen and o.id not in NOT_BEYOND]

    # -- sources

    @cached_property
    def sources(self) -> list[Fact]:
        """The facts that the summary rests on, numbered by this order: that of their use."""
        used: dict[str, None] = {}
        hopes = ("cell_trials_motor",) if self.beyond_movement else ()
        side_one = (*(r.facts for r in self.against_first), hopes, *(s.facts for s in self.result.physician))
        behind = (*(r.facts for r in (*self.against, *self.cautions)), *(s.facts for s in self.said))
        for facts in (*side_one, *behind):
            used |= dict.fromkeys(facts)
        return [self.pack.facts[f] for f in used]

    def marks(self, facts: Iterable[str]) -> list[int]:
        """The numbers of facts in `sources`."""
        order = [f.id for f in self.sources]
        return sorted(order.index(f) + 1 for f in facts if f in order)

    @property
    def visit_date(self) -> date | None:
        answer = self._answers.get("offer.visit_date")
        return date.fromisoformat(answer) if isinstance(answer, str) and answer else None
