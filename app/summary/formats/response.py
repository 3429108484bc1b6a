"""Answers as a FHIR R4 QuestionnaireResponse, and back.

Holds what was asked and answered about one offer, and what the person said of themselves. FHIR forbids answers to
items that are not enabled, so answers set aside are left out; the plain JSON of `preparation` keeps them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.guide.answers import Answer, Answers, Vocabulary
from app.guide.errors import AnswersError, GuideError
from app.guide.models import Question
from app.guide.pack import Pack
from app.guide.walk import Walker
from app.languages import current, tag
from app.languages import gettext as _
from app.summary.formats.coding import Json, canonical, code_in, coding
from app.summary.formats.enabling import number_item
from app.summary.formats.questionnaire import row_item, wrappers


def response(walker: Walker, answers: Answers, you: Answers, authored: datetime | None = None) -> Json:
    """One offer's answers as a QuestionnaireResponse, ready for JSON.

    Both sets of answers must have passed `vocabulary.checked`. `authored` is when the last of them was given, in UTC.
    It names nobody: neither who answered nor whom it is about.
    """
    pack, walk = walker.pack, walker.walk(answers)
    shown = {**{q: answers[q] for q in walk.answered}, **{q: you[q] for q in walker.personal if q in you}}
    sections = []
    for section, questions in pack.sections:
        items = [item for q in questions if q.id in shown for item in _wrapped(pack, q, shown[q.id])]
        if items:
            sections.append({"linkId": section.id, "text": section.title, "item": items})
    found: Json = {
        "resourceType": "QuestionnaireResponse",
        "language": tag(current()),
        "questionnaire": f"{canonical(pack)}|{pack.cover.version}",
        "status": "in-progress" if walk.needed else "completed",
    }
    if authored:
        found["authored"] = f"{authored:%Y-%m-%dT%H:%M:%SZ}"
    return found | ({"item": sections} if sections else {})


def _wrapped(pack: Pack, question: Question, answer: Answer) -> list[Json]:
    items = list(_items(pack, question, answer))
    for link_id in reversed(wrappers(pack, question)):
        items = [{"linkId": link_id, "item": items}]
    return items


def _items(pack: Pack, question: Question, answer: Answer) -> Iterator[Json]:
    def item(values: list[Json], link_id: str = question.id, text: str = question.question) -> Json:
        return {"linkId": link_id, "text": text, "answer": values}

    def coded(token: str) -> Json:
        return {"valueCoding": coding(pack, question, token)}

    if isinstance(answer, dict):
        rows = [(o, answer[o.id]) for o in question.options if o.id in answer]
        items = [item([coded(point)], row_item(question.id, o.id), o.label) for o, point in rows]
        yield {"linkId": question.id, "text": question.question, "item": items}
    elif isinstance(answer, list):
        yield item([coded(a) if question.options else {"valueString": a} for a in answer])
    elif question.kind == "date":
        yield item([{"valueDate": answer}])
    elif question.kind == "text":
        yield item([{"valueString": answer}])
    elif question.kind == "register_number" and not question.option(answer) and answer not in pack.standing:
        yield item([coded("given")])
        yield {"linkId": number_item(question.id), "answer": [{"valueString": answer}]}
    else:
        yield item([coded(answer)])


# -- and back


def answers_of(vocabulary: Vocabulary, resource: Mapping[str, object]) -> tuple[dict[str, Answer], list[str]]:
    """The answers in a QuestionnaireResponse, about the offer and the person, and a sentence for each not taken.

    Raises GuideError when it is no answer to this pack's Questionnaire.
    """
    pack = vocabulary.pack
    asked = str(resource.get("questionnaire", "")).split("|")[0]
    if resource.get("resourceType") != "QuestionnaireResponse" or asked != canonical(pack):
        raise GuideError(f"this is not a QuestionnaireResponse to {canonical(pack)}.")
    said: dict[str, list[object]] = {}
    taken: dict[str, Answer] = {}
    left = []
    for link_id, answers in _said(resource):
        if link_id in said:
            says = _('"{item}" is answered more than once. We took the answers together.')
            left.append(says.format(item=link_id))
        said.setdefault(link_id, []).extend(answers)
    for question in pack.questions.values():
        try:
            if answer := _answer(pack, question, said):
                taken[question.id] = vocabulary.check(question.id, answer)
        except AnswersError as error:
            left.append(str(error))
    none = _('There is no question "{item}" that takes an answer.')
    left += [none.format(item=link_id) for link_id in said]
    return taken, left


def _said(resource: object) -> Iterator[tuple[str, list[object]]]:
    """Every linkId under which something is answered, with its answers; however deep it stands."""
    nodes = [resource]
    while nodes:
        node = nodes.pop()
        items = _items_of(node, "item")
        for item in items:
            if answers := _items_of(item, "answer"):
                yield str(item.get("linkId")), list(answers)
            nodes += answers
        nodes += items


def _items_of(node: object, key: str) -> list[dict[str, object]]:
    found = node.get(key) if isinstance(node, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _answer(pack: Pack, question: Question, said: dict[str, list[object]]) -> object:
    """The answer to a question as data; what it was made of is taken out of `said`."""
    if question.kind == "scale_each":
        rows = {o.id: said.pop(row_item(question.id, o.id), []) for o in question.options}
        return {row: _code(pack, question, values[0]) for row, values in rows.items() if values}
    number = said.pop(number_item(question.id), [])
    values = said.pop(question.id, [])
    if question.kind in ("text", "date", "text_list"):
        key = "valueDate" if question.kind == "date" else "valueString"
        texts = [v.get(key) for v in values if isinstance(v, dict)]
        return texts if question.kind == "text_list" else _only(question, texts)
    codes = [_code(pack, question, value) for value in values]
    if question.kind == "many":
        standing = [code for code in codes if code in pack.standing and question.takes_standing]
        return standing[0] if standing and len(codes) == 1 else codes
    if question.kind == "register_number" and codes in ([], ["given"]) and number:
        return number[0].get("valueString") if isinstance(number[0], dict) else None
    return _only(question, codes)


def _only(question: Question, values: list[Any]) -> object:
    if len(values) > 1:
        raise AnswersError(question.id, _takes_one(question, len(values)))
    return values[0] if values else None


def _takes_one(question: Question, count: int) -> str:
    return _("{question} takes one answer, and {count} are there.").format(question=question.id, count=count)


def _code(pack: Pack, question: Question, value: object) -> str:
    said = value.get("valueCoding") if isinstance(value, dict) else None
    code = code_in(pack, question, said)
    if code is None:
        raise AnswersError(
            question.id, _("{question}: one of its answers is not a coding of this pack.").format(question=question.id)
        )
    return code
