"""The summary of one offer, as data: everything the printed pages show, in the order in which they show it.

Made from answers by the same sort that serves the pages. Knows nothing of HTML, of addresses or of how
answers are kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import accumulate

from app.guide.answers import Answer
from app.guide.models import Cited, Fact, Question, Result, Section, Variant
from app.guide.sort import Outcome, Reason, Sorter
from app.guide.walk import Walk, Walker
from app.summary.words import NOT_KNOWN, answer_words, in_line, shortened

TOP = 3
# Side one has room for about so many characters of reasons. Each has a line with the answer it rests on; those that
# come first stand in full, as far as the room goes. No sentence is cut: half a sentence can say the opposite.
ROOM, LINE = 1350, 45
UNKNOWN_ON_SIDE_ONE = 12


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
            return NOT_KNOWN
        return "; ".join(self.words(question_id, short=True)) or NOT_KNOWN

    @property
    def name(self) -> str:
        return " ".join(self.words(self.pack.cover.summary.name)) or "This offer"

    @property
    def offer_lines(self) -> list[tuple[str, str]]:
        """The offer in a few lines: a label, and what is known. What an answer adds to another follows it, if known."""
        found = []
        for line in self.pack.cover.summary.offer:
            told = [shortened(self.word(q)) for q in line.questions]
            known = [word for word in told if word != NOT_KNOWN]
            found.append((line.label, ", ".join(known) or NOT_KNOWN))
        return found

    @property
    def person_lines(self) -> list[tuple[str, str]]:
        """What the person says of themselves, as side one shows it."""
        lines = self.pack.cover.summary.person
        return [
            (line.label, "; ".join(in_line(self.words(q, short=True)) for q in line.questions) or "not said")
            for line in lines
        ]

    # -- reasons

    @property
    def against(self) -> list[Reason]:
        """What makes it a warning sign, in order."""
        return self.outcome.of("contradiction", "warning", "vague")

    @property
    def against_first(self) -> list[Reason]:
        """Those that side one has room to say in full: at least one."""
        room = ROOM - LINE * len(self.against)
        used = accumulate(len(reason.says) for reason in self.against)
        return self.against[: max(1, sum(length <= room for length in used))]

    @property
    def against_rest(self) -> list[Reason]:
        return self.against[len(self.against_first) :]

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
        return in_line(answer_words(self.vocabulary, reason.question, reason.answer, short=True))

    # -- what to ask

    @cached_property
    def asks(self) -> list[Ask]:
        """The questions for the visit, weightiest first. What only the person can answer is not among them.

        A vague answer that decided comes before all others: a clear one would lift the warning.
        """
        vague = [reason.question for reason in self.outcome.of("vague") if reason.question]
        deciding = {*vague, *self.outcome.deciding}
        return [
            Ask(question_id, says, question_id in deciding)
            for question_id in dict.fromkeys((*vague, *self.outcome.to_ask))
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

    @property
    def unknown_first(self) -> list[str]:
        """As many of them as side one has room for."""
        return self.unknown[:UNKNOWN_ON_SIDE_ONE]

    @property
    def unknown_more(self) -> int:
        return len(self.unknown) - len(self.unknown_first)

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
    def days(self) -> list[date]:
        """The days on which the answers shown were given, each once, in order; in UTC."""
        rows = [row for _, rows in self.sections for row in rows]
        return sorted({row.at.date() for row in rows if row.at})

    @property
    def set_aside(self) -> list[Row]:
        return [self._row(self.pack.questions[q], self._answers[q]) for q in self.walk.set_aside]

    def _row(self, question: Question, answer: Answer) -> Row:
        words = tuple(answer_words(self.vocabulary, question.id, answer))
        return Row(question, words, self._at.get(question.id))

    # -- the person

    @property
    def priorities(self) -> list[str]:
        hopes = self.pack.cover.summary.hopes
        return self.words(hopes.question, short=True) if hopes else []

    @property
    def beyond(self) -> Cited | None:
        """What to say of hopes that trials of cells do not mainly look at; None if there are no such hopes."""
        hopes = self.pack.cover.summary.hopes
        if hopes is None:
            return None
        chosen = self._you.get(hopes.question, [])
        options = self.pack.questions[hopes.question].options
        others = [o.short for o in options if o.id in chosen and o.id not in hopes.looked_at]
        said = hopes.beyond
        return said.model_copy(update={"text": said.text.replace("{hopes}", in_line(others))}) if others else None

    @property
    def own_questions(self) -> list[str]:
        """What else the person wants to ask, in their own words."""
        question_id = self.pack.cover.summary.own_questions
        return self.words(question_id) if question_id else []

    # -- sources

    @cached_property
    def sources(self) -> list[Fact]:
        """The facts that the summary rests on, numbered by this order: that of their use."""
        used: dict[str, None] = {}
        hopes = self.beyond.facts if self.beyond else ()
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
        answer = self._answers.get(self.pack.cover.summary.visit_date or "")
        return date.fromisoformat(answer) if isinstance(answer, str) and answer else None
