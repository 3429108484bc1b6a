"""The pack in questions/parkinsons has the vocabulary and the rules of the outline, written out in `outline`.

Adding questions and options is welcome; renaming, dropping or reading one differently is not.
"""

import re
from typing import NamedTuple

import pytest

from app.guide.models import Condition, NotIn, Test
from app.guide.pack import Pack

from .outline import CONTRADICTIONS, NEEDS, QUESTIONS

STANDING_KINDS = ("one", "many", "country", "register_number")
# One condition as plain data: the question, whether it is "in", "not in" or "answered", and the answers named.
Plain = tuple[str, str, frozenset[str]]


class Line(NamedTuple):
    """One question of the outline."""

    id: str
    core: bool
    standing: bool
    kind: str
    options: dict[str, str]
    asked_when: set[Plain]


def read_line(text: str) -> Line:
    what, _, when = text.partition(" | ")
    name, *words = what.split()
    marks, words = [w for w in words if w in "*-"], [w for w in words if w not in "*-"]
    options = {option: reads or "neutral" for option, _, reads in (word.partition(":") for word in words[1:])}
    # "Every question about an offer of kind one, many, country or register_number also takes the three below"
    takes = words[0] in STANDING_KINDS and "-" not in marks and not name.startswith("you.")
    return Line(name, "*" in marks, takes, words[0], options, {read_test(when)} if when else set())


def read_test(text: str) -> Plain:
    question, *words = text.split()
    if words == ["answered"]:
        return question, "answered", frozenset()
    return (question, "not in", frozenset(words[1:])) if words[0] == "!" else (question, "in", frozenset(words))


LINES = [read_line(" ".join(entry.split())) for entry in re.split(r"\n(?! )", QUESTIONS.strip())]


def plain(condition: Condition) -> set[Plain]:
    return {plain_test(question, test) for question, test in condition.items()}


def plain_test(question: str, test: Test) -> Plain:
    if test == "answered":
        return question, "answered", frozenset()
    if isinstance(test, NotIn):
        return question, "not in", frozenset(test.not_in)
    return question, "in", frozenset(test)


def test_the_table_is_whole() -> None:
    # Counted in the outline by hand, so that a slip in reading the table does not shrink it unseen.
    assert len(LINES) == 56
    assert sum(line.core for line in LINES) == 14
    assert len(CONTRADICTIONS) == 7
    assert [len(needs.strip().split("\n")) for needs in NEEDS.values()] == [13, 8, 9, 18]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.id)
def test_a_question_is_as_in_the_outline(pack: Pack, line: Line) -> None:
    question = pack.questions[line.id]
    assert question.kind == line.kind
    assert question.core == line.core
    assert (question.takes_standing and line.id not in pack.personal) == line.standing
    assert plain(question.asked_when) == line.asked_when
    reads: dict[str, str] = {option.id: option.reads for option in question.options}
    assert {option: reads.get(option) for option in line.options} == line.options


def test_questions_come_in_the_outlines_sections(pack: Pack) -> None:
    sections = ["offer", "cells", "where", "why", "trial", "safety", "claims", "visit", "you"]
    assert [section.id for section in pack.cover.sections] == sections
    for line in LINES:
        # What an offer outside a trial is asked has ids of its own, in the section on trials.
        section = line.id.split(".")[0].replace("support", "trial")
        assert pack.section_of[line.id].id == section
    assert pack.personal == {q for q in pack.questions if q.startswith("you.")}


def test_standing_answers_read_as_in_the_outline(pack: Pack) -> None:
    assert {s.id: s.reads for s in pack.cover.standing} == {
        "not_asked": "open",
        "unsure": "open",
        "no_clear_answer": "vague",
    }


def test_names_are_required_and_notes_optional(pack: Pack) -> None:
    assert pack.questions["offer.name"].required
    for question in ("offer.provider", "offer.visit_date", "visit.notes", "you.own_questions"):
        assert pack.questions[question].optional


def test_scales_are_as_in_the_outline(pack: Pack) -> None:
    scales = {q.id: [point.id for point in q.scale] for q in pack.questions.values() if q.scale}
    assert scales["visit.clear"] == ["clear", "partly", "not_clear"]
    assert scales["you.matters"] == ["1", "2", "3", "4", "5"]
    assert scales["you.ready"] == ["yes", "not_yet"]
    two = pack.questions["visit.clear"].caution_at
    assert two is not None
    assert (two.value, two.count) == ("not_clear", 2)
    assert "not_clear" in pack.questions["visit.clear"].ask_about
    assert pack.questions["you.priorities"].at_most == 3
    assert pack.questions["trial.explained"].ask_unticked


def test_none_of_these_stands_alone(pack: Pack) -> None:
    option = pack.questions["claims.heard"].option("none_of_these")
    assert option is not None
    assert option.alone


def test_the_contradictions_are_those_of_the_outline(pack: Pack) -> None:
    assert {c.id for c in pack.rules.contradictions} == set(CONTRADICTIONS)


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_as_in_the_outline(pack: Pack, name: str) -> None:
    found = next(c for c in pack.rules.contradictions if c.id == name)
    lines = [line.strip() for line in CONTRADICTIONS[name].strip().split("\n")]
    either = [read_test(line.removeprefix("any ")) for line in lines if line.startswith("any ")]
    every = [read_test(line) for line in lines if not line.startswith("any ")]
    # Conditions of one question each, in whatever order; inside one, all have to hold.
    assert all(len(c) == 1 for c in found.any)
    assert sorted(test for c in found.all for test in plain(c)) == sorted(every)
    assert sorted(test for c in found.any for test in plain(c)) == sorted(either)


def test_the_results_and_variants_are_those_of_the_outline(pack: Pack) -> None:
    assert set(pack.results) == {"regulated_trial", "supportive_care", "warning_sign", "not_settled"}
    assert {(result.id, variant.id) for result, variant in pack.variants} == set(NEEDS)
    assert pack.rules.must_answer == ("claims.heard",)


@pytest.mark.parametrize("name", NEEDS, ids=lambda name: name[1])
def test_the_needs_of_a_variant_are_those_of_the_outline(pack: Pack, name: tuple[str, str]) -> None:
    found = next(variant for result, variant in pack.variants if (result.id, variant.id) == name)
    wanted = [read_test(line) for line in NEEDS[name].strip().split("\n")]
    assert sorted(plain_test(need.question, need.test) for need in found.needs) == sorted(wanted)


def test_a_trial_is_titled_by_its_goal(pack: Pack) -> None:
    trial = next(variant for _, variant in pack.variants if variant.id == "trial")
    titles = {title.title: plain(title.when) for title in trial.titles}
    replace = {("why.goal", "in", frozenset({"replace_dopamine_neurons"}))}
    support = {("why.goal", "in", frozenset({"support_only", "slow_the_disease"}))}
    assert list(titles.values()) == [replace, support]
    assert ["replacement" in title for title in titles] == [True, False]
