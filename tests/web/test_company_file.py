"""What the file of several people holds: who said what, and nobody's secrets."""

import json
import re

import pytest

from .conftest import Visitor, example_answers
from .filing import LETTER, VALIDATOR, file_of, someone, three_people
from .test_keep import saved


@pytest.fixture
def maria(visitor: Visitor) -> Visitor:
    return three_people(visitor)


def test_it_is_valid_by_the_published_schema_for_everybody_who_may_save_it(maria: Visitor) -> None:
    for who in (maria, someone(maria, "Ana Lucía")):
        VALIDATOR.validate(file_of(who))


def test_people_are_there_by_name_and_role_and_who_saved_it(maria: Visitor) -> None:
    file = file_of(maria)
    assert file["people"] == [
        {"number": 1, "name": "Maria", "role": "patient", "saved_this": True},
        {"number": 2, "name": "Ana Lucía", "role": "family", "shows": True},
        {"number": 3, "name": "Dr. Ng", "role": "reader"},
    ]
    hers = file_of(someone(maria, "Ana Lucía"))
    assert [p.get("saved_this") for p in hers["people"]] == [None, True, None]


def test_each_answer_has_who_gave_it_and_where_they_differ_both(maria: Visitor) -> None:
    answers = file_of(maria)["offers"][0]["answers"]
    assert answers["offer.name"]["by"] == 1
    kind = answers["cells.kind"]
    before = example_answers(maria.walker.pack, "supportive-care")[0]["cells.kind"]
    assert {(v["answer"], v["by"]) for v in kind["differ"]} == {(before, 1), ("fetal_tissue", 2)}
    # The more careful one counts, and stands first.
    assert (kind["answer"], kind["by"]) == ("fetal_tissue", 2)
    assert kind["differ"][0] == {"answer": "fetal_tissue", "by": 2}
    assert [(s["answer"], s["by"]) for s in kind["said"]] == [(before, 1), ("fetal_tissue", 2)]


def test_what_was_settled_says_so(maria: Visitor) -> None:
    provider = file_of(maria)["offers"][0]["answers"]["offer.provider"]
    assert (provider["answer"], provider["by"], "differ" in provider) == ("Second Clinic", 1, False)
    first = example_answers(maria.walker.pack, "supportive-care")[0]["offer.provider"]
    assert [(s["answer"], s["by"], s.get("settled", False)) for s in provider["said"]] == [
        (first, 1, False),
        ("First Clinic", 1, False),
        ("Second Clinic", 2, False),
        ("Second Clinic", 1, True),
    ]


def test_notes_who_asks_and_the_letter_are_there(maria: Visitor) -> None:
    offer = file_of(maria)["offers"][0]
    assert [(n["text"], n["by"]) for n in offer["notes"]["trial.status"]] == [
        ("I would like Ana to ask this", 1),
        ("Ich frage.\nGerne!", 2),
    ]
    assert offer["asks"] == {"trial.status": 2}
    assert (offer["letter"]["text"], offer["letter"]["by"]) == (LETTER, 1)


def test_what_was_taken_back_does_not_count(maria: Visitor) -> None:
    offer = file_of(maria)["offers"][1]
    assert "visit.notes" not in {**offer["answers"], **offer["set_aside"]}


def test_what_others_said_of_themselves_is_there_only_if_they_show_it(maria: Visitor) -> None:
    shown = file_of(maria)
    assert [(o["by"], set(o["answers"])) for o in shown["others"]] == [(2, {"you.priorities", "you.own_questions"})]
    ana = someone(maria, "Ana Lucía")
    ana.client.post(f"{ana.home}/people/me", data={"name": "Ana Lucía", "role": "family"})
    hidden = saved(maria)
    assert json.loads(hidden)["others"] == []
    assert b"May I come along" not in hidden
    # Her own file has it all the same; and what the patient said, which the summary shows to all.
    hers = file_of(ana)
    assert [o["by"] for o in hers["others"]] == [2]
    assert hers["you"] == {"by": 1, "answers": shown["you"]["answers"]}


def test_what_somebody_said_of_themselves_before_is_nobody_elses(maria: Visitor) -> None:
    maria.answer("you.own_questions", ["A heliotrope?"])
    maria.answer("you.own_questions", ["Another"])
    for who in (maria, someone(maria, "Ana Lucía")):
        assert b"heliotrope" not in saved(who)


def test_nothing_in_it_opens_anything(maria: Visitor) -> None:
    ana = someone(maria, "Ana Lucía")
    codes = [maria.cookie[1], ana.cookie[1]]
    for who in (maria, ana):
        text = saved(who).decode()
        assert not any(secret in text for secret in (*codes, maria.id))
        assert not re.search(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", text)


def test_alone_nobody_is_named_with_each_answer(visitor: Visitor) -> None:
    visitor.answer("offer.name", "Mine")
    visitor.answer("you.priorities", ["sleep"])
    file = file_of(visitor)
    VALIDATOR.validate(file)
    assert "by" not in json.dumps(file)
    assert "others" not in file
    assert file["people"] == [{"number": 1, "name": "", "role": "patient", "saved_this": True}]
