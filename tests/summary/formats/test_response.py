"""Answers as a QuestionnaireResponse, and back: the same answers, whatever they are."""

import json
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from guide.packs import tiny_pack

from app.guide.errors import GuideError
from app.guide.pack import load_pack
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.summary.formats.questionnaire import questionnaire
from app.summary.formats.response import answers_of, response

from .answering import any_answer, random_answers
from .evaluator import Evaluator
from .test_enabling import random_questions


def parted(walker: Walker, answers: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    personal = walker.pack.personal
    about = {q: a for q, a in answers.items() if q not in personal}
    return about, {q: a for q, a in answers.items() if q in personal}


def written(walker: Walker, answers: dict[str, Any]) -> dict[str, Any]:
    """The response as it arrives elsewhere: through text."""
    found: dict[str, Any] = json.loads(json.dumps(response(walker, *parted(walker, answers))))
    return found


def counting(walker: Walker, answers: dict[str, Any]) -> dict[str, Any]:
    about, you = parted(walker, answers)
    return {q: a for q, a in about.items() if q in walker.walk(about).asked} | you


def link_ids(node: dict[str, Any]) -> list[str]:
    return [found for item in node.get("item", []) for found in (item["linkId"], *link_ids(item))]


def test_random_answers_come_back_as_they_were_and_are_valid_fhir(walker: Walker) -> None:
    random, kinds = Random(11), set()  # noqa: S311
    for turn in range(300):
        answers = random_answers(walker.pack, random)
        said = written(walker, answers)
        if turn % 10 == 0:
            assert json.loads(QuestionnaireResponse.model_validate(said).model_dump_json(exclude_none=True)) == said
        assert answers_of(walker.sorter.vocabulary, said) == (counting(walker, answers), [])
        kinds |= {walker.pack.questions[q].kind for q in counting(walker, answers)}
    assert len(kinds) == 8


@pytest.mark.parametrize("seed", range(20))
def test_answers_come_back_from_packs_with_conditions_of_every_shape(seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311
    pack = load_pack(tiny_pack(tmp_path, random_questions(random)))
    walker, form = Walker(Sorter(pack)), Evaluator(questionnaire(pack), {})
    for _ in range(20):
        answers = {q.id: any_answer(pack, q, random) for q in pack.questions.values()}
        said = written(walker, answers)
        assert answers_of(walker.sorter.vocabulary, said) == (counting(walker, answers), [])
        # Groups stand around a question in the response as they do in the form.
        assert set(link_ids(said)) <= set(form.items)


def test_it_stands_in_the_form_as_fhir_wants_it(walker: Walker, form: dict[str, Any]) -> None:
    example = walker.pack.examples[0]
    said = written(walker, {**example.answers, **example.you})
    expected = Evaluator(form, {})

    def compare(node: dict[str, Any], parent: str | None) -> None:
        order = list(expected.items)
        places = [order.index(item["linkId"]) for item in node.get("item", [])]
        assert places == sorted(places)
        for item in node.get("item", []):
            assert expected.parents[item["linkId"]] == parent
            assert item.get("text", expected.items[item["linkId"]]["text"]) == expected.items[item["linkId"]]["text"]
            compare(item, item["linkId"])

    compare(said, None)
    assert said["questionnaire"] == f"{form['url']}|{form['version']}"


def test_answers_set_aside_are_left_out(walker: Walker) -> None:
    answers = {"offer.name": "Mine", "trial.status": "treatment", "trial.number": "NCT01234567"}
    assert walker.walk(answers).set_aside == ("trial.number",)
    assert "trial.number" not in json.dumps(written(walker, answers))


def test_it_is_completed_once_nothing_more_is_needed(walker: Walker) -> None:
    example = walker.pack.examples[2]
    assert written(walker, dict(example.answers))["status"] == "completed"
    empty = written(walker, {})
    assert (empty["status"], "item" in empty) == ("in-progress", False)


def test_it_names_nobody_and_says_when(walker: Walker) -> None:
    said = response(walker, {"offer.name": "Mine"}, {}, datetime(2026, 11, 23, 8, 5, 1))  # noqa: DTZ001 (UTC, as stored)
    assert said["authored"] == "2026-11-23T08:05:01Z"
    assert not {"subject", "author", "source", "identifier"} & set(said)


def test_what_is_no_answer_to_our_form_is_refused(walker: Walker) -> None:
    good = written(walker, {"offer.name": "Mine"})
    for wrong in ({}, good | {"questionnaire": "http://example.org/q"}, good | {"resourceType": "Questionnaire"}):
        with pytest.raises(GuideError, match=r"QuestionnaireResponse to https://which-cells\.invalid"):
            answers_of(walker.sorter.vocabulary, wrong)


STRANGE: list[tuple[dict[str, Any], str]] = [
    ({"linkId": "cells.knd", "answer": [{"valueString": "x"}]}, '"cells.knd"'),
    (
        {"linkId": "cells.kind", "answer": [{"valueCoding": {"system": "http://example.org", "code": "x"}}]},
        "cells.kind",
    ),
    ({"linkId": "cells.kind", "answer": [{"valueCoding": {"code": "mesenchymel"}}]}, '"mesenchymal"'),
    ({"linkId": "cells.kind", "answer": [{"valueBoolean": True}]}, "cells.kind"),
    ({"linkId": "trial.number", "answer": [{"valueCoding": {"code": "given"}}]}, "trial.number"),
    ({"linkId": "offer.visit_date", "answer": [{"valueDate": "2026-13-01"}]}, "offer.visit_date"),
    ({"linkId": "you.matters.cost", "answer": [{"valueCoding": {"code": "9"}}]}, "you.matters"),
]


@pytest.mark.parametrize(("item", "named"), STRANGE, ids=lambda value: str(value)[:40])
def test_what_is_not_known_is_said_and_the_rest_is_taken(walker: Walker, item: dict[str, Any], named: str) -> None:
    said = written(walker, {"offer.name": "Mine"})
    said["item"].append({"linkId": "elsewhere", "item": [item]})
    taken, left = answers_of(walker.sorter.vocabulary, said)
    assert taken == {"offer.name": "Mine"}
    assert len(left) == 1
    assert named in left[0]


def test_items_of_no_sensible_shape_break_nothing(walker: Walker) -> None:
    said = written(walker, {"offer.name": "Mine"})
    for strange in (
        None,
        1,
        "x",
        [1],
        {"item": 3},
        {"linkId": 5, "answer": "x"},
        {"linkId": "offer.name", "answer": [3]},
    ):
        taken, _ = answers_of(
            walker.sorter.vocabulary, said | {"item": strange if isinstance(strange, list) else [strange]}
        )
        assert taken == {}
    deep: dict[str, Any] = {"linkId": "offer.name", "answer": [{"valueString": "Deep"}]}
    for _ in range(20_000):
        deep = {"item": [deep]}
    assert answers_of(walker.sorter.vocabulary, said | deep) == ({"offer.name": "Deep"}, [])
