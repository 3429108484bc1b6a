"""Answers and facts in words: what a recorded answer says, and where a fact comes from.

Knows the pack's labels. Does not know pages or paper.
"""

from datetime import date, datetime

from app.guide.answers import Answer, Vocabulary, is_given
from app.guide.countries import country_names
from app.guide.models import Fact, Question
from app.languages import N_, day
from app.languages import gettext as _

NOT_KNOWN = N_("not known yet")
NO_ANSWER = N_("no answer")
GONE = N_("an answer that this guide no longer offers")
LONG = 60  # characters of what a person wrote that side one has room for
STRENGTH = {
    "primary": N_("we read the source itself"),
    "copy": N_("we read a copy, an abstract or a news report of it"),
    "article": N_("only an article by a clinic that sells such care says this"),
    "own": N_("we conclude this ourselves"),
}


def answer_words(vocabulary: Vocabulary, question_id: str, answer: Answer, *, short: bool = False) -> list[str]:
    """An answer as one line or several. `short` prefers the brief labels that fit on the first side."""
    question = vocabulary.pack.questions[question_id]
    if vocabulary.is_standing(question_id, answer):
        return [vocabulary.pack.standing[str(answer)].label]
    if isinstance(answer, dict):
        points = {p.id: p.label for p in question.scale}
        return [f"{o.label}: {points[answer[o.id]]}" for o in question.options if o.id in answer]
    if isinstance(answer, list) and question.options:
        return [_label(question, o, short) for o in answer]
    if isinstance(answer, list):
        return answer
    if question.kind == "country":
        return [country_names().get(answer, answer)]
    if question.kind == "date":
        return [day(date.fromisoformat(answer))]
    if question.option(answer):
        return [_label(question, answer, short)]
    return [answer]


def recorded_words(vocabulary: Vocabulary, question_id: str, answer: Answer, *, short: bool = False) -> list[str]:
    """An answer out of the history, which may be empty, or from an older pack that knew other answers."""
    if not is_given(answer):
        return [_(NO_ANSWER)]
    known = vocabulary.known({question_id: answer}).get(question_id, "")
    words = answer_words(vocabulary, question_id, known, short=short) if is_given(known) else []
    return words if known == answer else [*words, _(GONE)]


def _label(question: Question, option_id: str, short: bool) -> str:
    option = question.option(option_id)
    if option is None:
        return option_id
    if short:
        return option.brief or in_line([option.label])  # a brief form is written as it is to stand in a line
    return option.label


def in_line(words: list[str]) -> str:
    """Labels as one running list: "tremor, DBS, walking and balance"."""
    return ", ".join(w if w[1:2].isupper() or w.startswith("I ") else w[:1].lower() + w[1:] for w in words)


def shortened(text: str, tail: str | None = None) -> str:
    """What a person wrote, where there is room for one line. All of it stands under "All answers"."""
    text = " ".join(text.split())
    if len(text) <= LONG:
        return text
    tail = " " + _("(in full on the next pages)") if tail is None else tail
    return f"{text[:LONG].rsplit(' ', 1)[0]}...{tail}"


def moment(when: datetime) -> str:
    """A time in words, as it was recorded, in UTC: "November 23, 2026, 14:05"."""
    return f"{day(when.date())}, {when:%H:%M}"


def source_words(fact: Fact, seller_article: str) -> str:
    """Where a fact was read, when it is from, how well we know it, and whether a seller's article is among it."""
    partly = fact.strength != "article" and seller_article in fact.source
    mark = " " + _("In part from an article by a clinic that sells such care.") if partly else ""
    return f"{fact.source} ({fact.date}); {_(STRENGTH[fact.strength])}.{mark}"
