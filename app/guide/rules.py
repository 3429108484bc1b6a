"""The rules of a pack as formulas: what is asked, which needs are met, which result is reached or still possible.

The one place where the meaning of a pack's rules is written down. Knows nothing of words (sort puts them
beside) and nothing of single sets of answers: everything here is a statement about all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from app.guide.conditions import fits
from app.guide.formulas import (
    UNANSWERED,
    Formula,
    Is,
    Ternary,
    all_of,
    any_of,
    negation,
    ternary_all,
    ternary_any,
)
from app.guide.models import Condition, Contradiction, Need, Test, Variant
from app.guide.pack import Pack
from app.guide.possible import Possibility


@dataclass(frozen=True)
class Alarm:
    """One way in which rule 1 is met by a single answer."""

    question: str
    token: str
    vague: bool
    formula: Formula


class Rules:
    """Formulas over one pack. Building them takes a moment; keep the object for the pack's lifetime. `alike` are the
    rules of the same pack in another language: formulas hold no words, so what takes longest is taken from there."""

    def __init__(self, pack: Pack, alike: "Rules | None" = None) -> None:
        self.pack = pack
        self.asked = cache(self._asked)
        self.way_open: Callable[[str], Formula] = alike.way_open if alike else cache(self._way_open)
        self.tokens_reading = cache(self._tokens_reading)
        self.cautions = cache(self._cautions)

    # -- readings of single answers

    def _tokens_reading(self, question_id: str, reading: str) -> frozenset[str]:
        """The tokens of a question that have this reading; a question nobody has answered reads as open."""
        question = self.pack.questions[question_id]
        tokens = {o.id for o in question.options if o.reads == reading}
        if question.takes_standing:
            tokens |= {s.id for s in self.pack.standing.values() if s.reads == reading}
        if reading == "open":
            tokens.add(UNANSWERED)
        return frozenset(tokens)

    def _cautions(self, question_id: str) -> frozenset[str]:
        """What is worth raising and never decides: caution answers, and vague ones where they are no warning."""
        core = self.pack.questions[question_id].core
        vague = frozenset() if core else self.tokens_reading(question_id, "vague")
        return self.tokens_reading(question_id, "caution") | vague

    def recorded_open(self, question_id: str) -> Formula:
        """What is recorded, asked or not, reads open."""
        return Is(question_id, self.tokens_reading(question_id, "open"))

    def definite(self, question_id: str) -> Formula:
        """What is recorded reads neither open nor vague."""
        unclear = self.tokens_reading(question_id, "open") | self.tokens_reading(question_id, "vague")
        return negation(Is(question_id, unclear))

    # -- what is asked

    def _asked(self, question_id: str) -> Ternary:
        """Whether a question is asked; open while that rests on an open or vague answer."""
        return self.condition(self.pack.questions[question_id].asked_when)

    def reads_open(self, question_id: str) -> Formula:
        """Not known well enough: asked and open, or not shown yet because its condition is itself open."""
        asked = self.asked(question_id)
        return any_of(asked.open, all_of(asked.yes, self.recorded_open(question_id)))

    # -- conditions

    def condition(self, condition: Condition) -> Ternary:
        return ternary_all([self.test(question, test) for question, test in condition.items()])

    def test(self, question_id: str, test: Test) -> Ternary:
        """One condition on one question. Open and vague answers leave it open; not asked makes it false."""
        asked, definite = self.asked(question_id), self.definite(question_id)
        fitting = fits(question_id, test)
        return Ternary(
            yes=all_of(asked.yes, definite, fitting),
            no=any_of(asked.no, all_of(asked.yes, definite, negation(fitting))),
        )

    # -- rule 1: warnings

    @cached_property
    def warnings(self) -> tuple[Alarm, ...]:
        """Every single answer that makes the offer a warning sign, in the order of the pack."""
        found = []
        for question in self.pack.questions.values():
            if question.id in self.pack.personal:
                continue
            for reading in ("warning", "vague") if question.core else ("warning",):
                for token in in_pack_order(self.pack, question.id, self.tokens_reading(question.id, reading)):
                    formula = all_of(Is(question.id, frozenset({token})), self.asked(question.id).yes)
                    found.append(Alarm(question.id, token, reading == "vague", formula))
        return tuple(found)

    def contradiction(self, contradiction: Contradiction) -> Ternary:
        """Present, absent, or open."""
        parts = [self.condition(c) for c in contradiction.all]
        if contradiction.any:
            parts.append(ternary_any([self.condition(c) for c in contradiction.any]))
        return ternary_all(parts)

    @cached_property
    def warned(self) -> Formula:
        present = (self.contradiction(c).yes for c in self.pack.rules.contradictions)
        return any_of(*(w.formula for w in self.warnings), *present)

    # -- rule 2: needs and variants

    def met(self, need: Need) -> Formula:
        return self.test(need.question, need.test).yes

    def fitting(self, need: Need) -> Formula:
        return fits(need.question, need.test)

    def need_open(self, need: Need) -> Formula:
        return self.reads_open(need.question)

    def answered(self, question_id: str) -> Formula:
        return all_of(self.asked(question_id).yes, self.definite(question_id))

    def needs_met(self, variant: Variant) -> Formula:
        must = (self.answered(q) for q in self.pack.rules.must_answer)
        return all_of(*(self.met(n) for n in variant.needs), *must)

    def reached(self, variant: Variant) -> Formula:
        return all_of(negation(self.warned), self.needs_met(variant))

    # -- rules 3 and 4: what is still possible

    def _way_open(self, variant_id: str) -> Formula:
        """Where rule 1 has not struck: some way of answering what is open reaches this variant."""
        variant = next(v for _, v in self.pack.variants if v.id == variant_id)
        return Possibility(self, variant).formula

    def possible(self, variant_id: str) -> Formula:
        return all_of(negation(self.warned), self.way_open(variant_id))

    @cached_property
    def any_reached(self) -> Formula:
        return any_of(*(self.reached(v) for _, v in self.pack.variants))

    @cached_property
    def any_possible(self) -> Formula:
        return any_of(*(self.possible(v.id) for _, v in self.pack.variants))

    def outcome(self, result_id: str) -> Formula:
        """When a set of answers comes to this result: the four rules of the outline, in their order."""
        if result_id == "warning_sign":
            return any_of(self.warned, all_of(negation(self.any_reached), negation(self.any_possible)))
        if result_id == "not_settled":
            return all_of(negation(self.warned), negation(self.any_reached), self.any_possible)
        return any_of(*(self.reached(v) for v in self.pack.results[result_id].variants))

    def still_possible(self, result_id: str) -> Formula:
        """When `sort` lists this result as possible."""
        unsettled = self.outcome("not_settled")
        if result_id == "warning_sign":
            return any_of(self.outcome("warning_sign"), unsettled)
        variants = self.pack.results[result_id].variants
        open_way = any_of(*(self.possible(v.id) for v in variants))
        return any_of(self.outcome(result_id), all_of(unsettled, open_way))


def in_pack_order(pack: Pack, question_id: str, tokens: frozenset[str]) -> list[str]:
    """Tokens in the order in which the pack offers them."""
    order = [o.id for o in pack.questions[question_id].options] + list(pack.standing)
    return sorted(tokens & set(order), key=order.index)
