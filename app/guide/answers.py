"""Answers as data: what programs and files hand in, turned into the tokens that rules look at.

Says what an answer to each kind of question may look like, and what is wrong with one that does not fit. Does
not know which questions are asked (rules, walk) or how answers reach it (forms, files, database).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date

from app.guide.countries import country_codes, country_names
from app.guide.errors import AnswersError, nearest
from app.guide.formulas import UNANSWERED, State
from app.guide.models import Question
from app.guide.numbers import Numbers
from app.guide.pack import Pack
from app.languages import gettext as _

# An answer as data: "option", ["option", ...], {"option": "value"}, "text", "2026-12-03", "NCT00000000", "JP".
Answer = str | list[str] | dict[str, str]
Answers = Mapping[str, Answer]
_GIVEN = frozenset({"given"})
NOT_ANSWERED = frozenset({UNANSWERED})

# Written letters may be longer than this; the summary and the database have to stay handy.
TEXT_LIMIT = 2_000


def is_given(answer: object) -> bool:
    """An answer that was left or made empty is none."""
    return answer not in ("", [], {})


class Given:
    """Answers as a key to look things up by."""

    def __init__(self, answers: Answers) -> None:
        self.answers = dict(answers)
        self._hash = hash(frozenset((q, a if isinstance(a, str) else repr(a)) for q, a in answers.items()))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Given) and self.answers == other.answers


class Vocabulary:
    """What answers the questions of one pack take."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.numbers = Numbers(pack.registers)
        self._allowed = {q.id: self._tokens_of(q) for q in pack.questions.values()}
        self._single = {q.id: self._allowed[q.id] for q in pack.questions.values() if q.kind in ("one", "country")}
        self._numbered = {q.id for q in pack.questions.values() if q.kind == "register_number"}
        self._sets = {t: frozenset({t}) for tokens in self._allowed.values() for t in tokens}
        self._blank = {q: NOT_ANSWERED for q in pack.questions if q not in pack.personal}

    def _tokens_of(self, question: Question) -> frozenset[str]:
        tokens = {o.id for o in question.options}
        if question.kind == "register_number":
            tokens.discard("given")  # the number itself is that answer
        if question.kind == "country":
            tokens |= country_codes()
        if question.takes_standing:
            tokens |= set(self.pack.standing)
        return frozenset(tokens)

    def is_standing(self, question_id: str, answer: Answer) -> bool:
        """The answer is "I have not asked yet" or the like."""
        question = self.pack.questions[question_id]
        return question.takes_standing and isinstance(answer, str) and answer in self.pack.standing

    def yields(self, question_id: str, answer: Answer) -> bool:
        """The answer says nothing about the offer, so that anybody else's counts instead."""
        return self.is_standing(question_id, answer) and self.pack.standing[str(answer)].yields

    def checked(self, answers: Mapping[str, object]) -> dict[str, Answer]:
        """Returns the answers given, those that are null or empty left out.

        Raises AnswersError on the first one whose question, option or form the pack does not know.
        """
        given: dict[str, Answer] = {}
        for question_id, value in answers.items():
            if isinstance(value, str) and value in self._single.get(question_id, ()):
                given[question_id] = value  # the common case, without a detour
                continue
            answer = self.check(question_id, value)
            if is_given(answer):
                given[question_id] = answer
        return given

    def known(self, answers: Mapping[str, object]) -> dict[str, Answer]:
        """The answers that this pack knows, so that a preparation under an older one opens all the same.

        Of a list with an item that is gone, the rest counts only if it warns: what is gone may have been a warning,
        so without one the question is asked again.
        """
        single = self._single
        known = {
            # The common case, without a detour; an empty answer is none of these.
            q: value if isinstance(value, str) and value in single.get(q, ()) else self._known_part(q, value)
            for q, value in answers.items()
        }
        return {q: answer for q, answer in known.items() if answer}

    def _known_part(self, question_id: str, value: object) -> Answer:
        with suppress(AnswersError):
            return self.check(question_id, value)
        if isinstance(value, list) and len(value) > 1:
            question = self.pack.questions.get(question_id)
            offered = {o.id for o in question.options} if question else set()
            kept = [item for item in value if isinstance(item, str) and item in offered]
            options = [o for o in question.options if o.id in kept] if question else []
            return kept if any(o.reads == "warning" for o in options) else ""
        if isinstance(value, dict) and len(value) > 1:
            return {row: point for row, point in value.items() if self._known_part(question_id, {row: point})}
        return ""

    def check(self, question_id: str, value: object) -> Answer:
        """Returns one answer in its plain form. Raises AnswersError when the pack does not know it."""
        question = self.pack.questions.get(question_id)
        if question is None:
            says = _('There is no question "{question}".').format(question=_shown(question_id))
            says += nearest(question_id, self.pack.questions)
            raise AnswersError(question_id, says)
        if value is None:
            return ""
        return _CHECKS[question.kind](self, question, value)

    def tokens(self, question_id: str, answer: Answer) -> frozenset[str]:
        """What rules see of an answer: its options, a standing answer, a country, or that a number was given."""
        if isinstance(answer, str):
            if question_id in self._numbered and answer not in self._allowed[question_id]:
                return _GIVEN
            return self._sets.get(answer) or frozenset({answer})
        return frozenset(answer) or NOT_ANSWERED

    def fixed(self, question_id: str) -> frozenset[str]:
        """The answers to this question that the pack offers, so not what people write themselves."""
        return self._allowed[question_id]

    def state(self, answers: Answers) -> State:
        """The tokens of every question about an offer; values that belong to a person are left out."""
        state = dict(self._blank)
        for question_id, answer in answers.items():
            if question_id in state:
                state[question_id] = self.tokens(question_id, answer)
        return state

    # -- one method a kind

    def _one(self, question: Question, value: object) -> Answer:
        text = _text(question, value, f'"{question.options[0].id}"' if question.options else '"JP"')
        self._known(question, [text] if text else [])
        return text

    def _many(self, question: Question, value: object) -> Answer:
        example = f'["{question.options[0].id}"]'
        if isinstance(value, str):
            if value and not (question.takes_standing and value in self.pack.standing):
                says = _("{question} takes a list, such as {example}, not {given}.")
                given = f'"{_shown(value)}"'
                raise AnswersError(question.id, says.format(question=question.id, example=example, given=given))
            return value
        if not isinstance(value, list):
            says = _("{question} takes a list, such as {example}.").format(question=question.id, example=example)
            raise AnswersError(question.id, says)
        options = frozenset(o.id for o in question.options)
        chosen = [_text(question, item, f'"{question.options[0].id}"') for item in value]
        self._known(question, chosen, options)
        chosen = list(dict.fromkeys(chosen))
        # "None of these" beside others: the others count, which is the more cautious reading.
        return [c for c in chosen if c not in question.alone] or chosen[:1]

    def _number(self, question: Question, value: object) -> Answer:
        typed = _text(question, value, '"NCT01234567"').strip()
        if typed == "given":
            says = _('{question}: write the number itself, such as "NCT01234567", instead of "given".')
            raise AnswersError(question.id, says.format(question=question.id))
        if typed and typed not in self._allowed[question.id] and self.numbers.register_of(typed) is None:
            close = nearest(typed, self._allowed[question.id]) if re.fullmatch(r"[a-z_]+", typed) else ""
            says = _('{question}: "{given}" does not have the form of any register\'s number, such as "NCT01234567".')
            raise AnswersError(question.id, says.format(question=question.id, given=_shown(typed)) + close)
        return typed

    def _scale(self, question: Question, value: object) -> Answer:
        example = f'{{"{question.options[0].id}": "{question.scale[0].id}"}}'
        if not isinstance(value, dict):
            says = _("{question} takes one value for each row, such as {example}.")
            raise AnswersError(question.id, says.format(question=question.id, example=example))
        points = frozenset(p.id for p in question.scale)
        rows = {str(row): _scale_value(question, point) for row, point in value.items() if point not in (None, "")}
        self._known(question, rows, frozenset(o.id for o in question.options))
        self._known(question, rows.values(), points)
        return rows

    def _words(self, question: Question, value: object) -> Answer:
        return _text(question, value, '"some text"')

    def _list(self, question: Question, value: object) -> Answer:
        if not isinstance(value, list):
            says = _('{question} takes a list of texts, such as ["some text"].').format(question=question.id)
            raise AnswersError(question.id, says)
        return [text for item in value if (text := _text(question, item, '"some text"'))]

    def _date(self, question: Question, value: object) -> Answer:
        text = _text(question, value, '"2026-12-03"')
        try:
            return date.fromisoformat(text).isoformat() if text else ""
        except ValueError:
            says = _('{question}: "{given}" is not a date such as "2026-12-03".')
            raise AnswersError(question.id, says.format(question=question.id, given=_shown(text))) from None

    def _known(self, question: Question, given: Iterable[str], known: frozenset[str] | None = None) -> None:
        allowed = self._allowed[question.id] if known is None else known
        names = country_names() if question.kind == "country" else {}
        for token in given:
            if token not in allowed:
                close = nearest(token, sorted(allowed), {name: code for code, name in names.items()})
                says = _('{question} has no answer "{given}".').format(question=question.id, given=_shown(token))
                raise AnswersError(question.id, says + close)


_CHECKS: dict[str, Callable[[Vocabulary, Question, object], Answer]] = {
    "one": Vocabulary._one,
    "country": Vocabulary._one,
    "many": Vocabulary._many,
    "register_number": Vocabulary._number,
    "scale_each": Vocabulary._scale,
    "text": Vocabulary._words,
    "text_list": Vocabulary._list,
    "date": Vocabulary._date,
}


def _text(question: Question, value: object, example: str) -> str:
    if not isinstance(value, str):
        says = _("{question} takes a text, such as {example}.").format(question=question.id, example=example)
        raise AnswersError(question.id, says)
    return value


def _scale_value(question: Question, point: object) -> str:
    # A scale of numbers may come as numbers; true and false are not numbers here.
    if isinstance(point, int) and not isinstance(point, bool):
        return str(point)
    return _text(question, point, f'"{question.scale[0].id}"')


def _shown(text: str) -> str:
    """A wrong value as a message may quote it: short, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:40] + "..."
