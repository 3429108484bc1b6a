"""When a question is asked, as FHIR's enableWhen: exactly when the guide asks it.

FHIR knows no open answer. "I was told, but I am not sure" is a coding like any other there, so conditions name every
answer that is clear and fits, or rule out every one that does not. A source that is not asked has no answer, and no
condition below holds of no answer. tests/summary/formats compares both over random answers.
"""

from typing import NamedTuple

from app.guide.models import NotIn, Question, Test
from app.guide.pack import Pack
from app.summary.formats.coding import Json, coding

UNCLEAR = ("open", "vague")


class Gate(NamedTuple):
    """Conditions of which any, or all, have to hold."""

    behavior: str
    conditions: list[Json]

    def onto(self, item: Json) -> Json:
        """The item, enabled by this gate."""
        return item | {"enableWhen": self.conditions, "enableBehavior": self.behavior}


def number_item(question_id: str) -> str:
    """The linkId of the field in which the number of a register_number question is typed."""
    return f"{question_id}-number"


def gates(pack: Pack, question: Question) -> list[Gate]:
    """The gates of a question, all of which have to be open; none for a question that is always asked.

    Conditions that need "all" share one gate, so an ordinary question has at most one.
    """
    found = [_gate(pack, pack.questions[source], test) for source, test in question.asked_when.items()]
    every = [condition for gate in found if _is_all(gate) for condition in gate.conditions]
    return [gate for gate in found if not _is_all(gate)] + ([Gate("all", every)] if every else [])


def _is_all(gate: Gate) -> bool:
    return gate.behavior == "all" or len(gate.conditions) == 1


def _gate(pack: Pack, source: Question, test: Test) -> Gate:
    named = () if isinstance(test, str) else test.not_in if isinstance(test, NotIn) else test
    turned = isinstance(test, NotIn | str)  # "answered" is "not in nothing"
    standing = list(pack.standing) if source.takes_standing else []
    if turned and source.kind in ("country", "many"):
        # Too many countries to name them all; ticks of which none may be among those named.
        barred = dict.fromkeys((*named, *standing))
        return Gate("all", [_exists(source.id), *(_is(pack, source, token, "!=") for token in barred)])
    options = [o.id for o in source.options if o.reads not in UNCLEAR]
    clear = named if source.kind == "country" else options
    fitting = [token for token in clear if (token in named) != turned and token not in standing]
    if not fitting:
        return Gate("all", [_exists(source.id), _exists(source.id, there=False)])  # never
    return Gate("any", [_is(pack, source, token) for token in fitting])


def _is(pack: Pack, source: Question, token: str, operator: str = "=") -> Json:
    if source.kind == "register_number" and token == "given":
        return _exists(number_item(source.id))  # the number itself is that answer
    said = {k: v for k, v in coding(pack, source, token).items() if k != "display"}
    return {"question": source.id, "operator": operator, "answerCoding": said}


def _exists(link_id: str, *, there: bool = True) -> Json:
    return {"question": link_id, "operator": "exists", "answerBoolean": there}
