"""The twelve questions that every server is asked, with the texts and options of our pack, and what is answered.

They stand at the beginning of the longest example. A thirteenth is shown after the twelfth answer, so that each of
the twelve leads to a question. Knows no server.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.guide.models import Question
from app.guide.walk import Walker
from bench.walks import Step, walks

COUNT = 12


@dataclass(frozen=True)
class Asked:
    """One question, the answer it gets, and words of it that no page but its own shows."""

    question: Question
    step: Step
    answer: str
    shown: bytes

    def answer_of(self, number: int) -> str:
        """What the person with this number answers: in a text their own words, so that no server can have worked
        out the same before."""
        return f"{self.answer} {number}" if self.question.kind == "text" else self.answer


def twelve(walker: Walker) -> list[Asked]:
    """The twelve, and the one behind them. Raises RuntimeError when the pack has no such way any more."""
    steps = max(walks(walker), key=len)[: COUNT + 1]
    found = [_asked(walker.pack.questions[step.question], step) for step in steps]
    shown = [one.shown for one in found]
    if len(found) != COUNT + 1 or any(a in b for a in shown for b in shown if a is not b):
        raise RuntimeError("the longest example has no thirteen questions that can be told from one another")
    return found


def _asked(question: Question, step: Step) -> Asked:
    if question.kind not in ("text", "one") or not isinstance(step.answer, str):
        raise RuntimeError(f"{question.id} is no question that the peers can ask: {question.kind}")
    return Asked(question, step, step.answer, unescaped_part(question.question))


def unescaped_part(text: str) -> bytes:
    """The longest part of a text that stands in HTML as it is, whoever escapes it."""
    return max(re.split(r"[^\w ,.?:-]", text, flags=re.ASCII), key=len).strip().encode()


def write_for_peers(asked: Sequence[Asked], standing: Sequence[tuple[str, str, str]], path: Path) -> None:
    """Writes the questions as JSON, for the peers to read when they start. Without the answers."""
    told = [
        {
            "id": one.question.id,
            "kind": one.question.kind,
            "question": one.question.question,
            "why": one.question.why.text,
            "clear": one.question.clear,
            "vague": one.question.vague,
            "who": one.question.who,
            "options": [(o.id, o.label, o.hint or "") for o in one.question.options]
            + (list(standing) if one.question.takes_standing else []),
        }
        for one in asked
    ]
    path.write_text(json.dumps(told), encoding="utf-8")
