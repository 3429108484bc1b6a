"""Three people and the file of their preparation: making it, saving it, bringing it back."""

import json
import re
from typing import Any

from jsonschema import Draft202012Validator

from app.store.opened import Opened
from app.summary.formats.preparation_schema import SCHEMA

from .conftest import NUMBER, Visitor, example_answers, form_of
from .html import Page
from .joining import join, joined
from .test_keep import saved

VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
LETTER = "Dear clinic,\n\nplease answer my brother's questions."


def three_people(visitor: Visitor) -> Visitor:
    """A person with Parkinson's, whose sister and doctor prepare with her: two offers, one settled dispute and two
    open ones, an answer taken back, notes, who asks, a letter, and what matters to each."""
    about_offer, about_person = example_answers(visitor.walker.pack, "supportive-care")
    visitor.fill({**about_offer, **about_person})
    visitor.fill({"support.plan": "made_for_me", "offer.provider": "First Clinic"})
    assert visitor.store.add_offer(visitor.key) == 2
    visitor.fill({"offer.name": "The other <b>offer</b>", "trial.status": "regulated_trial", "trial.number": NUMBER}, 2)
    visitor.client.post(f"{visitor.home}/people/me", data={"name": "Maria", "role": "patient"})
    ana = joined(visitor, "Ana Lucía")
    doctor = joined(visitor, "Dr. Ng", "reader")
    ana.client.post(f"{ana.home}/people/me", data={"name": "Ana Lucía", "role": "family", "shows": "1"})
    ana.answer("you.priorities", ["pain"])
    ana.answer("you.own_questions", ["May I come along?"])
    ana.answer("cells.kind", "fetal_tissue")
    ana.answer("offer.provider", "Second Clinic")
    ana.post("claims.heard", form_of(ana.walker, "claims.heard", ["cure_or_reversal"]))
    settle(visitor, "offer.provider", "Second Clinic")
    visitor.post("trial.status", {"note": "I would like Ana to ask this", "asker": "2", "only": "note"})
    ana.post("trial.status", {"note": "Ich frage.\nGerne!", "only": "note"})
    visitor.client.post(f"{visitor.offer()}/letter", data={"text": LETTER})
    # Said and taken back: nobody says it any more.
    ana.fill({"visit.notes": "Ana was there"}, 2)
    ana.fill({"visit.notes": ""}, 2)
    assert doctor.client.get(visitor.home).status_code == 200
    return visitor


def settle(visitor: Visitor, question: str, value: str) -> None:
    page = visitor.see(visitor.address(question) + "/both")
    history = visitor.store.read(visitor.key).offer(1).history[question]
    choice = next(str(entry.number) for entry in history if entry.value == value)
    sent = visitor.client.post(page.forms[0].action, data={"choice": choice, "seen": str(history[-1].number)})
    assert sent.status_code == 303


def someone(visitor: Visitor, name: str) -> Visitor:
    """Another person of the same preparation, in a browser of their own with a new link."""
    number = next(p.number for p in opened(visitor).people.values() if p.name == name)
    sent = visitor.client.post(f"{visitor.home}/people/{number}/link")
    return join(visitor, visitor.see(sent.headers["location"]).inside("address"))


def opened(visitor: Visitor) -> Opened:
    return visitor.store.read(visitor.key)


def file_of(visitor: Visitor) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(saved(visitor))
    return found


def bring(visitor: Visitor, file: dict[str, Any] | bytes) -> tuple[Visitor, Page]:
    """The preparation that a file becomes, and the page that says so."""
    content = file if isinstance(file, bytes) else json.dumps(file).encode()
    response = visitor.client.post("/bring", files={"file": ("which-cells.json", content)})
    assert response.status_code == 200, Page(response.text).error
    page = Page(response.text)
    assert not page.faults
    other = object.__new__(Visitor)
    other.client = visitor.client
    other.home = next(link for link in page.links if re.fullmatch(r"/preparations/\w+", link))
    other.id = other.home.rpartition("/")[2]
    return other, page


def timeless(file: object) -> str:
    return re.sub(r'"(at|saved_at)": "[^"]+"', "", json.dumps(file))


def saved_after_deleting(visitor: Visitor) -> bytes:
    file = saved(visitor)
    visitor.client.post(f"{visitor.home}/delete")
    return file
