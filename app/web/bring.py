"""Bringing answers back: from a file that `keep` gave away, into a new preparation.

An answer is taken if its question's form would take it; what is not is said, and the rest is taken all the same.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, Response

from app.guide.answers import Answer, is_given
from app.guide.errors import AnswersError, GuideError
from app.guide.walk import Walker
from app.store.database import StoreError
from app.store.opened import Key
from app.store.preparations import Preparations
from app.store.sealing import NotOpened
from app.summary.formats.preparation import Found
from app.summary.formats.preparation import read as read_file
from app.web.access import Guide, Store, hand_over, held_here
from app.web.forms import NotUsable, read, recorded
from app.web.places import Home
from app.web.prepare import see_other
from app.web.render import page
from app.web.security import BODY_LIMIT

router = APIRouter()

MOST_OFFERS = 100
# Each problem costs a search for what may have been meant.
MOST_PROBLEMS = 200
NOTHING = "Please choose the file that you saved, or paste what stands in it."
BOTH = "You chose a file and pasted a text. Please use just one of them."
NO_ANSWERS = "We found no answer in this file that we can take."
TOO_STRANGE = (
    "So much in this file is not known here that we did not read on. Please check that it is the file that you saved."
)
NOT_KNOWN = "The answer in the file is not known here. Please answer this again."
PARTLY_KNOWN = "A part of the answer in the file is not known here. The rest is taken. Please look at it again."
NOT_SAVED = "We could not save this just now. Your file is still where it was. Please wait a moment, then try again."


@dataclass
class Taken:
    """Answers that can be kept, and a sentence for each that cannot."""

    offers: list[dict[str, Answer]] = field(default_factory=list)
    you: dict[str, Answer] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.you and not any(self.offers)


@dataclass(frozen=True)
class Sent:
    """What somebody sent: a file, a text, or neither, or both."""

    file: bytes = b""
    text: str = ""


async def _sent(request: Request) -> Sent:
    try:
        async with request.form(max_files=1, max_fields=2, max_part_size=BODY_LIMIT) as form:
            file, text = form.get("file"), form.get("text")
            # A body is bounded, so the file is small.
            content = await file.read() if isinstance(file, UploadFile) else b""
            return Sent(content.strip(), text.strip() if isinstance(text, str) else "")
    except UnicodeError:
        raise HTTPException(400) from None


@router.get("/bring", name="bring")
def bring(request: Request) -> HTMLResponse:
    """Asks for the file."""
    return _ask(request)


@router.post("/bring", name="take_in")
def take_in(request: Request, store: Store, guide: Guide, sent: Annotated[Sent, Depends(_sent)]) -> Response:
    """Starts a preparation with the answers of a file. One that this browser holds already, with the very same
    answers, is opened instead, so that a double click starts one, not two."""
    try:
        if bool(sent.file) == bool(sent.text):
            raise GuideError(BOTH if sent.file else NOTHING)
        content = sent.file or sent.text.encode("utf-8", "replace")
        taken = _usable(guide, read_file(guide.sorter.vocabulary, content))
        if taken.empty:
            raise GuideError(" ".join([NO_ANSWERS, *taken.left[:3]]))
        key = _same_one(request, store, taken) or store.take_in(taken.offers, taken.you)
    except GuideError as error:
        return _ask(request, _plain(str(error)), sent.text, status=422)
    except StoreError:
        return _ask(request, NOT_SAVED, sent.text, status=503)
    home = Home(key.preparation_id)
    response = page(request, "brought.html", home=home, left=taken.left) if taken.left else see_other(home.overview)
    hand_over(request, response, key)
    return response


def _ask(request: Request, error: str = "", text: str = "", status: int = 200) -> HTMLResponse:
    return page(request, "bring.html", status, error=error, text=text)


def _same_one(request: Request, store: Preparations, taken: Taken) -> Key | None:
    for key in held_here(request):
        with suppress(NotOpened):
            found = store.read(key)
            offers = [record.answers for record in found.offers.values()]
            if not found.together and offers == taken.offers and found.mine.answers == taken.you:
                return key
    return None


def _usable(guide: Walker, found: Found) -> Taken:
    """What can be kept of a file. Raises GuideError when next to nothing in it is known."""
    taken = Taken(left=list(found.left))
    if len(found.offers) > MOST_OFFERS:
        taken.left.append(f"There are {len(found.offers)} offers in it. We took the first {MOST_OFFERS}.")
    for number, answers in enumerate(found.offers[:MOST_OFFERS], start=1):
        where = f"Offer {number}: " if len(found.offers) > 1 else ""
        taken.offers.append(_usable_of(guide, answers, guide.order, where, taken.left))
    taken.you = _usable_of(guide, found.you, guide.personal, "About you: ", taken.left)
    taken.offers = taken.offers or [{}]
    taken.left = [_plain(says) for says in taken.left]
    return taken


def _usable_of(
    guide: Walker, answers: Mapping[str, object], questions: tuple[str, ...], where: str, left: list[str]
) -> dict[str, Answer]:
    vocabulary = guide.sorter.vocabulary
    usable: dict[str, Answer] = {}
    for question_id, value in answers.items():
        if len(left) > MOST_PROBLEMS:
            raise GuideError(TOO_STRANGE)
        if question_id not in questions:
            left.append(f'{where}The guide has no question "{question_id[:40]}".')
            continue
        question = guide.pack.questions[question_id]
        try:
            known: Answer | None = vocabulary.check(question_id, value)
        except AnswersError:
            known = guide.known({question_id: value}).get(question_id)
            left.append(f'{where}"{question.question}" {PARTLY_KNOWN if known else NOT_KNOWN}')
        try:
            answer = read(vocabulary, question, recorded(vocabulary, question, known)) if known else ""
        except NotUsable as error:
            left.append(f'{where}"{question.question}" {error}')
        else:
            usable |= {question_id: answer} if is_given(answer) else {}
    return {q: usable[q] for q in questions if q in usable}


def _plain(says: str) -> str:
    # Half of a surrogate pair can stand in JSON, and in no page.
    return says.encode("utf-8", "replace").decode()
