"""A record beside what was told: each line with its reason, and a proposal that fails towards caution."""

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from local_register import made_up

from app.guide.answers import Answer
from app.guide.numbers import Numbers
from app.guide.pack import Pack
from app.guide.sort import Sorter
from app.guide.trial_models import Compare
from app.registers.compare import Proposal, compare, propose
from app.registers.known import KnownTrials, record_of
from app.registers.lines import Case, Line, Source
from app.registers.record import Record, read_record

TODAY = date(2026, 11, 23)
# Somebody who was told just what the made-up record says.
TOLD: dict[str, Answer] = {
    "offer.provider": "Alder Hill Hospital",
    "offer.country": "US",
    "cells.kind": "dopamine_cells_from_ips",
    "cells.source": "donor",
    "where.delivery": "brain_surgery",
    "trial.status": "regulated_trial",
    "trial.number": "NCT01112223",
    "trial.sponsor": "company_developing_the_product",
    "trial.phase": "phase_1_2",
    "trial.control": "explained",
    "trial.safety_board": "has_board",
    "trial.authority": "shown",
    "trial.payment": "nothing",
}
MODULES = sorted(made_up()["protocolSection"])
MAIN = ["number", "illness", "cells", "sponsor", "clinic", "country", "status"]


class Desk:
    """Holds records beside answers."""

    def __init__(self, sorter: Sorter) -> None:
        assert sorter.pack.compare is not None
        self.plan: Compare = sorter.pack.compare
        self.vocabulary = sorter.vocabulary

    def lines(self, told: dict[str, Answer], record: Record, *, is_copy: bool = False) -> dict[str, Line]:
        source = Source(TODAY, is_copy=is_copy)
        found = compare(Case(self.plan, self.vocabulary, self.vocabulary.checked(told), record, source))
        assert [line.id for line in found if line.main] == MAIN
        return {line.id: line for line in found}

    def proposal(self, told: dict[str, Answer], record: Record, *, is_copy: bool = False) -> Proposal:
        return propose(self.plan, list(self.lines(told, record, is_copy=is_copy).values()))


@pytest.fixture(scope="module")
def desk(sorter: Sorter) -> Desk:
    return Desk(sorter)


def test_all_that_was_told_stands_in_the_record(desk: Desk) -> None:
    lines = desk.lines(TOLD, read_record(made_up()))
    assert {i for i, line in lines.items() if line.verdict == "differs"} == set()
    assert {i for i, line in lines.items() if line.verdict == "unclear"} == {"people", "dates", "payment"}
    assert desk.proposal(TOLD, read_record(made_up())).answer == "matches"
    for line in lines.values():
        assert line.told
        assert line.says
        assert line.why.endswith(".")


# The line, what is changed in the record or in what was told, and what it comes to.
CASES: list[tuple[str, dict[str, Any], dict[str, Answer], str, str]] = [
    ("number", {"identification": {"nctId": "NCT09998887"}}, {}, "differs", "another number"),
    ("number", {"identification": {"nctId": None}}, {}, "unclear", "no number"),
    (
        "number",
        {"identification": {"nctId": "NCT09998887", "nctIdAliases": ["NCT01112223"]}},
        {},
        "agrees",
        "older number of this same record. Today it is listed as NCT09998887",
    ),
    ("illness", {"conditions": {"conditions": ["Stroke"]}, "identification": {"briefTitle": "A"}}, {}, "differs", ""),
    ("illness", {"conditions": {"conditions": ["Brain Diseases"]}}, {}, "unclear", "The title names"),
    ("illness", {"conditions": {"conditions": ["Parkinson's Disease", "COPD"]}}, {}, "agrees", "other illnesses too"),
    ("illness", {"conditions": None}, {}, "unclear", "cannot speak"),
    (
        "illness",
        {"conditions": {"conditions": ["Wolff-Parkinson-White Syndrome"]}, "identification": {"briefTitle": "Hearts"}},
        {},
        "differs",
        "does not name",
    ),
    ("cells", {}, {"cells.kind": "mesenchymal"}, "differs", "something else: dopamine cells (iPS)"),
    ("cells", {}, {"cells.kind": "just_stem_cells"}, "unclear", "too general"),
    ("cells", {}, {"cells.kind": "not_asked"}, "unclear", "not been told"),
    ("cells", {"armsInterventions": None}, {}, "unclear", "cannot be held"),
    ("cells", {"armsInterventions": {"interventions": [{"name": "BRK-01"}]}}, {}, "unclear", "did not find words"),
    (
        "cells",
        {"armsInterventions": {"interventions": [{"name": "Exosomes", "description": "from umbilical cord MSC"}]}},
        {"cells.kind": "mesenchymal"},
        "unclear",
        "more than one kind: MSC, lab-grown, exosomes",
    ),
    ("sponsor", {}, {"trial.sponsor": "university_or_hospital"}, "differs", "another kind of body"),
    ("sponsor", {}, {"trial.sponsor": "the_clinic_itself"}, "differs", 'not "Alder Hill Hospital"'),
    ("sponsor", {}, {"trial.sponsor": "not_asked"}, "unclear", "cannot tell"),
    (
        "sponsor",
        {},
        {"trial.sponsor": "the_clinic_itself", "offer.provider": "Brookfield Cell Works"},
        "agrees",
        "named as the sponsor",
    ),
    ("sponsor", {"sponsorCollaborators": None}, {}, "unclear", "who answers"),
    (
        "sponsor",
        {"sponsorCollaborators": {"leadSponsor": {"name": "Brook Foundation", "class": "OTHER"}}},
        {"trial.sponsor": "university_or_hospital"},
        "unclear",
        "cannot tell",
    ),
    (
        "sponsor",
        {"sponsorCollaborators": {"leadSponsor": {"name": "University of Brookfield", "class": "OTHER"}}},
        {"trial.sponsor": "university_or_hospital"},
        "agrees",
        "kind of sponsor",
    ),
    ("clinic", {}, {"offer.provider": "Sunshine Stem Cell Center"}, "unclear", "did not find this name"),
    ("clinic", {}, {"offer.provider": ""}, "unclear", "not been told"),
    ("clinic", {"contactsLocations": None}, {}, "unclear", "does not name the places"),
    ("country", {}, {"offer.country": "MX"}, "differs", "Mexico is not among"),
    ("country", {}, {"offer.country": "CA"}, "agrees", "Canada is among"),
    ("country", {"contactsLocations": None}, {}, "unclear", "does not name a country"),
    ("country", {"contactsLocations": {"locations": [{"country": "Atlantis"}]}}, {}, "unclear", "do not know all"),
    ("country", {}, {"offer.country": "unsure"}, "unclear", "not been told"),
    ("status", {"status": {"overallStatus": "COMPLETED"}}, {}, "differs", "does not take new people"),
    ("status", {"status": {"overallStatus": "UNKNOWN"}}, {}, "unclear", "two years"),
    ("status", {"status": {"lastUpdatePostDateStruct": {"date": "2024-01-01"}}}, {}, "unclear", "more than a year"),
    ("status", {"status": None}, {}, "unclear", "whether it takes people"),
    ("whose", {}, {"cells.source": "own"}, "differs", "something else: a donor's"),
    ("route", {}, {"where.delivery": "vein"}, "differs", "something else"),
    ("route", {}, {"where.delivery": "several_routes"}, "unclear", "too general"),
    ("study", {"design": {"studyType": "OBSERVATIONAL"}}, {}, "differs", "only watches"),
    ("study", {"design": None}, {}, "unclear", "cannot tell"),
    (
        "cells",
        {"armsInterventions": {"interventions": [{"name": "X", "description": "Grown in fetal bovine serum."}]}},
        {"cells.kind": "fetal_tissue"},
        "unclear",
        "did not find words",
    ),
    ("phase", {}, {"trial.phase": "phase_3"}, "differs", "Ask why"),
    ("phase", {"design": {"phases": ["NA"]}}, {}, "differs", "Ask why"),
    ("phase", {"design": None}, {}, "unclear", "not a no"),
    ("phase", {}, {"trial.phase": "no_phase_named"}, "unclear", "does not say which"),
    ("control", {}, {"trial.control": "none_and_said_why"}, "differs", "Ask why"),
    ("control", {"armsInterventions": None}, {}, "unclear", "not a no"),
    ("board", {}, {"trial.safety_board": "no_board"}, "differs", "Ask why"),
    ("board", {"oversight": {"oversightHasDmc": None}}, {}, "unclear", "not a no"),
    ("regulator", {"oversight": {"isFdaRegulatedDrug": False}}, {}, "differs", "Ask why"),
    ("regulator", {}, {"offer.country": "CA"}, "unclear", "nothing of the regulator of Canada"),
    ("regulator", {"oversight": None}, {}, "unclear", "not a no"),
    ("payment", {}, {}, "unclear", "in writing"),
]


@pytest.mark.parametrize(("line", "modules", "told", "verdict", "why"), CASES)
def test_a_line(
    line: str, modules: dict[str, Any], told: dict[str, Answer], verdict: str, why: str, desk: Desk
) -> None:
    found = desk.lines({**TOLD, **told}, read_record(made_up(**modules)))[line]
    assert found.verdict == verdict, found
    assert why in found.why


def test_what_the_sponsor_states_is_labelled_so(desk: Desk) -> None:
    lines = desk.lines(TOLD, read_record(made_up()))
    assert all("the sponsor's own statement" in lines[i].label for i in ("board", "regulator"))


def test_a_missing_field_is_said_to_be_missing(desk: Desk) -> None:
    lines = desk.lines(TOLD, Record())
    silent = {i for i, line in lines.items() if line.says == "The record does not say."}
    assert silent == set(lines) - {"payment"}
    assert {line.verdict for line in lines.values()} == {"unclear"}


def test_what_was_not_answered_leads_to_its_question(desk: Desk) -> None:
    lines = desk.lines({"trial.number": "NCT01112223"}, read_record(made_up()))
    asked = {line.question for line in lines.values() if line.question}
    assert asked == set(TOLD) - {"trial.status", "trial.number"}


# -- the proposal


@pytest.mark.parametrize(
    ("modules", "told", "answer", "because"),
    [
        ({"status": {"overallStatus": "TERMINATED"}}, {}, "does_not_match", {"status"}),
        ({}, {"offer.country": "MX", "cells.kind": "exosomes"}, "does_not_match", {"cells", "country"}),
        ({}, {"offer.provider": "Sunshine Center"}, "not_checked", {"clinic"}),
        ({}, {"trial.phase": "phase_3"}, "partly", {"phase"}),
        ({}, {"where.delivery": "vein", "cells.source": "own"}, "partly", {"whose", "route"}),
        # What is not clear weighs more than a detail, and what differs more than what is not clear.
        ({}, {"trial.phase": "phase_3", "offer.country": "unsure"}, "not_checked", {"country"}),
        ({}, {"offer.country": "MX", "cells.kind": "unsure"}, "does_not_match", {"country"}),
    ],
)
def test_what_is_proposed(
    modules: dict[str, Any], told: dict[str, Answer], answer: str, because: set[str], desk: Desk
) -> None:
    found = desk.proposal({**TOLD, **told}, read_record(made_up(**modules)))
    assert found.answer == answer
    assert {line.id for line in found.lines} == because


def test_it_matches_only_when_every_main_line_agrees_and_nothing_differs(desk: Desk) -> None:
    """Over all ways in which lines can stand."""
    lines = list(desk.lines(TOLD, read_record(made_up())).values())
    main, detail = [line for line in lines if line.main], [line for line in lines if not line.main][:2]
    verdicts: tuple[Any, ...] = ("agrees", "differs", "unclear")
    for stand in itertools.product(verdicts, repeat=len(main) + len(detail)):
        turned = [
            Line(line.id, line.label, "", "", verdict, "", line.main)
            for line, verdict in zip([*main, *detail], stand, strict=True)
        ]
        found = propose(desk.plan, turned).answer
        on_main = set(stand[: len(main)])
        if "differs" in on_main:
            assert found == "does_not_match"
        elif "unclear" in on_main:
            assert found == "not_checked"
        else:
            assert found == ("partly" if "differs" in stand else "matches")


def test_no_lines_are_no_match(desk: Desk) -> None:
    assert propose(desk.plan, []).answer == "not_checked"


@given(
    untold=st.sets(st.sampled_from(sorted(TOLD))),
    missing=st.sets(st.sampled_from(sorted(made_up()["protocolSection"]))),
)
def test_leaving_out_never_makes_it_match(desk: Desk, untold: set[str], missing: set[str]) -> None:
    told = {q: a for q, a in TOLD.items() if q not in untold or q == "trial.number"}
    record = read_record(made_up(**{name.removesuffix("Module"): None for name in missing}))
    needed = {"offer.provider", "offer.country", "cells.kind"}
    modules = {
        "identification",
        "conditions",
        "armsInterventions",
        "sponsorCollaborators",
        "contactsLocations",
        "status",
    }
    if untold & needed or {f"{m}Module" for m in modules} & missing:
        assert desk.proposal(told, record).answer in ("not_checked", "does_not_match")


# -- our copy


def test_our_copy_never_matches_by_itself(pack: Pack, desk: Desk) -> None:
    known = KnownTrials(pack.trials, Numbers(pack.registers))
    for one in known.all:
        for link in one.links:
            told = {**TOLD, "trial.number": link.number, "offer.provider": one.trial.sponsor or "X"}
            record = record_of(one, link.number, desk.plan.illness.told, desk.plan.illness.words)
            assert desk.proposal(told, record, is_copy=True).answer in ("not_checked", "does_not_match"), one.title
            lines = desk.lines(told, record, is_copy=True)
            assert lines["number"].verdict == "agrees"
            # A listing that is there as an example is about an illness only if its title says so.
            other = one.trial.group == "listing_example" and "parkinson" not in " ".join(one.trial.title).lower()
            assert lines["illness"].verdict == ("unclear" if other else "agrees"), one.title
            assert "Our copy does not say." in {line.says for line in lines.values()}


def test_our_copy_is_compared_as_far_as_it_goes(pack: Pack, desk: Desk) -> None:
    one = KnownTrials(pack.trials, Numbers(pack.registers)).with_number("NCT06344026")
    assert one is not None
    record = record_of(one, "NCT06344026", desk.plan.illness.told, desk.plan.illness.words)
    told = {**TOLD, "trial.number": "NCT06344026", "cells.source": "own", "trial.phase": "phase_1"}
    lines = desk.lines(told, record, is_copy=True)
    for agreeing in ("cells", "whose", "country", "phase"):
        assert lines[agreeing].verdict == "agrees", lines[agreeing]
    assert lines["control"].verdict == "differs"
    # A country that our copy lacks may still be in the register.
    assert desk.lines({**told, "offer.country": "MX"}, record, is_copy=True)["country"].verdict == "unclear"
