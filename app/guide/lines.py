"""Answers and outcomes as JSON: what the command line and the API take in and give out, the same in both.

Knows the form, and says what is wrong with it. What the answers mean is the vocabulary's business.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache

from app.guide.answers import Answer, Vocabulary
from app.guide.errors import GuideError
from app.guide.sort import Outcome, Reason


def answers_in(text: bytes) -> dict[str, object]:
    """Reads one JSON object of answers by question id. Raises GuideError when it is none."""
    try:
        answers = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GuideError(f"this is not a JSON object of answers: {error}.") from error
    if not isinstance(answers, dict):
        raise GuideError('this has to be one JSON object, such as {"cells.kind": "mesenchymal"}.')
    return answers


def checked_lines(vocabulary: Vocabulary, lines: Iterable[bytes]) -> Iterator[dict[str, Answer]]:
    """The answers of each line; blank lines are passed over. Raises GuideError, which names the line."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answers = vocabulary.checked(answers_in(line))
        except GuideError as error:
            raise GuideError(f"line {number}: {error}") from error
        yield answers


_encode = json.JSONEncoder(ensure_ascii=False).encode


@cache
def _reason_json(reason: Reason) -> str:
    # A pack has some hundred reasons, and they come up again in every line.
    parts = {"kind": reason.kind, "question": reason.question, "answer": reason.answer, "rule": reason.rule}
    return _encode(parts | {"says": reason.says})


def as_json(outcome: Outcome) -> str:
    """An outcome as one line of JSON, in the form that the README describes."""
    head = {"result": outcome.result, "variant": outcome.variant, "possible": outcome.possible}
    reasons = ", ".join(map(_reason_json, outcome.reasons))
    return f'{_encode(head)[:-1]}, "reasons": [{reasons}], "to_ask": {_encode(outcome.to_ask)}}}'
