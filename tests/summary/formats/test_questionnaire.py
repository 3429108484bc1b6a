"""The pack as a Questionnaire: valid FHIR, everything in it, nothing that sorts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire

from app.guide.countries import country_codes
from app.guide.pack import Pack

Item = dict[str, Any]


def items(node: Item) -> Iterator[Item]:
    for item in node.get("item", []):
        yield item
        yield from items(item)


@pytest.fixture(scope="module")
def by_id(form: Item) -> dict[str, Item]:
    return {item["linkId"]: item for item in items(form)}


def test_it_is_valid_fhir_and_loses_nothing_on_the_way_through(form: Item) -> None:
    read = Questionnaire.model_validate(form)
    assert json.loads(read.model_dump_json(exclude_none=True)) == form


def test_it_says_what_it_is(form: Item, pack: Pack) -> None:
    head = {key: form[key] for key in ("url", "version", "status", "title", "language", "date", "lastReviewDate")}
    assert head == {
        "url": "https://which-cells.invalid/parkinsons/questionnaire",
        "version": pack.cover.version,
        "status": "active",
        "title": pack.cover.title,
        "language": "en",
        "date": "2026-11-23",
        "lastReviewDate": pack.cover.checked_on.isoformat(),
    }
    assert not {"publisher", "contact"} & set(form)


def test_sections_are_groups_in_the_order_of_the_pack(form: Item, pack: Pack) -> None:
    assert [(i["linkId"], i["text"], i["type"]) for i in form["item"]] == [
        (section.id, section.title, "group") for section, _ in pack.sections
    ]


def test_every_question_is_an_item_with_its_words_and_help(by_id: dict[str, Item], pack: Pack) -> None:
    for question in pack.questions.values():
        item = by_id[question.id]
        assert item["text"] == question.question
        assert question.why.text in by_id[f"{question.id}-why"]["text"]
        assert all(pack.facts[f].source in by_id[f"{question.id}-why"]["text"] for f in question.why.facts)
        behind = by_id[f"{question.id}-help"]["text"]
        said = [question.clear, question.vague, question.who, *(o.hint for o in question.options if o.hint)]
        assert [text for text in said if text not in behind] == []


def test_each_kind_is_the_item_that_fits(by_id: dict[str, Item], pack: Pack) -> None:
    types = {q.kind: (by_id[q.id]["type"], by_id[q.id].get("repeats", False)) for q in pack.questions.values()}
    assert types == {
        "one": ("choice", False),
        "many": ("choice", True),
        "country": ("choice", False),
        "register_number": ("choice", False),
        "scale_each": ("group", False),
        "text": (by_id["visit.notes"]["type"], False),
        "text_list": ("string", True),
        "date": ("date", False),
    }
    assert (by_id["offer.name"]["type"], by_id["visit.notes"]["type"]) == ("string", "text")
    assert [q for q in pack.questions if by_id[q].get("required")] == ["offer.name"]


def test_options_and_standing_answers_are_codings_of_ours(by_id: dict[str, Item], pack: Pack) -> None:
    for question in pack.questions.values():
        if question.kind in ("one", "many", "register_number"):
            codings = [option["valueCoding"] for option in by_id[question.id]["answerOption"]]
            own = [(f"https://which-cells.invalid/parkinsons/answers/{question.id}", o.id) for o in question.options]
            standing = [("https://which-cells.invalid/parkinsons/standing", s) for s in pack.standing]
            assert [(c["system"], c["code"]) for c in codings] == own + (standing if question.takes_standing else [])
            assert all(c["display"] for c in codings)


def test_countries_are_iso_3166(by_id: dict[str, Item]) -> None:
    codings = [option["valueCoding"] for option in by_id["offer.country"]["answerOption"]]
    assert {c["code"] for c in codings if c["system"] == "urn:iso:std:iso:3166"} == country_codes()


def test_rows_of_a_scale_are_choices_of_its_points(by_id: dict[str, Item], pack: Pack) -> None:
    scales = [q for q in pack.questions.values() if q.kind == "scale_each"]
    for question in scales:
        for row in question.options:
            item = by_id[f"{question.id}.{row.id}"]
            assert (item["text"], item["type"]) == (row.label, "choice")
            assert [o["valueCoding"]["code"] for o in item["answerOption"]] == [p.id for p in question.scale]
    assert len(scales) == 3


def test_what_excludes_the_others_says_so_and_at_most_three_is_at_most_three(by_id: dict[str, Item]) -> None:
    def alone(question_id: str) -> list[str]:
        return [o["valueCoding"]["code"] for o in by_id[question_id]["answerOption"] if "extension" in o]

    assert alone("claims.heard") == ["none_of_these"]
    assert alone("support.baseline") == ["none_planned", "not_asked", "unsure", "no_clear_answer"]
    assert alone("cells.kind") == []
    most = [e for e in by_id["you.priorities"]["extension"] if e["url"].endswith("maxOccurs")]
    assert [e["valueInteger"] for e in most] == [3]


def test_no_rule_that_sorts_is_in_it(form: Item, pack: Pack) -> None:
    text = json.dumps(form)
    assert not any(result.meaning in text for result in pack.rules.results)
    assert not any(o.says.text in text for q in pack.questions.values() for o in q.options if o.says)
    assert "reads" not in text.replace("who reads it", "")
