"""What lint finds: one small pack in which all parts refer rightly, and ways to break it, for each problem."""

import re
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from app.guide import texts
from app.guide.errors import PackError, Problem
from app.guide.lint import lint
from app.guide.models import Place
from app.guide.pack import Pack, load_pack
from app.guide.trial_models import Held

from . import test_pack
from .packs import SAYS, tiny_pack
from .test_pack import spoil

GUIDE = Path(__file__).resolve().parents[2] / "app" / "guide"


def written(text: str) -> str:
    """Spells out what every question and every warning has to say."""
    words = "short: A, question: B, ask: C, clear: D, vague: E, who: F, why: {text: G, basis: guide}"
    return text.replace("WORDS", words).replace("WARNS", "reads: warning, says: {text: H, facts: [a_fact]}")


# Each block that a problem can be about begins a line of its own.
OFFER = written("""questions:
  - {id: offer.status, kind: one, core: true, WORDS, options: [
      {id: trial, label: A},
      {id: care, label: B},
      {id: sold, label: C, WARNS}]}
  - {id: offer.papers, kind: one, WORDS, asked_when: {offer.status: [trial]}, options: [
      {id: shown, label: A},
      {id: told, label: B, reads: open},
      {id: refused, label: C, WARNS}]}
  - {id: offer.goal, kind: one, WORDS, options: [{id: replace, label: A}, {id: support, label: B}]}
  - {id: offer.number, kind: register_number, WORDS, options: [{id: given, label: A}, {id: refused, label: B, WARNS}]}
  - {id: offer.product, kind: one, WORDS, options: [{id: alpha, label: A}, {id: beta, label: B}]}
  - {id: offer.country, kind: country, WORDS}
  - {id: offer.name, kind: text, WORDS}
  - {id: offer.points, kind: scale_each, WORDS, scale: [{id: clear, label: A}, {id: partly, label: B}],
     ask_about: [partly], options: [{id: goal, label: A}],
     caution_at: {value: partly, count: 1, says:
       {text: H, facts: [a_fact]}}}
  - {id: offer.heard, kind: many, at_most: 2, WORDS, options: [
      {id: approved, label: A},
      {id: cure, label: B, WARNS},
      {id: none, label: C, alone: true}]}
""")
YOU = written("questions: [{id: you.wishes, kind: many, standing: false, WORDS, options: [{id: sleep, label: A}]}]")
RULES = """must_answer: [offer.heard]
contradictions:
  - {id: care_that_replaces, all: [{offer.goal: [replace]}, {offer.status: [care]}], says: {text: A, facts: [a_fact]}}
  - {id: product_elsewhere, all: [{offer.product: [alpha]}], any: [{offer.country: {not_in: [JP]}}],
     says: {text: A, basis: guide}}
results:
  - {id: warning_sign, title: A, meaning: B, person: [], physician: []}
  - {id: not_settled, title: A, meaning: B, person: [], physician: []}
  - {id: supportive_care, title: A, meaning: B, person: [], physician: [], variants: [
      {id: care, title: A, aim: offer.status, needs: [
        {when: {offer.status: [care]}, says: A},
        {when: {offer.country: answered}, says: B}]}]}
  - {id: regulated_trial, title: A, meaning: B, person: [{text: A, facts: [a_fact]}], physician: [], variants: [
      {id: trial, title: A, aim: offer.status, needs: [
        {when: {offer.status: [trial]}, says: A},
        {when: {offer.papers: [shown]}, says: B},
        {when: {offer.number: [given]}, says: C}],
       titles: [
        {when: {offer.goal: [replace]}, title: A}]}]}
never:
  - {id: no_support_that_replaces, result: supportive_care, when: {offer.goal: [replace]}, says: A}
"""
PRODUCT = {
    **{"id": "alpha", "question": "offer.product", "names": ["A"], "kind": "full"},
    **{"since": "2026-03-06", "covers": {"offer.country": ["JP"]}, "fact": "a_fact"},
}
REGISTERS = r"registers: [{id: nct, name: A, pattern: 'NCT\d{8}', example: NCT01234567, look_up: B}]"
TRIALS = """checked_on: 2026-11-23
trials: [{key: one, group: replacement, title: A, register_numbers: [NCT01234567]}]
"""
ABOUT = """{id: about, title: A, summary: B, blocks: [
  {heading: A},
  {text: B, facts: [a_fact], links: [
    {part: trials, label: C}]}]}
"""
GLOSSARY = """terms: [
  {id: why, term: A, forms: [G], text: B, facts: [a_fact]}]
everyday: [FBI]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sections = [{"id": s, "title": s, "intro": "A", "scope": p} for s, p in (("offer", "offer"), ("you", "person"))]
    plan = {"name": "offer.name", "hopes": {"question": "you.wishes", "looked_at": ["sleep"], "beyond": SAYS}}
    cover = {"first": ["offer.status"], "sections": sections, "summary": plan}
    evidence = {"authorised_products": [PRODUCT]}
    files = {"offer": OFFER, "you": YOU, "registers": REGISTERS, "trials": TRIALS, "about": ABOUT, "glossary": GLOSSARY}
    folder = tiny_pack(tmp_path, pack=cover, evidence=evidence, **files)
    spoil(folder, "rules.yaml", RULES.encode())
    return folder


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(PackError) as caught:
        lint(load_pack(folder))
    return caught.value.problems


class Case(NamedTuple):
    """A problem, the file and the text to replace in it, and what is said. The problem stands where the text was
    replaced, or in the line that `at` first stands in."""

    problem: str
    file: str
    old: str
    new: str
    says: str
    at: str = ""


def table(rows: str) -> list[Case]:
    """Cases from lines of fields; "~" in the new text stands for the old one."""
    joined = rows.replace(" \\\n", " ")  # a row may go on in the next line
    cases = (Case(*(field.strip().replace("\\n", "\n") for field in row.split(" | "))) for row in joined.splitlines())
    return [
        c._replace(file=f"{c.file}.yaml", old=written(c.old), new=written(c.new).replace("~", c.old)) for c in cases
    ]


CASES = table("""\
duplicate-id | offer | id: trial | id: care | the answer of offer.status "care" stands 2 times
duplicate-id | offer | offer.product | offer.goal | the question "offer.goal" stands 2 times
duplicate-id | rules | {id: trial | {id: care | the variant "care" stands 2 times
duplicate-id | rules | product_elsewhere | care_that_replaces | "care_that_replaces" stands 2 times
unknown-question | offer | {offer.status: [ | {offer.staus: [ | Did you mean "offer.status"?
unknown-question | pack | - offer.status | - offer.staus | no question "offer.staus" | id: tiny
unknown-question | pack | name: offer.name | name: offer.nam | no question "offer.nam"
unknown-question | pack | name: offer.name | ~\\n  side_by_side: [you.wish] | no question "you.wish"
unknown-question | rules | [offer.heard] | [offer.herd] | Did you mean "offer.heard"?
unknown-question | rules | [{offer.product: | [{offer.prod: | no question "offer.prod"
unknown-question | rules | {offer.papers: | {offer.paper: | no question "offer.paper"
unknown-question | evidence | question: offer.product | question: offer.prod | no question "offer.prod" | id: alpha
unknown-option | offer | [trial]} | [trail]} | offer.status has no answer "trail". Did you mean "trial"?
unknown-option | offer | ask_about: [partly | ask_about: [part | names a point in ask_about | offer.points
unknown-option | pack | - sleep | - sleet | you.wishes has no answer "sleet" | question: you.wishes
unknown-option | evidence | - JP | - JPN | offer.country has no answer "JPN" | id: alpha
unknown-option | rules | {offer.papers: [shown]} | {offer.papers: [unsure]} | has no answer "unsure"
unknown-option | rules | {not_in: [JP] | {not_in: [JPN] | offer.country has no answer "JPN"
unknown-option | rules | {offer.goal: [replace]}, title | {offer.goal: [re]}, title | Did you mean "replace"?
unknown-option | rules | when: {offer.goal: [replace]}, says | unless: {offer.goal: [x]}, says | has no answer "x"
personal-rule | rules | {offer.product: [alpha]} | {you.wishes: answered} | you.wishes is about a person
personal-rule | rules | {offer.papers: [shown]} | {you.wishes: [sleep]} | rules look at the offer alone
cycle | offer | {offer.status: [trial]} | {offer.papers: [shown]} | offer.papers and offer.papers each wait
asked-too-early | offer | {offer.status: [trial]} | {offer.goal: [replace]} | which comes only later
first-conditional | pack | - offer.status | - offer.papers | offer.papers is not always asked | id: tiny
unknown-fact | offer | facts: [a_fact] | facts: [afact] | no fact "afact". Did you mean "a_fact"?
unknown-fact | offer | {text: H, facts: [a_fact]}}} | {text: H, facts: [b]}}} | no fact "b"
unknown-fact | rules | {text: A, facts: [a_fact]}], physician | {text: A, facts: [b]}], physician | no fact "b"
unknown-fact | pages/about | a_fact | b_fact | no fact "b_fact". Did you mean "a_fact"?
unknown-fact | evidence | fact: a_fact | fact: b_fact | no fact "b_fact" | id: alpha
uncited | pack | basis: guide | basis: facts | this cites no fact | text: We judge
uncited | offer | , basis: guide |  | this cites no fact; cite one, or mark it `basis: guide`
uncited | pages/about | , facts: [a_fact] |  | this cites no fact
uncited | glossary | , facts: [a_fact] |  | this cites no fact
unknown-fact | glossary | a_fact | b_fact | no fact "b_fact"
unused-term | glossary | [G] | [Gs] | the term "why" stands in no question and on no page
unexplained | pages/about | summary: B | summary: The FBI sees an IND | about says "IND"
duplicate-id | glossary | terms: [ | terms: [{id: why, term: A, forms: [B], text: B, facts: [a_fact]}, | the term
unknown-product | evidence | id: alpha | id: gamma | offer.product has no answer "gamma"
no-options | you | [{id: sleep, label: A}] | [] | you.wishes has nothing to choose from
no-mild-answer | offer | {id: shown | ~, reads: open | offer.papers has no answer that neither warns | offer.papers
scale | offer | {id: offer.goal, kind: one | ~, scale: [{id: a, label: A}] | offer.goal has a scale only if
only-for-many | offer | {id: offer.goal, kind: one | ~, at_most: 2 | offer.goal uses at_most or ask_unticked
only-for-many | offer | id: care | ~, alone: true | offer.status=care excludes the others
no-ask | offer | ask: C, |  | offer.status has no words for asking it
option-unreachable | offer | id: beta | id: unsure | has the name of a standing answer
many-reading | offer | id: approved | ~, reads: open | on a question of kind many only standing answers can
no-reason | offer | id: care | ~, reads: caution | offer.status=care has no `says`
missing-result | rules | {id: not_settled | {id: warning_sign | the result "not_settled" has no words | must
aim-not-a-need | rules | care, title: A, aim: offer.status | care, title: A, aim: offer.goal | is no need of it
product-cover | rules | {offer.papers: [shown]} | {offer.product: [alpha]} | takes alpha for more | {id: trial, title
version | pack | version: 1.0.0\\ntitle | version: 1.0.1\\ntitle | newest of its changes is of "1.0.0" | id: tiny
need-twice | rules | {offer.country: answered} | {offer.status: [care]} | needs offer.status twice | {id: care,
need-never-met | rules | {offer.papers: [shown]} | {offer.papers: [told, refused]} | no answer to offer.papers
never-asked | offer | offer.goal, | ~ asked_when: {offer.papers: [told]}, | offer.goal is never asked: no clear answer
rule-shadowed | rules | all: [{offer.product: [alpha]}] | all: [{offer.papers: [refused]}] | offer.papers already warns
rule-shadowed | rules | [{offer.product: [alpha]}] | [{offer.goal: [replace]}, {offer.status: [care]}] | covers it
register-pattern | registers | NCT\\d{8} | NCT( | nct: not a pattern: missing )
register-example | registers | example: NCT01234567 | example: NCT0123456 | "NCT0123456" is not recognised as its own
register-pattern | registers | NCT\\d{8} | NCT(?=.)\\d{8} | nct: "=.)\\d{8}" is more than this guide can read
trial-group | trials | trials: [ | groups: [{id: b, title: A, says: A}]\\ntrials: [ \\
| no group of trials is called | key: one
trial-number | trials | [NCT01234567] | [NCT0123456] | one: NCT0123456 has no register's form
no-options | offer | name, kind: text | name, kind: register_number, options: [{id: later, label: A}] | "given"
unknown-option | offer | value: partly | value: part | ask_about or caution_at | id: offer.points
duplicate-id | offer | {id: partly, label: B} | ~, {id: partly, label: C} | the point of the scale
rule-on-text | rules | [offer.heard] | [offer.heard, offer.name] | of kind text
rule-on-text | rules | {offer.papers: [shown]} | {offer.points: answered} | of kind scale_each
promise | rules | , when: {offer.goal: [replace]}, says | , says | takes one of
promise | rules | supportive_care, when | supportive_care, variants: [car], when | names variants
duplicate-id | rules | results: | ~\\n  - {id: not_settled, title: A, meaning: B, person: [], physician: []} \\
| the result | id: not_settled, title: A, meaning: B, person: []
duplicate-id | registers | [{id: nct | [{id: nct, name: A, pattern: B, example: B, look_up: C}, {id: nct | the register
duplicate-id | pack | id: unsure | id: not_asked | the standing answer
yields-not-open | pack | reads: vague | ~\\n  yields: true | a warning could be lost | id: no_clear_answer
page-name | pages/about | id: about | id: abuot | calls itself "abuot"
link | pages/about | {part: trials, | {part: trials, page: a, | to one page, or to one part
link | pages/about | {part: trials, | { | to one page, or to one part
unknown-page | pages/about | part: trials | page: trials | there is no page "trials"
unknown-picture | pages/about | heading: A | heading: A, picture: waves | no picture "waves". Did you mean "ways"
example | examples | [] | [{id: a, title: A, intro: B, result: warning_sign, answers: {offer.x: a}}] \\
| no question "offer.x"
curly-quotes | offer | id: care, label: B | id: care, label: \u201cB\u201d | use straight quotes, near "\u201cB\u201d"
long-dash | pages/about | heading: A | heading: A \u2014 b | use a comma, a colon or a new sentence
stray-space | rules | {offer.country: answered}, says: B | ~  b | a space too many, or one that cannot be seen
never-say | offer | label: B, reads: open | label: Anonymously, reads: open | say "we do not ask who you are"
""")


def case_id(case: Case) -> str:
    return f"{case.problem or case.says} in {case.file}"


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_a_problem_is_named_with_its_file_and_line(case: Case, folder: Path) -> None:
    before = (folder / case.file).read_text(encoding="utf-8")
    spoil(folder, case.file, (case.old, case.new))
    after = (folder / case.file).read_text(encoding="utf-8")
    line = after[: after.index(case.at) if case.at else before.index(case.old)].count("\n") + 1
    found = problems_of(folder)
    here = [p.says for p in found if (p.id, p.place) == (case.problem, Place(case.file, line))]
    assert any(case.says in says for says in here), found


def test_the_pack_that_is_broken_here_is_whole(folder: Path) -> None:
    lint(load_pack(folder))


def test_two_questions_that_wait_for_each_other_are_a_cycle(folder: Path) -> None:
    spoil(folder, "offer.yaml", ("{offer.status: [trial]}", "{offer.goal: [replace]}"))
    spoil(folder, "offer.yaml", ("{id: offer.goal, ", "{id: offer.goal, asked_when: {offer.papers: [shown]}, "))
    found = {p.place.line for p in problems_of(folder) if p.id == "cycle"}
    assert found == {6, 10}


def test_problems_of_all_files_are_named_at_once(folder: Path) -> None:
    broken = {case.file: case for case in CASES if case.problem in ("unknown-question", "unknown-fact", "trial-number")}
    for case in broken.values():
        spoil(folder, case.file, (case.old, case.new))
    found = problems_of(folder)
    assert {p.place.file for p in found} == set(broken)
    assert found == sorted(found, key=lambda p: p.place)


def test_what_a_record_is_held_against_has_to_be_asked(pack: Pack) -> None:
    assert pack.compare is not None
    wrong = {"country": "offer.land", "cells": Held(question="cells.kind", words={"exosome": ("exosome",)})}
    proposes = pack.compare.proposes.model_copy(update={"detail": "mostly"})
    broken = replace(pack, compare=pack.compare.model_copy(update={**wrong, "proposes": proposes}))
    with pytest.raises(PackError) as caught:
        lint(broken)
    assert {p.id for p in caught.value.problems} == {"unknown-question", "unknown-option"}
    assert {p.place.file for p in caught.value.problems} == {"registers.yaml"}
    says = " ".join(p.says for p in caught.value.problems)
    for named in ('"offer.land"', '"exosome". Did you mean "exosomes"', '"mostly"'):
        assert named in says


def test_every_problem_that_the_guide_names_has_a_case() -> None:
    files = (GUIDE / f"{name}.py" for name in ("lint", "lint_rules", "texts", "pack", "yaml_source"))
    code = "".join(file.read_text(encoding="utf-8") for file in files)
    named = set(re.findall(r'(?:Problem\(|yield )\s*"([a-z0-9-]+)"', code))
    named |= {problem for _, problem, _ in texts.TRAPS}
    assert {"wrong-form", "cycle", "no-options", "long-dash"} <= named
    shown = {case.problem for case in (*CASES, *test_pack.CASES.values())}
    # A grade needs a hard text, and its own command: test_texts is about it.
    assert named - shown == {"reading-grade"}
