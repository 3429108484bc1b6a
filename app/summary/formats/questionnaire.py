"""A pack as a FHIR R4 Questionnaire: sections as groups, questions as items, help as display items.

Knows how each kind of question is written. When one is asked is in `enabling`; what was answered in `response`.
"""

from collections.abc import Iterable

from app.guide.answers import TEXT_LIMIT
from app.guide.countries import country_names
from app.guide.models import Question, Section
from app.guide.pack import Pack
from app.languages import N_, current, tag
from app.languages import gettext as _
from app.summary.formats.coding import Json, canonical, coding
from app.summary.formats.enabling import gates, number_item
from app.summary.words import source_words

_EXTENSIONS = "http://hl7.org/fhir/StructureDefinition/"
_CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"

# Our own words beside the pack's.
WORDS = {
    "description": N_(
        "Questions to ask about an offer of stem cells. They sort the offer as it was described, never the person. Not "
        "medical advice. The rules that sort are not part of this form."
    ),
    "why": N_("Why we ask: {why}"),
    "sources": N_("Where this comes from: {sources}"),
    "clear": N_("A clear answer: {text}"),
    "vague": N_("A vague answer: {text}"),
    "who": N_("Who can answer: {text}"),
    "number": N_("The number, as it stands on the paper"),
}


def questionnaire(pack: Pack) -> Json:
    """The whole pack as a Questionnaire resource in its language, which is the one spoken now; ready for JSON."""
    words, cover = {key: _(says) for key, says in WORDS.items()}, pack.cover
    dated = next((c.date for c in cover.changes if c.version == cover.version), cover.checked_on)
    return {
        "resourceType": "Questionnaire",
        "id": f"which-cells-{cover.id}",
        "language": tag(current()),
        "url": canonical(pack),
        "version": cover.version,
        "name": f"WhichCells{cover.id.title().replace('_', '')}",
        "title": cover.title,
        "status": "active",
        "subjectType": ["Patient"],
        "date": dated.isoformat(),
        "description": words["description"],
        "lastReviewDate": cover.checked_on.isoformat(),
        "item": [_section(pack, section, questions, words) for section, questions in pack.sections],
    }


def _section(pack: Pack, section: Section, questions: Iterable[Question], words: dict[str, str]) -> Json:
    intro = _display(f"{section.id}-intro", section.intro)
    items = [item for question in questions for item in _wrapped(pack, question, words)]
    return {"linkId": section.id, "text": section.title, "type": "group", "item": [intro, *items]}


def wrappers(pack: Pack, question: Question) -> list[str]:
    """The linkIds of the groups around a question, outermost first: one for each gate but the last."""
    return [f"{question.id}-if-{n}" for n in range(1, len(gates(pack, question)))]


def _wrapped(pack: Pack, question: Question, words: dict[str, str]) -> list[Json]:
    """The items of a question: itself, the field for its number, or the groups that hold them back."""
    found = gates(pack, question)
    items = [_question(pack, question, words)]
    if found:
        items = [found[-1].onto(item) for item in items]
    if question.kind == "register_number":
        items.append(_number(pack, question, words))
    for gate, link_id in reversed(list(zip(found[:-1], wrappers(pack, question), strict=True))):
        items = [gate.onto({"linkId": link_id, "type": "group", "item": items})]
    return items


def _question(pack: Pack, question: Question, words: dict[str, str]) -> Json:
    item: Json = {"linkId": question.id, "text": question.question, "type": _TYPES[question.kind]}
    if question.required:
        item["required"] = True
    if question.kind in ("many", "text_list"):
        item["repeats"] = True
    if question.kind in ("text", "text_list"):
        item["type"] = "text" if question.rows > 1 else "string"
        item["maxLength"] = TEXT_LIMIT
    extensions = []
    if item["type"] == "choice":
        extensions.append(_control(_CHOICES.get(question.kind, "radio-button")))
        extensions.append({"url": _EXTENSIONS + "questionnaire-choiceOrientation", "valueCode": "vertical"})
        item["answerOption"] = _answer_options(pack, question)
    if question.at_most:
        extensions.append({"url": _EXTENSIONS + "questionnaire-maxOccurs", "valueInteger": question.at_most})
    if extensions:
        item["extension"] = extensions
    rows = [_row(pack, question, o.id, o.label) for o in question.options] if question.kind == "scale_each" else []
    return item | {"item": [*_help(pack, question, words), *rows]}


_TYPES = {
    **dict.fromkeys(("one", "many", "country", "register_number"), "choice"),
    **{"scale_each": "group", "text": "string", "text_list": "string", "date": "date"},
}
_CHOICES = {"many": "check-box", "country": "drop-down"}


def row_item(question_id: str, row_id: str) -> str:
    """The linkId of one row of a scale_each question."""
    return f"{question_id}.{row_id}"


def _row(pack: Pack, question: Question, row_id: str, label: str) -> Json:
    options = [{"valueCoding": coding(pack, question, point.id)} for point in question.scale]
    item = {"linkId": row_item(question.id, row_id), "text": label, "type": "choice"}
    return item | {"extension": [_control("radio-button")], "answerOption": options}


def _answer_options(pack: Pack, question: Question) -> list[Json]:
    tokens = [o.id for o in question.options]
    tokens += country_names() if question.kind == "country" else ()
    standing = list(pack.standing) if question.takes_standing else []
    alone = {*question.alone, *(standing if question.kind == "many" else ())}
    return [_answer_option(pack, question, token, alone=token in alone) for token in (*tokens, *standing)]


def _answer_option(pack: Pack, question: Question, token: str, *, alone: bool) -> Json:
    option: Json = {"valueCoding": coding(pack, question, token)}
    if alone:
        option["extension"] = [{"url": _EXTENSIONS + "questionnaire-optionExclusive", "valueBoolean": True}]
    return option


def _number(pack: Pack, question: Question, words: dict[str, str]) -> Json:
    """The field for the number itself: there once "I have the number" is chosen."""
    said = {k: v for k, v in coding(pack, question, "given").items() if k != "display"}
    item = {"linkId": number_item(question.id), "text": words["number"], "type": "string", "required": True}
    enabled = [{"question": question.id, "operator": "=", "answerCoding": said}]
    return item | {"maxLength": TEXT_LIMIT, "enableWhen": enabled, "enableBehavior": "all"}


# -- help


def _help(pack: Pack, question: Question, words: dict[str, str]) -> list[Json]:
    """Why we ask, with its sources, in sight; what a clear answer sounds like, and hints, behind a button."""
    why = words["why"].format(why=question.why.text)
    seller = pack.evidence.seller_article
    if sources := [source_words(pack.facts[f], seller) for f in question.why.facts]:
        why += "\n" + words["sources"].format(sources=" ".join(sources))
    lines = [words[key].format(text=getattr(question, key)) for key in ("clear", "vague", "who")]
    lines += [f"{o.label}: {o.hint}" for o in question.options if o.hint]
    behind = _display(f"{question.id}-help", "\n".join(lines)) | {"extension": [_control("help")]}
    return [_display(f"{question.id}-why", why), behind]


def _display(link_id: str, text: str) -> Json:
    return {"linkId": link_id, "text": text, "type": "display"}


def _control(code: str) -> Json:
    concept = {"coding": [{"system": _CONTROLS, "code": code}]}
    return {"url": _EXTENSIONS + "questionnaire-itemControl", "valueCodeableConcept": concept}
