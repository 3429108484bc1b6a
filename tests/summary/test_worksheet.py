"""The guide on paper: every question, every answer with its sign, and every rule in words."""

from typing import get_args

import pytest

from app.guide.models import Reading
from app.guide.pack import Pack
from app.summary.worksheet import SIGNS, Worksheet


@pytest.fixture(scope="module")
def worksheet(pack: Pack) -> Worksheet:
    return Worksheet(pack)


def test_every_reading_but_neutral_has_a_sign() -> None:
    assert set(SIGNS) == set(get_args(Reading)) - {"neutral"}


def test_a_vague_answer_to_a_main_question_is_a_warning(worksheet: Worksheet, pack: Pack) -> None:
    kind = pack.questions["cells.kind"]
    vague = kind.option("just_stem_cells")
    assert vague
    assert (kind.core, vague.reads, worksheet.reads(kind, vague)) == (True, "vague", "warning")


def test_conditions_are_said_with_the_labels_that_people_tick(worksheet: Worksheet, pack: Pack) -> None:
    status = pack.questions["trial.status"]
    for question in pack.questions.values():
        said = worksheet.asked_when(question)
        assert bool(said) == bool(question.asked_when)
        if question.asked_when == {"trial.status": ("regulated_trial",)}:
            option = status.option("regulated_trial")
            assert option
            assert said == f'Only if {status.short}: "{option.label}"'


def test_every_contradiction_and_need_is_said_in_full(worksheet: Worksheet, pack: Pack) -> None:
    for rule in pack.rules.contradictions:
        said = worksheet.clash(rule.id)
        for question_id in rule.questions:
            assert pack.questions[question_id].short in said
    assert "any clear answer but Japan" in worksheet.clash("not_that_product")
    for variant in worksheet.variants:
        for need in variant.needs:
            assert worksheet.need(need).startswith(pack.questions[need.question].short + ": ")
