"""The summary of one offer, as data: everything the printed pages show, in the order in which they show it.

Made from answers by the same sort that serves the pages. Knows nothing of HTML, of addresses or of how
answers are kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from app.guide.answers import Answer
from app.guide.change import Change, Way
from app.guide.models import Alternative, Cited, Fact, Question, Result, Section, Variant
from app.guide.sort import Outcome, Reason, Sorter
from app.guide.walk import Walk, Walker
from app.languages import gettext as _
from app.summary.company import Company
from app.summary.family import Family
from app.summary.side_one import SideOne
from app.summary.words import NOT_KNOWN, answer_words, in_line, recorded_words

TOP = 3


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
    # Who gave it, where there are several people.
    by: str = ""


class Sheet:
    """What there is to say about one offer. Cheap to make; everything is worked out when it is asked for."""

    def __init__(
        self,
        walker: Walker,
        answers: Mapping[str, Answer],
        you: Mapping[str, Answer],
        at: Mapping[str, datetime] | None = None,
        company: Company | None = None,
    ) -> None:
        self._walker, self.answers, self.you = walker, answers, you
        self._at = at or {}
        # Who said what, where several people prepare together, and what they noted.
        self.company = company or Company()
        self.pack = walker.pack
        self.vocabulary = walker.sorter.vocabulary

    @property
    def sorter(self) -> Sorter:
        return self._walker.sorter

    @cached_property
    def walk(self) -> Walk:
        return self._walker.walk(self.answers)

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
        answers = self.you if question_id in self.pack.personal else self.answers
        if question_id not in answers or question_id in self.walk.set_aside:
            return []
        return answer_words(self.vocabulary, question_id, answers[question_id], short=short)

    def word(self, question_id: str) -> str:
        """The answer in a few words, or "not known yet"."""
        answer = self.answers.get(question_id)
        if answer is None or self.vocabulary.is_standing(question_id, answer):
            return _(NOT_KNOWN)
        return "; ".join(self.words(question_id, short=True)) or _(NOT_KNOWN)

    def in_words(self, question_id: str, answer: Answer) -> str:
        """What one of several people answered, in a line."""
        return "; ".join(recorded_words(self.vocabulary, question_id, answer, short=True))

    @property
    def name(self) -> str:
        return " ".join(self.words(self.pack.cover.summary.name)) or _("This offer")

    @cached_property
    def side_one(self) -> SideOne:
        return SideOne(self)

    @cached_property
    def family(self) -> Family:
        return Family(self)

    @property
    def order(self) -> tuple[str, ...]:
        """The questions about an offer, in the order in which they are asked."""
        return self._walker.order

    # -- reasons

    @property
    def against(self) -> list[Reason]:
        """What makes it a warning sign, in order."""
        return self.outcome.of("contradiction", "warning", "vague")

    @cached_property
    def needs(self) -> list[tuple[str, list[Reason]]]:
        """Needs with the title of what they lead to: the result reached, what the offer is said to be, or, while
        that is open, each variant still possible."""
        if self.against and self.only_unmet:
            return []  # what it is said to be is itself unclear; a list of single faults would look like all there is
        titles = {f"{r.id}.{v.id}": v.title for r, v in self.pack.variants}
        groups: dict[str, list[Reason]] = {}
        for reason in self.outcome.of("need_met", "need_not_met", "need_open"):
            groups.setdefault(titles.get(reason.rule or "", ""), []).append(reason)
        return list(groups.items())

    @cached_property
    def only_unmet(self) -> bool:
        """It is open what the offer is said to be, and out of reach in every case: only what is not met is listed."""
        return bool(self.unmet) and not self.outcome.of("need_met")

    @property
    def urgent(self) -> list[Reason]:
        """What has to be looked at before all else, whatever decided."""
        found = []
        for reason in (*self.against, *self.cautions):
            option = self.pack.questions[reason.question].option(reason.answer or "") if reason.question else None
            if option and option.urgent:
                found.append(reason)
        return found

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

    @property
    def why(self) -> list[str]:
        """The words that say why it sorts as it does, what to ask, and what that means."""
        decided = (*self.against, *self.cautions)
        told = [self.told(reason) for reason in decided]
        reasons = (*decided, *(need for _, needs in self.needs for need in needs))
        return [*told, *(r.says for r in reasons), *(ask.says for ask in self.asks), *(said.text for said in self.said)]

    def told(self, reason: Reason) -> str:
        """The answer that a reason rests on, in a few words."""
        if not reason.question or not reason.answer:
            return ""
        return ", ".join(answer_words(self.vocabulary, reason.question, reason.answer, short=True))

    def questions_behind(self, reason: Reason) -> tuple[str, ...]:
        """The questions whose answers a reason rests on."""
        return (reason.question,) if reason.question else self.pack.contradictions[reason.rule or ""].questions

    def headline(self, reason: Reason) -> str:
        """A reason in a few words: the question and what was told; for answers that do not fit, their questions."""
        if reason.question:
            return f"{self.pack.questions[reason.question].short}: {self.told(reason)}"
        shorts = [self.pack.questions[q].short for q in self.questions_behind(reason)]
        return _("These do not fit together: {questions}").format(questions=in_line(shorts))

    def weak(self, need: Reason) -> str:
        """What was told, where a need is met by an answer that is worth raising all the same."""
        raised = {reason.question for reason in self.cautions}
        return self.told(need) if need.kind == "need_met" and need.question in raised else ""

    # -- what would change it

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """The smallest sets of answers that lead to other results, nearest first."""
        return self._walker.changes.ways(self.answers)

    @cached_property
    def can_still_warn(self) -> list[Question]:
        """Open questions to which some answer would make it a warning sign."""
        return [self.pack.questions[q] for q in self._walker.changes.warning_ways(self.answers)]

    def change_words(self, change: Change) -> str:
        """What would have to be true: a need, or that an answer is not what it is."""
        if change.need:
            return change.need
        warns = [self.told(reason) for reason in self.against if reason.question == change.question]
        short = self.pack.questions[change.question].short
        if warns:
            return _("{question}: not {answers}").format(question=short, answers=", ".join(warns))
        return _("{question}: nothing that warns").format(question=short)

    # -- what to ask

    @cached_property
    def asks(self) -> list[Ask]:
        """The questions for the visit, weightiest first. What only the person can answer is not among them."""
        # Where only vague answers stand against it, clear ones settle it.
        vague = [] if self.outcome.of("warning", "contradiction") else self._vague
        deciding = {*vague, *self.outcome.deciding}
        return [
            Ask(question.id, says, question.id in deciding)
            for question in self.open_questions
            for says in self._asks_of(question)
        ]

    @property
    def _vague(self) -> list[str]:
        return [reason.question for reason in self.outcome.of("vague") if reason.question]

    def _asks_of(self, question: Question) -> Iterable[str]:
        answer = self.answers.get(question.id)
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
        return [q for q in questions if not q.standing and q.id not in self.answers]

    @property
    def open_questions(self) -> list[Question]:
        """What is still open, weightiest first; before it, what was left vague and made it a warning."""
        return [self.pack.questions[q] for q in dict.fromkeys((*self._vague, *self.outcome.to_ask))]

    # -- all answers

    @property
    def sections(self) -> list[tuple[Section, list[Row]]]:
        """Every question that was asked and answered, section by section; the person's own section last."""
        found = []
        for section, questions in self.pack.sections:
            answers = self.you if section.scope == "person" else self.answers
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
        return sorted({row.at.date() for row in (*rows, *self.set_aside) if row.at})

    @property
    def set_aside(self) -> list[Row]:
        return [self._row(self.pack.questions[q], self.answers[q]) for q in self.walk.set_aside]

    def _row(self, question: Question, answer: Answer) -> Row:
        words = tuple(answer_words(self.vocabulary, question.id, answer))
        return Row(question, words, self._at.get(question.id), self.family.by(question.id))

    # -- the person

    @property
    def priorities(self) -> list[str]:
        hopes = self.pack.cover.summary.hopes
        return self.words(hopes.question, short=True) if hopes else []

    def not_chosen(self, question_id: str) -> list[str]:
        """The options of a question about the person that they left unticked, but for "none of these"."""
        chosen = self.you.get(question_id, [])
        return [o.short for o in self.pack.questions[question_id].options if o.id not in chosen and not o.alone]

    @property
    def beyond(self) -> Cited | None:
        """What to say of hopes that trials of cells do not mainly look at; None if there are no such hopes."""
        hopes = self.pack.cover.summary.hopes
        if hopes is None:
            return None
        chosen = self.you.get(hopes.question, [])
        options = self.pack.questions[hopes.question].options
        others = [o.short for o in options if o.id in chosen and o.id not in hopes.looked_at]
        said = hopes.beyond
        return said.model_copy(update={"text": said.text.replace("{hopes}", in_line(others))}) if others else None

    def talked_over(self, alternative: Alternative) -> bool:
        """The person said that they talked about this way forward with a doctor."""
        return any(alternative.id in (self.you.get(q) or ()) for q in self._alternatives_asked)

    @cached_property
    def _alternatives_asked(self) -> list[str]:
        """The questions about the person whose options are alternatives of the pack."""
        ids = {a.id for a in self.pack.alternatives}
        personal = (self.pack.questions[q] for q in self.pack.personal)
        return [q.id for q in personal if ids and ids <= {o.id for o in q.options}]

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
        side_one = (
            *(r.facts for r in (*self.urgent, *self.side_one.first)),
            hopes,
            *(s.facts for s in self.result.physician),
        )
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
        answer = self.answers.get(self.pack.cover.summary.visit_date or "")
        return date.fromisoformat(answer) if isinstance(answer, str) and answer else None
