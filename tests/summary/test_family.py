"""What a sheet says of the people behind it, from preparations that several people filled in."""

from typing import Any

import pytest
from house import House, long_name

from app.guide.pack import Pack
from app.summary.family import Family, _and

from .conftest import MakeHouse, MakeSheet

WARNS: dict[str, Any] = {"offer.name": "New neurons", "trial.status": "treatment", "cells.kind": "just_stem_cells"}


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """Tom with Parkinson's, who began, and Ana."""
    house = make_house("Tom")
    house.invite("Ana")
    return house


# -- who answered


def test_whoever_answered_is_named(house: House) -> None:
    house.say("Tom", WARNS)
    assert house.sheet().family.answered_by == "Tom"
    house.say("Ana", {"offer.country": "MX"})
    assert house.sheet().family.answered_by == "Tom and Ana"
    assert house.sheet().family.by("offer.country") == "Ana"
    assert house.sheet().family.by("cells.kind") == "Tom"


def test_the_person_stands_first_and_is_whose_answers_about_themselves_are_shown(house: House) -> None:
    house.say("Ana", WARNS)
    house.say("Tom", {"you.priorities": ["tremor"]})
    sheet = house.sheet()
    assert sheet.family.answering == ["Tom", "Ana"]
    assert {row.by for section, rows in sheet.sections for row in rows if section.scope == "person"} == {"Tom"}


def test_whose_answer_does_not_count_answered_too(house: House) -> None:
    house.say("Tom", WARNS)
    house.say("Ana", {"cells.kind": "mesenchymal"})
    assert house.sheet().family.answering == ["Tom", "Ana"]


def test_whose_answer_somebody_settled_on_answered_too(house: House) -> None:
    house.say("Tom", WARNS)
    house.say("Ana", {"cells.kind": "mesenchymal"})
    last = house.store.read(house.keys["Tom"]).last
    house.store.settle(house.keys["Tom"], 1, "cells.kind", "mesenchymal", last)
    family = house.sheet().family
    assert family.differing == []
    assert family.answering == ["Tom", "Ana"]
    # Settled on his own, nobody else is behind it.
    house.store.settle(house.keys["Tom"], 1, "cells.kind", "just_stem_cells", last + 1)
    assert house.sheet().family.answering == ["Tom"]


def test_of_many_names_as_many_stand_as_there_is_room_for(make_house: MakeHouse) -> None:
    assert _and(["Tom"], 40, "others") == "Tom"
    assert _and(["Tom", "Ana", "Bea"], 40, "others") == "Tom, Ana and Bea"
    assert _and(["Tom", "A" * 38, "B" * 38], 40, "others") == "Tom and 2 others"
    assert _and(["Tom", "A" * 38], 40, "others") == "Tom and 1 other"
    assert _and(["T" * 60], 40, "others") == _and([], 40, "others") == ""
    house = make_house(long_name("Tom"))
    house.invite(long_name("Ana"))
    assert house.sheet().family.answered_by == ""
    house.say(long_name("Tom"), WARNS)
    assert house.sheet().family.answered_by == "one person"
    house.say(long_name("Ana"), {"offer.country": "MX"})
    assert house.sheet().family.answered_by == "2 people"


def test_somebody_without_a_name_is_named_inside_a_sentence(make_house: MakeHouse) -> None:
    house = make_house("")
    house.invite("Ana")
    house.say("", WARNS)
    house.say("Ana", {"offer.country": "MX"})
    assert house.sheet().family.answered_by == "the person with Parkinson's and Ana"


def test_where_one_person_prepares_nobody_is_named(make_house: MakeHouse) -> None:
    house = make_house("Tom")
    house.say("Tom", {**WARNS, "you.priorities": ["tremor"]})
    house.note("Tom", "cells.kind", "Ask slowly.")
    family = house.sheet().family
    assert (family.together, family.answering, family.differing, family.side_by_side) == (False, [], [], [])
    assert [note.text for note in family.notes("cells.kind")] == ["Ask slowly."]


# -- where they differ


def test_each_answer_stands_with_its_name_and_the_more_careful_one_counts(house: House) -> None:
    house.say("Tom", {**WARNS, "cells.kind": "mesenchymal"})
    house.say("Ana", {"cells.kind": "just_stem_cells"})
    sheet = house.sheet()
    (differing,) = sheet.family.differing
    assert [(said.name, said.counts) for said in differing.said] == [("Ana", True), ("Tom", False)]
    assert differing.said[0].words == tuple(sheet.words("cells.kind"))
    assert sheet.family.differ_on == "kind of cells"


def test_questions_that_decide_are_named_first_and_the_rest_is_counted(house: House, pack: Pack) -> None:
    two = {q.id: [o.id for o in q.options][:2] for q in pack.questions.values() if q.kind == "one"}
    offer = [q for q in house.walker.order if q in two and q != "trial.status"]
    house.say("Tom", {"trial.status": "treatment", **{q: two[q][0] for q in offer}, **WARNS})
    house.say("Ana", {**{q: two[q][1] for q in offer}, "cells.kind": "mesenchymal"})
    family = house.sheet().family
    behind = {q for reason in house.sheet().against for q in house.sheet().questions_behind(reason)}
    first = [d.question for d in family.differing if d.question.id in behind]
    assert family.differ_on.startswith(first[0].short[:1].lower() + first[0].short[1:])
    named, _, more = family.differ_on.rpartition(" and ")
    assert more == f"{len(family.differing) - len(named.split(', '))} more"
    assert len(family.differ_on) < 80


def test_what_is_set_aside_is_not_argued_about(house: House) -> None:
    house.say("Tom", {**WARNS, "trial.status": "regulated_trial", "trial.phase": "phase_1"})
    house.say("Ana", {"trial.phase": "phase_2"})
    assert [d.question.id for d in house.sheet().family.differing] == ["trial.phase"]
    house.say("Tom", {"trial.status": "treatment"})
    sheet = house.sheet()
    assert "trial.phase" in sheet.company.disputes
    assert not sheet.family.differs_on("trial.phase")
    assert sheet.family.differ_on == ""


# -- notes, and who asks


def test_notes_stand_with_their_question_and_those_on_others_apart(house: House) -> None:
    house.say("Tom", WARNS)
    house.note("Ana", "cells.kind", "I would like to ask this.")
    house.note("Tom", "cells.kind", "So would I.")
    house.asks("Ana", "cells.kind")
    house.asks("Tom", "offer.name")
    family = house.sheet().family
    assert [(note.name, note.text) for note in family.notes("cells.kind")] == [
        ("Ana", "I would like to ask this."),
        ("Tom", "So would I."),
    ]
    assert family.asker("cells.kind") == "Ana"
    assert [q.id for q in family.noted] == ["offer.name", "cells.kind"]
    assert [q.id for q in family.noted_elsewhere] == ["offer.name"]


def test_a_note_on_a_question_that_the_guide_no_longer_has_is_left_out(house: House) -> None:
    house.say("Tom", WARNS)
    house.note("Ana", "cells.no_such_question", "Long gone.")
    assert house.sheet().family.noted == []


# -- what matters to each


def test_values_of_others_are_shown_only_if_they_agreed(house: House) -> None:
    house.say("Tom", {"you.priorities": ["tremor", "pain"]})
    house.say("Ana", {"you.priorities": ["sleep"], "you.own_questions": ["Who is there at night?"]})
    hidden = house.sheet().family
    assert (hidden.side_by_side, hidden.own_questions, hidden.values_differ) == ([], [], False)
    house.shows("Ana")
    family = house.sheet().family
    (beside,) = family.side_by_side
    assert family.people == ["Tom", "Ana"]
    assert beside.lines[0].told == ("Tremor; Pain", "Sleep")
    assert beside.differs
    assert family.own_questions == [("Ana", ["Who is there at night?"])]
    assert house.sheet().priorities == ["tremor", "pain"]
    # Whoever leaves takes it along.
    house.people.revoke(house.keys["Ana"], 2)
    assert house.sheet().family.side_by_side == []


def test_the_same_ticks_in_another_order_are_no_difference(house: House) -> None:
    house.say("Tom", {"you.priorities": ["sleep", "tremor"]})
    house.say("Ana", {"you.priorities": ["tremor", "sleep"]})
    house.shows("Ana")
    family = house.sheet().family
    assert [beside.differs for beside in family.side_by_side] == [False]
    assert not family.values_differ


def test_of_a_scale_each_row_is_compared_and_what_one_did_not_say_differs_from_nothing(house: House) -> None:
    house.say("Tom", {"you.matters": {"cost": "1", "travel_and_time": "3"}})
    house.say("Ana", {"you.matters": {"cost": "5", "helping_research": "2"}})
    house.shows("Ana")
    (beside,) = house.sheet().family.side_by_side
    assert {line.label: (line.told, line.differs) for line in beside.lines} == {
        "What it costs": (("Not much", "Very much"), True),
        "Travel and time": (("Some", ""), False),
        "Helping research move on": (("", "A little"), False),
    }


def test_questions_that_only_the_person_answered_have_nothing_beside_them(house: House) -> None:
    house.say("Tom", {"you.priorities": ["sleep"], "you.matters": {"cost": "1"}})
    house.say("Ana", {"you.matters": {"cost": "1"}, "you.care_now": ["levodopa"]})
    house.shows("Ana")
    assert [beside.question.id for beside in house.sheet().family.side_by_side] == ["you.matters"]


# -- on the first side


def test_side_one_hints_at_values_only_where_they_differ(house: House) -> None:
    house.say("Tom", {"you.priorities": ["sleep"]})
    house.say("Ana", {"you.priorities": ["sleep"]})
    house.shows("Ana")
    assert house.sheet().side_one.hint == ""
    house.say("Ana", {"you.priorities": ["tremor"]})
    assert house.sheet().side_one.hint == "The family sees some of this differently: worth talking about."


def test_side_one_says_that_the_person_has_not_joined(make_house: MakeHouse) -> None:
    house = make_house("Ana", role="family")
    assert house.sheet().side_one.hint == "The person with Parkinson's has not joined yet."
    house.say("Ana", {"you.priorities": ["sleep"]})
    stands_in = house.sheet()
    assert stands_in.priorities == ["sleep"]
    assert stands_in.side_one.hint == "The person with Parkinson's has not joined yet; another person said this."
    house.invite("Tom", role="patient")
    joined = house.sheet()
    assert (joined.priorities, joined.side_one.hint) == ([], "")


def test_a_new_link_for_the_person_takes_the_place_of_one_taken_back(make_house: MakeHouse) -> None:
    house = make_house("Ana", role="family")
    house.invite("Tom", role="patient")
    house.say("Tom", {"you.priorities": ["sleep"]})
    house.people.revoke(house.keys["Ana"], 2)
    assert house.sheet().priorities == ["sleep"]
    house.invite("Thomas", role="patient")
    house.say("Thomas", {"you.priorities": ["tremor"]})
    assert house.sheet().priorities == ["tremor"]


def test_a_sheet_without_people_has_nobody_to_name(sheet_of: MakeSheet) -> None:
    family = sheet_of({"offer.name": "Mine"}).family
    assert isinstance(family, Family)
    assert (family.answered_by, family.differ_on, family.noted, family.own_questions) == ("", "", [], [])
