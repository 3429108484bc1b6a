"""The file of a whole preparation: valid by its schema, with everything in it, and read back as it was."""

import json
from datetime import datetime
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from app.guide.errors import GuideError
from app.guide.walk import Walker
from app.summary.formats.preparation import Kept, Offer, preparation
from app.summary.formats.preparation_read import Found, read
from app.summary.formats.preparation_schema import SCHEMA
from app.summary.formats.response import response

from .answering import random_answers

AT = datetime(2026, 11, 23, 8, 5, 1)  # noqa: DTZ001 (UTC, as it is stored)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def kept(answers: dict[str, Any]) -> dict[str, Kept]:
    return {q: Kept(a, AT, "1.0.0") for q, a in answers.items()}


def written(walker: Walker, offers: list[dict[str, Any]], you: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(preparation(walker, [Offer(kept(o)) for o in offers], kept(you), at=AT))
    found: dict[str, Any] = json.loads(text)
    return found


def plain(found: Found) -> tuple[list[dict[str, object]], dict[str, object]]:
    """The answers that count, as they stand in a file: about each offer, and about the person."""
    ((_, you),) = found.about
    return [offer.answers for offer in found.offers], you.answers


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_random_preparations_are_valid_and_come_back_as_they_were(walker: Walker) -> None:
    random, vocabulary, personal = Random(5), walker.sorter.vocabulary, walker.pack.personal  # noqa: S311
    for _ in range(100):
        everything = [random_answers(walker.pack, random) for _ in range(random.randint(1, 4))]
        offers = [{q: a for q, a in one.items() if q not in personal} for one in everything]
        you = {q: a for q, a in everything[0].items() if q in personal}
        file = written(walker, offers, you)
        VALIDATOR.validate(file)
        found = read(vocabulary, json.dumps(file).encode())
        assert (*plain(found), found.left) == (offers, you, [])


def test_what_counts_and_what_is_set_aside_stand_apart_with_their_times(walker: Walker) -> None:
    answers = {"offer.name": "Mine", "trial.status": "treatment", "trial.number": "NCT01234567"}
    (offer,) = written(walker, [answers], {})["offers"]
    assert list(offer["answers"]) == ["offer.name", "trial.status"]
    entry = {"answer": "NCT01234567", "at": "2026-11-23T08:05:01Z", "pack_version": "1.0.0"}
    assert offer["set_aside"] == {"trial.number": entry}


def test_answers_that_the_pack_of_today_does_not_know_are_kept_too(walker: Walker) -> None:
    file = written(walker, [{"offer.name": "Mine", "cells.kind": "gone", "cells.gone": "x"}], {})
    VALIDATOR.validate(file)
    assert set(file["offers"][0]["set_aside"]) == {"cells.kind", "cells.gone"}


def test_it_says_which_pack_it_belongs_to_and_nothing_of_where_it_was(walker: Walker) -> None:
    file = written(walker, [{}], {})
    head = {key: file[key] for key in ("format", "format_version", "pack", "pack_version", "saved_at")}
    assert head == {
        "format": "which-cells-preparation",
        "format_version": 2,
        "pack": "parkinsons",
        "pack_version": walker.pack.cover.version,
        "saved_at": "2026-11-23T08:05:01Z",
    }
    assert file["$schema"] == SCHEMA["$id"]


def test_without_a_clock_it_leaves_the_times_out(walker: Walker) -> None:
    file = preparation(walker, [Offer({"offer.name": Kept("Mine")})], {})
    VALIDATOR.validate(file)
    assert "at" not in json.dumps(file["offers"])
    assert "saved_at" not in file


FAULTY: dict[str, Any] = {
    "another format": {"format": "other"},
    "no offers": {"offers": None},
    "an answer that is a number": {"you": {"answers": {"you.matters": {"answer": 5}}}},
    "an empty answer": {"you": {"answers": {"you.matters": {"answer": ""}}}},
    "a time that is none": {"you": {"answers": {"you.matters": {"answer": "x", "at": 5}}}},
    "an id that is none": {"you": {"answers": {"Matters": {"answer": "x"}}}},
    "something more": {"secret": "x"},
}


@pytest.mark.parametrize("name", FAULTY)
def test_the_schema_refuses(walker: Walker, name: str) -> None:
    with pytest.raises(ValidationError):
        VALIDATOR.validate(written(walker, [{}], {}) | FAULTY[name])


def test_a_fhir_response_is_read_too(walker: Walker) -> None:
    example = walker.pack.examples[0]
    checked = walker.sorter.vocabulary.checked
    text = json.dumps(response(walker, checked(example.answers), checked(example.you))).encode()
    found = read(walker.sorter.vocabulary, text)
    assert plain(found) == ([checked(example.answers)], checked(example.you))


NOT_OURS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not a file that a guide like this one saved"),
    "not JSON": (b"Dear doctor", "not a file that a guide like this one saved"),
    "not UTF-8": (b'{"a": "caf\xe9"}', "not a file that a guide like this one saved"),
    "nested without end": (b"[" * 100_000, "not a file that a guide like this one saved"),
    "a list": (b"[]", "not a file that a guide like this one saved"),
    "another JSON": (b'{"a": 1}', "not a file that a guide like this one saved"),
    "another FHIR response": (
        b'{"resourceType": "QuestionnaireResponse"}',
        "not a file that a guide like this one saved",
    ),
    "a newer form": (b'{"format": "which-cells-preparation", "format_version": 3}', "newer guide"),
    "another pack": (
        b'{"format": "which-cells-preparation", "format_version": 1, "pack": "knees"}',
        'another set of questions, named "knees"',
    ),
}


@pytest.mark.parametrize("name", NOT_OURS)
def test_what_is_not_ours_is_refused_in_a_sentence(walker: Walker, name: str) -> None:
    text, says = NOT_OURS[name]
    with pytest.raises(GuideError, match=says):
        read(walker.sorter.vocabulary, text)


@pytest.mark.parametrize("offers", [None, 3, [], [None], [{"answers": 5}], [{"answers": []}]])
def test_parts_of_no_sensible_shape_break_nothing(walker: Walker, offers: Any) -> None:
    file = written(walker, [], {}) | {"offers": offers, "you": offers}
    found = read(walker.sorter.vocabulary, json.dumps(file).encode())
    offers_read, you = plain(found)
    assert not any(value for one in [*offers_read, you] for value in one.values())


def test_a_bare_answer_is_taken_as_it_stands_and_what_is_none_is_named_later(walker: Walker) -> None:
    file = written(walker, [], {}) | {"offers": [{"answers": {"cells.kind": "mesenchymal", "cells.lab": 5}}]}
    found = read(walker.sorter.vocabulary, json.dumps(file).encode())
    assert plain(found)[0] == [{"cells.kind": "mesenchymal", "cells.lab": 5}]
