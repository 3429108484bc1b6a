"""The first side: what it chooses, what it names in a few words, and that nothing is cut in the middle."""

from typing import Any

from house import fullest

from app.guide.pack import Pack

from .conftest import MakeSheet

LONG = "A clinic with a very long name, " * 20


def worst(pack: Pack) -> dict[str, Any]:
    """An offer with a warning wherever there can be one."""
    options = {
        q.id: o.id for q in pack.questions.values() if q.kind == "one" for o in q.options if o.reads == "warning"
    }
    return {**options, "trial.status": "treatment"}


def test_the_first_reasons_stand_in_full_and_all_others_are_named(sheet_of: MakeSheet, pack: Pack) -> None:
    sheet = sheet_of(worst(pack))
    side = sheet.side_one
    assert len(sheet.against) > 8
    assert sheet.against[: len(side.first)] == side.first
    assert 0 < len(side.first) < len(sheet.against)
    named = "; ".join(side.rest)
    for reason in sheet.against[len(side.first) :]:
        assert sheet.headline(reason).partition(": ")[2] in named
    one = sheet_of({"safety.risks": "no_risks"})
    assert (one.side_one.first, one.side_one.rest) == (one.against, [])


def test_a_headline_says_the_question_and_what_was_told(sheet_of: MakeSheet) -> None:
    sheet = sheet_of({"safety.risks": "no_risks"})
    assert [sheet.headline(r) for r in sheet.against] == ["Risks named: no risks named"]
    clash = sheet_of({"trial.status": "treatment", "where.delivery": "brain_surgery"})
    (reason,) = clash.against
    assert clash.headline(reason) == "These do not fit together: what it is on paper, way into the body"


def test_long_words_of_a_person_are_shortened_here_alone(sheet_of: MakeSheet) -> None:
    sheet = sheet_of({"offer.name": LONG, "offer.provider": LONG, "offer.country": "US"})
    by = dict(sheet.side_one.offer)["Offered by"]
    assert by.startswith("A clinic with a very long name")
    assert by.endswith("... (in full on the next pages), United States")
    assert len(by) < 120
    assert sheet.name == " ".join(sheet.words("offer.name"))


def test_what_is_not_known_of_several_answers_is_said_once(sheet_of: MakeSheet) -> None:
    assert {told for _, told in sheet_of({"offer.name": "Mine"}).side_one.offer} == {"not known yet"}


def test_ways_that_were_not_talked_over_are_named_too(sheet_of: MakeSheet) -> None:
    said = dict(sheet_of(you={"you.alternatives": ["dbs", "waiting"]}).side_one.person)
    assert said["Talked over with a doctor"] == "DBS, waiting"
    assert said["Not talked over"].startswith("a change in medicines, focused ultrasound")
    assert "DBS" not in said["Not talked over"]
    unsaid = dict(sheet_of().side_one.person)
    assert unsaid["Talked over with a doctor"] == "not said"
    assert "Not talked over" not in unsaid


def test_needs_stand_by_their_state_until_a_result_is_reached(sheet_of: MakeSheet, pack: Pack) -> None:
    sheet = sheet_of({"offer.name": "Mine", "trial.status": "treatment", "cells.kind": "mesenchymal"})
    ((title, states),) = sheet.side_one.needs
    assert title == "Supportive regenerative care"
    named = dict(states)
    assert named["Met"] == "what it is on paper, kind of cells"
    assert "consent form" in named["Still to ask"]
    example = pack.example("supportive-care")
    assert example
    assert sheet_of(example.answers).side_one.needs == []


def test_what_is_worth_raising_is_named_as_far_as_there_is_room(sheet_of: MakeSheet, pack: Pack) -> None:
    example = pack.example("warning-sign")
    assert example
    sheet = sheet_of(example.answers, example.you)
    names, more = sheet.side_one.raise_this
    assert len(names.split("; ")) == len({r.question for r in sheet.cautions}) == 7
    assert more == 0
    every = {q.id: o.id for q in pack.questions.values() if q.kind == "one" for o in q.options if o.reads == "caution"}
    names, more = sheet_of({**every, "trial.status": "treatment"}).side_one.raise_this
    assert len(names.split("; ")) == 8
    assert more > 0


def test_what_is_worth_raising_is_counted_where_what_decided_takes_all_the_room(
    sheet_of: MakeSheet, pack: Pack
) -> None:
    names, more = sheet_of(fullest(pack, "treatment")).side_one.raise_this
    assert 0 < len(names.split("; ")) < 8
    assert len(names.split("; ")) + more == 16


def test_medicines_that_were_stopped_come_before_all_else(sheet_of: MakeSheet) -> None:
    sheet = sheet_of(
        {"trial.status": "treatment", "where.place": "hotel_spa_or_home", "safety.medicines": "told_to_stop"}
    )
    assert [sheet.headline(reason) for reason in sheet.urgent] == ["Your medicines: told to stop"]
    assert sheet_of({"where.place": "hotel_spa_or_home"}).urgent == []
