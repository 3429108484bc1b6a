"""One line of JSON in, one line out: the same for the command line and for programs."""

import json
import re

import pytest

from app.guide.errors import GuideError
from app.guide.lines import answers_in, as_json, checked_lines
from app.guide.sort import Sorter


def test_an_outcome_is_one_line_with_exactly_these_keys(sorter: Sorter) -> None:
    for example in sorter.pack.examples:
        outcome = sorter.sort(sorter.vocabulary.checked(example.answers))
        text = as_json(outcome)
        assert "\n" not in text
        found = json.loads(text)
        assert list(found) == ["result", "variant", "possible", "reasons", "to_ask"]
        assert found["to_ask"] == list(outcome.to_ask)
        assert found["reasons"] == [
            {"kind": r.kind, "question": r.question, "answer": r.answer, "rule": r.rule, "says": r.says}
            for r in outcome.reasons
        ]


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"3", b'"x"', b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_refused(text: bytes) -> None:
    with pytest.raises(GuideError, match="JSON object"):
        answers_in(text)


def test_lines_are_numbered_and_blank_ones_passed_over(sorter: Sorter) -> None:
    lines = [b"\n", b'{"cells.kind": "mesenchymal"}\n', b"  \n", b'{"cells.kind": "x"}\n']
    found = checked_lines(sorter.vocabulary, lines)
    assert next(found) == {"cells.kind": "mesenchymal"}
    with pytest.raises(GuideError, match=re.escape('line 4: cells.kind has no answer "x".')):
        next(found)


def test_a_wrong_id_of_any_length_is_named_shortly(sorter: Sorter) -> None:
    for answers in ({"a" * 250_000: "x"}, {"cells.kind": "z" * 250_000}):
        with pytest.raises(GuideError) as error:
            list(checked_lines(sorter.vocabulary, [json.dumps(answers).encode()]))
        assert len(str(error.value)) < 200
