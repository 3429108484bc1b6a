"""Whether the rules of a pack can do what they are for: results with needs that can be met, promises that say
something, contradictions that no other rule makes idle.

Looks at each rule as it is written. What rules come to together, over all answers, is for proof to say.
"""

from collections import Counter
from collections.abc import Iterator
from typing import get_args

from app.guide import models as m
from app.guide.conditions import tokens_named
from app.guide.errors import Problem
from app.guide.pack import Pack

UNCLEAR = ("open", "vague")


def lint_results(pack: Pack) -> Iterator[Problem]:
    """The four results are there, and what is said of their variants names things that exist."""
    yield from _results(pack)
    yield from _promises(pack)


def lint_rules(pack: Pack) -> Iterator[Problem]:
    """What is asked for can happen. Takes for granted that every reference holds."""
    yield from _needs_can_be_met(pack)
    yield from _asked_can_hold(pack)
    yield from _contradictions_shadowed(pack)
    yield from _products_held(pack)


def _results(pack: Pack) -> Iterator[Problem]:
    wanted = set(get_args(m.ResultId))
    for missing in sorted(wanted - set(pack.results)):
        yield Problem("missing-result", pack.rules.place, f'the result "{missing}" has no words.')
    for result, variant in pack.variants:
        questions = [n.question for n in variant.needs]
        if variant.aim not in questions:
            yield Problem("aim-not-a-need", variant.place, f"{variant.id}: {variant.aim} is no need of it.")
        for question_id, count in Counter(questions).items():
            if count > 1:
                yield Problem("need-twice", variant.place, f"{result.id}.{variant.id} needs {question_id} twice.")


def _promises(pack: Pack) -> Iterator[Problem]:
    for promise in pack.rules.never:
        variants = {v.id for r, v in pack.variants if r.id == promise.result}
        if bool(promise.when) == bool(promise.unless):
            yield Problem("promise", promise.place, f"{promise.id} takes one of `when` and `unless`.")
        if not variants or set(promise.variants) - variants:
            yield Problem("promise", promise.place, f"{promise.id} names variants that {promise.result} does not have.")


def _needs_can_be_met(pack: Pack) -> Iterator[Problem]:
    for _, variant in pack.variants:
        for need in variant.needs:
            clear = _clear(pack, need.question, need.test)
            if not clear:
                says = f"no answer to {need.question} that is clear and no warning meets this need."
                yield Problem("need-never-met", need.place, says)


def _asked_can_hold(pack: Pack) -> Iterator[Problem]:
    for question in pack.questions.values():
        for base, test in question.asked_when.items():
            if not _clear(pack, base, test, warnings=True):
                says = f"{question.id} is never asked: no clear answer to {base} leads to it."
                yield Problem("never-asked", question.place, says)


def _clear(pack: Pack, question_id: str, test: m.Test, warnings: bool = False) -> bool:
    """Some answer fits the test, reads neither open nor vague, and is no warning (unless those count too)."""
    question = pack.questions[question_id]
    if question.kind == "country":
        return True
    barred = UNCLEAR if warnings else (*UNCLEAR, "warning")
    named = set(tokens_named(test))
    inside = not isinstance(test, m.NotIn)
    fitting = [o for o in question.options if test == "answered" or (o.id in named) == inside]
    return any(o.reads not in barred for o in fitting)


def _contradictions_shadowed(pack: Pack) -> Iterator[Problem]:
    """A contradiction that only comes up where another one, or a warning, has already struck."""
    for one in pack.rules.contradictions:
        for condition in one.all:
            for question_id, test in condition.items():
                if not _clear(pack, question_id, test):
                    says = f"{one.id} never decides: {question_id} already warns, or can never fit."
                    yield Problem("rule-shadowed", one.place, says)
        for other in pack.rules.contradictions:
            if one is not other and not other.any and all(_implied(test, one) for test in _tests(other)):
                yield Problem("rule-shadowed", one.place, f"{one.id} never decides: {other.id} covers it.")


def _tests(contradiction: m.Contradiction) -> list[tuple[str, m.Test]]:
    return [item for condition in contradiction.all for item in condition.items()]


def _implied(wanted: tuple[str, m.Test], by: m.Contradiction) -> bool:
    question_id, test = wanted
    if isinstance(test, m.NotIn) or test == "answered":
        return (question_id, test) in _tests(by)
    mine = [set(t) for q, t in _tests(by) if q == question_id and isinstance(t, tuple)]
    return any(tokens <= set(test) for tokens in mine)


def _products_held(pack: Pack) -> Iterator[Problem]:
    """The rules let a product on the dated list pass for what its approval covers, and for nothing else."""
    for product in pack.evidence.authorised_products:
        for result, variant in pack.variants:
            needs = {need.question: need.test for need in variant.needs}
            named = needs.get(product.question, ())
            if not isinstance(named, tuple) or product.id not in named:
                continue
            for question_id, test in product.covers.items():
                if needs.get(question_id) != test:
                    says = f"{result.id}.{variant.id} takes {product.id} for more, or for less, in {question_id}."
                    yield Problem("product-cover", variant.place, says)
