"""Whether the parts of a pack refer to each other rightly: the check that runs at every start.

Finds what an author can get wrong and a model cannot see. Does not reason about sets of answers (proof) or
wording (texts); the rules themselves have a module of their own (lint_rules).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from app.guide import models as m
from app.guide.answers import Vocabulary
from app.guide.conditions import tokens_named
from app.guide.countries import country_codes
from app.guide.errors import AnswersError, PackError, Problem, nearest
from app.guide.glossary import lint_glossary
from app.guide.lint_rules import UNCLEAR, lint_results, lint_rules
from app.guide.numbers import Number, Numbers
from app.guide.pack import Pack, version_number
from app.guide.page_models import PICTURES, Block
from app.guide.texts import lint_texts


class _Named(Protocol):
    """Anything in a pack that has an id and a line."""

    @property
    def id(self) -> str: ...

    @property
    def place(self) -> m.Place: ...


def lint(pack: Pack) -> None:
    """Raises PackError with every problem in how the pack hangs together."""
    found = [problem for check in _CHECKS for problem in check(pack)]
    # Later checks take for granted what earlier ones found wrong; they run once the references hold.
    if not found:
        found = [problem for check in _DEEPER_CHECKS for problem in check(pack)]
    if found:
        raise PackError(found)


# -- ids and references


def _unique_ids(pack: Pack) -> Iterator[Problem]:
    questions = [q for _, questions in pack.sections for q in questions]
    groups: list[tuple[str, Sequence[_Named]]] = [
        ("question", questions),
        ("contradiction", pack.rules.contradictions),
        ("fact", pack.evidence.facts),
        ("variant", [v for _, v in pack.variants]),
        ("page", [*pack.pages, pack.about]),
        ("result", pack.rules.results),
        ("register", pack.registers),
        ("standing answer", pack.cover.standing),
        ("example", pack.examples),
        ("alternative", pack.alternatives),
        ("term", pack.glossary.terms),
    ]
    groups += [(f"point of the scale of {q.id}", q.scale) for q in questions]
    groups += [(f"answer of {q.id}", q.options) for q in questions]
    for what, nodes in groups:
        counts = Counter(n.id for n in nodes)
        for node in nodes:
            if counts[node.id] > 1:
                yield Problem("duplicate-id", node.place, f'the {what} "{node.id}" stands {counts[node.id]} times.')


def _conditions(pack: Pack) -> Iterator[tuple[m.Condition, m.Place]]:
    for question in pack.questions.values():
        yield question.asked_when, question.place
    for contradiction in pack.rules.contradictions:
        for condition in (*contradiction.all, *contradiction.any):
            yield condition, contradiction.place
    for _, variant in pack.variants:
        for need in variant.needs:
            yield need.when, need.place
        for title in variant.titles:
            yield title.when, title.place
    for promise in pack.rules.never:
        yield promise.when, promise.place
        yield promise.unless, promise.place
    for product in pack.evidence.authorised_products:
        yield product.covers, product.place


def _references(pack: Pack) -> Iterator[Problem]:
    for condition, place in _conditions(pack):
        for question_id, test in condition.items():
            yield from _reference(pack, question_id, test, place)
    plan = pack.cover.summary
    for place, named in ((pack.cover.place, pack.cover.first), (plan.place, plan.questions)):
        for question_id in named:
            if question_id not in pack.questions:
                says = f'there is no question "{question_id}".{nearest(question_id, pack.questions)}'
                yield Problem("unknown-question", place, says)
    if plan.hopes and (hopes := pack.questions.get(plan.hopes.question)):
        for option in plan.hopes.looked_at:
            if hopes.option(option) is None:
                yield Problem("unknown-option", plan.hopes.place, f'{hopes.id} has no answer "{option}".')
    others = [(q, pack.rules.place) for q in pack.rules.must_answer]
    others += [(v.aim, v.place) for _, v in pack.variants]
    others += [(p.question, p.place) for p in pack.evidence.authorised_products]
    for question_id, place in others:
        yield from _reference(pack, question_id, "answered", place)


def _reference(pack: Pack, question_id: str, test: m.Test, place: m.Place) -> Iterator[Problem]:
    question = pack.questions.get(question_id)
    if question is None:
        says = f'there is no question "{question_id}".{nearest(question_id, pack.questions)}'
        yield Problem("unknown-question", place, says)
        return
    if question_id in pack.personal:
        yield Problem("personal-rule", place, f"{question_id} is about a person; rules look at the offer alone.")
    elif question.kind not in m.STANDING_KINDS:
        yield Problem("rule-on-text", place, f"{question_id} is of kind {question.kind}; no rule can read that.")
    known = country_codes() if question.kind == "country" else {o.id for o in question.options}
    for token in tokens_named(test):
        if token not in known:
            says = f'{question_id} has no answer "{token}".{nearest(token, sorted(known))}'
            yield Problem("unknown-option", place, says)


def _order(pack: Pack) -> Iterator[Problem]:
    """A question is asked after those that decide whether it is; a ring of questions could never start."""
    position = {q: i for i, q in enumerate(pack.questions)}
    for question in pack.questions.values():
        for base in question.asked_when:
            if base not in position:
                continue
            if question.id in _bases(pack, base):
                says = f"{question.id} and {base} each wait for the other."
                yield Problem("cycle", question.place, says)
            elif position[base] >= position[question.id]:
                says = f"{question.id} rests on {base}, which comes only later."
                yield Problem("asked-too-early", question.place, says)
    for question_id in pack.cover.first:
        if (first := pack.questions.get(question_id)) and first.asked_when:
            yield Problem("first-conditional", pack.cover.place, f"{question_id} is not always asked.")


def _bases(pack: Pack, question_id: str) -> set[str]:
    """Everything that decides, at any remove, whether a question is asked, itself included."""
    seen: set[str] = set()
    waiting = [question_id]
    while waiting:
        current = waiting.pop()
        if current not in seen and current in pack.questions:
            seen.add(current)
            waiting += pack.questions[current].asked_when
    return seen


def _facts(pack: Pack) -> Iterator[Problem]:
    for node in _cited(pack):
        for fact in node.facts:
            if fact not in pack.facts:
                yield Problem("unknown-fact", node.place, f'there is no fact "{fact}".{nearest(fact, pack.facts)}')
        if not node.facts and node.basis == "facts":
            yield Problem("uncited", node.place, "this cites no fact; cite one, or mark it `basis: guide`.")
    for product in pack.evidence.authorised_products:
        question = pack.questions.get(product.question)
        if question and question.option(product.id) is None:
            yield Problem("unknown-product", product.place, f'{product.question} has no answer "{product.id}".')
        if product.fact not in pack.facts:
            yield Problem("unknown-fact", product.place, f'there is no fact "{product.fact}".')


def _cited(pack: Pack) -> Iterator[m.Cited | Block]:
    for question in pack.questions.values():
        yield question.why
        yield from (o.says for o in question.options if o.says)
        if question.caution_at:
            yield question.caution_at.says
    for standing in pack.cover.standing:
        yield from (said for said in (standing.says, standing.says_core) if said)
    yield from (c.says for c in pack.rules.contradictions)
    for result in pack.rules.results:
        yield from (*result.person, *result.physician)
        yield from (said for v in result.variants for said in v.says)
    if pack.trials.listed:
        yield pack.trials.listed
    yield from pack.glossary.terms
    if pack.cover.summary.hopes:
        yield pack.cover.summary.hopes.beyond
    for other in pack.alternatives:
        yield from (*other.good, *other.hard)
    for page in (*pack.pages, pack.about):
        yield from (block for block in page.blocks if block.text or block.points or block.table or block.picture)


# -- questions


def _questions(pack: Pack) -> Iterator[Problem]:
    for question in pack.questions.values():
        for problem, says in _question(pack, question):
            yield Problem(problem, question.place, f"{question.id} {says}")
        for option in question.options:
            for problem, says in _option(pack, question, option):
                yield Problem(problem, option.place, f"{question.id}={option.id} {says}")


def _question(pack: Pack, question: m.Question) -> Iterator[tuple[str, str]]:
    personal = question.id in pack.personal
    if question.kind in ("one", "many", "scale_each", "register_number") and not question.options:
        yield "no-options", "has nothing to choose from."
    if question.kind in ("one", "many", "register_number") and not personal:
        if question.options and all(o.reads in (*UNCLEAR, "warning") for o in question.options):
            yield "no-mild-answer", "has no answer that neither warns nor stays unclear."
    if question.kind == "register_number" and "given" not in {o.id for o in question.options}:
        yield "no-options", 'needs the answer "given".'
    if (question.kind == "scale_each") != bool(question.scale):
        yield "scale", "has a scale only if its kind is scale_each, and then needs one."
    if question.kind != "many" and (question.at_most or question.ask_unticked):
        yield "only-for-many", "uses at_most or ask_unticked, which only fit a question of kind many."
    points = {*question.ask_about, *([question.caution_at.value] if question.caution_at else [])}
    if points - {p.id for p in question.scale}:
        yield "unknown-option", "names a point in ask_about or caution_at that its scale does not have."
    if question.takes_standing and not personal and not question.ask:
        yield "no-ask", "has no words for asking it at the visit."


def _option(pack: Pack, question: m.Question, option: m.Option) -> Iterator[tuple[str, str]]:
    if option.id in pack.standing and question.takes_standing:
        yield "option-unreachable", "has the name of a standing answer, so it can never be told apart."
    if option.alone and question.kind != "many":
        yield "only-for-many", "excludes the others, which only fits a question of kind many."
    if question.kind == "many" and option.reads in UNCLEAR:
        yield "many-reading", "reads open or vague; on a question of kind many only standing answers can."
    if option.reads in ("caution", "vague", "warning") and option.says is None:
        yield "no-reason", "has no `says`: every caution, vague and warning answer says what it rests on."


# -- pages, examples, registers


def _examples(pack: Pack) -> Iterator[Problem]:
    vocabulary = Vocabulary(pack)
    for example in pack.examples:
        for answers in (example.answers, example.you):
            try:
                vocabulary.checked(answers)
            except AnswersError as error:
                yield Problem("example", example.place, f"{example.id}: {error}")


def _standing(pack: Pack) -> Iterator[Problem]:
    for standing in pack.cover.standing:
        if standing.yields and standing.reads != "open":
            says = f'"{standing.id}" yields to any other answer, so a warning could be lost: let it read open.'
            yield Problem("yields-not-open", standing.place, says)


def _versions(pack: Pack) -> Iterator[Problem]:
    """Who began under an older version is told what changed: so the newest change is that of this version."""
    newest = max((c.version for c in pack.cover.changes), key=version_number, default="")
    if newest != pack.cover.version:
        says = f'the pack has version {pack.cover.version}, and the newest of its changes is of "{newest}".'
        yield Problem("version", pack.cover.place, says)


def _pages(pack: Pack) -> Iterator[Problem]:
    for listed, page in zip((*pack.cover.pages, "about"), (*pack.pages, pack.about), strict=True):
        if page.id != listed:
            yield Problem("page-name", page.place, f'the page in pages/{listed}.yaml calls itself "{page.id}".')
    for block in (block for page in (*pack.pages, pack.about) for block in page.blocks):
        if block.picture and block.picture not in PICTURES:
            says = f'there is no picture "{block.picture}".{nearest(block.picture, PICTURES)}'
            yield Problem("unknown-picture", block.place, says)
    known = [page.id for page in pack.pages]
    for link in (link for page in (*pack.pages, pack.about) for block in page.blocks for link in block.links):
        if (link.page is None) == (link.part is None):
            yield Problem("link", link.place, "a link leads to one page, or to one part of the guide.")
        elif link.page is not None and link.page not in known:
            yield Problem("unknown-page", link.place, f'there is no page "{link.page}".{nearest(link.page, known)}')


def _registers(pack: Pack) -> Iterator[Problem]:
    for register in pack.registers:
        try:
            re.compile(register.pattern)
        except re.error as error:
            yield Problem("register-pattern", register.place, f"{register.id}: not a pattern: {error}.")
            return
        try:
            Numbers((register,)).read(register.example)
        except ValueError as error:
            yield Problem("register-pattern", register.place, f"{register.id}: {error}.")
            return
    numbers = Numbers(pack.registers)
    for register in pack.registers:
        as_written = numbers.read(register.example) == [Number(register, register.example)]
        if numbers.register_of(register.example) != register or not as_written:
            says = f'{register.id}: its example "{register.example}" is not recognised as its own.'
            yield Problem("register-example", register.place, says)
    groups = {group.id for group in pack.trials.groups}
    for trial in pack.trials.trials:
        if groups and trial.group not in groups:
            yield Problem("trial-group", trial.place, f'{trial.key}: no group of trials is called "{trial.group}".')
        for number in trial.register_numbers:
            if numbers.register_of(number) is None:
                yield Problem("trial-number", trial.place, f"{trial.key}: {number} has no register's form.")


def _compare(pack: Pack) -> Iterator[Problem]:
    """What a record is held against has to be asked, and what is proposed has to be an answer."""
    plan = pack.compare
    if plan is None:
        return
    named = [(plan.answer, option) for option in plan.proposes.model_dump().values()]
    named += [(held.question, option) for held in plan.held for option in held.words]
    alone = (plan.number, plan.provider, plan.country, plan.payment, *(held.question for held in plan.held))
    for question_id in dict.fromkeys((*alone, plan.answer)):
        if question_id not in pack.questions:
            says = f'there is no question "{question_id}".{nearest(question_id, pack.questions)}'
            yield Problem("unknown-question", plan.place, says)
    for question_id, option in named:
        question = pack.questions.get(question_id)
        if question and question.option(option) is None:
            close = nearest(option, [o.id for o in question.options])
            yield Problem("unknown-option", plan.place, f'{question_id} has no answer "{option}".{close}')


_CHECKS = (
    *(_unique_ids, _references, _order, _facts, _questions),
    *(lint_results, _standing, _versions, _pages, _registers, _compare, lint_texts),
)
_DEEPER_CHECKS = (_examples, lint_rules, lint_glossary)
