"""The whole guide on paper, for those who will not use a screen: every question, and how to read the answers.

Says in words what the rules say as data. Does not know pages or paper.
"""

from app.guide.countries import country_names
from app.guide.models import Condition, Need, NotIn, Option, Question, Test, Variant
from app.guide.pack import Pack
from app.languages import gettext as _
from app.languages import one_of

# What stands behind an answer: a sign, and what it means.
SIGNS = {
    "warning": "a warning sign",
    "caution": "worth raising",
    "open": "still to ask",
    "vague": "not clear enough",
}


class Worksheet:
    """One pack, as paper shows it."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def reads(self, question: Question, option: Option) -> str:
        """How an answer counts, as one of the signs; a vague one on a core question is a warning."""
        return "warning" if option.reads == "vague" and question.core else option.reads

    def asked_when(self, question: Question) -> str:
        """When a question is asked: "only if what it is on paper: treatment"; nothing if it always is."""
        return (
            _("Only if {condition}").format(condition=self._words(question.asked_when)) if question.asked_when else ""
        )

    def clash(self, contradiction_id: str) -> str:
        """Which answers do not fit together."""
        rule = self._pack.contradictions[contradiction_id]
        parts = [self._words(condition) for condition in rule.all]
        if rule.any:
            either = (_("; or") + " ").join(self._words(condition) for condition in rule.any)
            parts.append(_("one of these: {conditions}").format(conditions=either))
        return (_("; and") + " ").join(parts)

    def need(self, need: Need) -> str:
        """What has to be ticked for a need."""
        return self._words(need.when)

    def must_answer(self) -> list[str]:
        """The questions without which no result is good, as they are quoted."""
        return [f'"{self._pack.questions[q].short}"' for q in self._pack.rules.must_answer]

    @property
    def variants(self) -> list[Variant]:
        return [variant for _result, variant in self._pack.variants]

    def _words(self, condition: Condition) -> str:
        return "; ".join(f"{self._pack.questions[q].short}: {self._test(q, test)}" for q, test in condition.items())

    def _test(self, question_id: str, test: Test) -> str:
        question = self._pack.questions[question_id]
        if test == "answered":
            return _("any clear answer")
        if isinstance(test, NotIn):
            named = ", ".join(self._named(question, token) for token in test.not_in)
            return _("any clear answer but {answers}").format(answers=named)
        return one_of(self._named(question, token) for token in test)

    def _named(self, question: Question, token: str) -> str:
        option = question.option(token)
        if option is None:
            return country_names().get(token, token)
        return f'"{option.label}"'
