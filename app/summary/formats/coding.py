"""Names for things outside this project: addresses of code systems, and answers as codings.

The addresses name, they lead nowhere: "invalid" is a top level that nobody can own, and we own no domain. They hold
the pack, never a server, so that what one server writes another one reads. docs/formats.md lists them.
"""

from app.guide.countries import country_names
from app.guide.models import Question
from app.guide.pack import Pack

Json = dict[str, object]

BASE = "https://which-cells.invalid"
COUNTRIES = "urn:iso:std:iso:3166"


def canonical(pack: Pack) -> str:
    """The address by which the pack's Questionnaire is known, whatever its version."""
    return f"{BASE}/{pack.cover.id}/questionnaire"


def answers_system(pack: Pack, question_id: str) -> str:
    """The code system of one question: option ids such as "told" mean something else in another question."""
    return f"{BASE}/{pack.cover.id}/answers/{question_id}"


def standing_system(pack: Pack) -> str:
    """The code system of "I have not asked yet" and the like, one for all questions."""
    return f"{BASE}/{pack.cover.id}/standing"


def coding(pack: Pack, question: Question, token: str) -> Json:
    """An option, a point of a scale, a standing answer or a country as a coding."""
    if question.takes_standing and token in pack.standing:
        return {"system": standing_system(pack), "code": token, "display": pack.standing[token].label}
    if question.kind == "country" and token in country_names():
        return {"system": COUNTRIES, "code": token, "display": country_names()[token]}
    labels = question.scale if question.kind == "scale_each" else question.options
    label = next(o.label for o in labels if o.id == token)
    return {"system": answers_system(pack, question.id), "code": token, "display": label}


def code_in(pack: Pack, question: Question, said: object) -> str | None:
    """The code of a coding that speaks of this question; None of one that speaks of anything else."""
    if not isinstance(said, dict) or not isinstance(said.get("code"), str):
        return None
    systems = [COUNTRIES if question.kind == "country" else answers_system(pack, question.id)]
    if question.takes_standing:
        systems.append(standing_system(pack))
    # What names no system is taken at its word; the vocabulary looks at the code in any case.
    return str(said["code"]) if said.get("system") in (None, *systems) else None
