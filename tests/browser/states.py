"""Every page of the guide in every state that it can be in, and how to get there.

Knows who has to be there before, and what they said. Does not look at any page: that is for the tests that go there.
Each state can be gone to again and again, in any order and any language: what its form sends is never taken.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import APIResponse, BrowserContext, Page, Response, StorageState

from app.guide.answers import Answer
from app.guide.pack import Pack
from app.guide.sort import Sorter

from .company import home_of, invite, joined, say
from .preparing import prepare
from .watching import Visitor

Welcome = Callable[..., Visitor]

# Of every kind of question one, and those that look different.
QUESTIONS = [
    "offer.name",
    "offer.country",
    "offer.visit_date",
    "cells.kind",
    "trial.number",
    "trial.record_matches",
    "claims.heard",
    "visit.clear",
    "visit.notes",
]
OWN_QUESTIONS = ["you.priorities", "you.matters", "you.own_questions"]
TRIAL: dict[str, Answer] = {
    "offer.name": "Drip from the talk",
    "offer.provider": "Harbor Renewal",
    "offer.country": "JP",
    "offer.stage": "had_visit",
    "offer.visit_date": "2026-12-03",
    "cells.kind": "dopamine_cells_from_ips",
    "trial.status": "regulated_trial",
    "trial.number": "NCT06344026",
    "where.delivery": "vein",
    "where.reach": "not_asked",
    "claims.heard": ["cure_or_reversal"],
    "visit.notes": 'They were kind.\nThey spoke of "your own cells" only: '
    "https://clinic.example/a/very/long/address/that/nobody/would/ever/break/anywhere/at/all?of=it",
}
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitaenskajuetencells"
ABOUT_ME: dict[str, Answer] = {
    "you.priorities": ["tremor", "sleep"],
    "you.matters": {"cost": "4"},
    "you.own_questions": ["May my wife come along?"],
}
# What is there without a key.
OPEN_TO_ALL = {
    "start": "/",
    "understand": "/understand",
    "about": "/about",
    "privacy": "/privacy",
    "words": "/words",
    "how_it_sorts": "/how-it-sorts",
    "formats": "/formats",
    "bring": "/bring",
    "deleted": "/deleted",
    "open": "/open",
    "left": "/left",
    "left_for_good": "/left?gave-up=1",
    "trials": "/trials",
    "trials_none": "/trials?country=JP&phase=3",
    "worksheet": "/worksheet",
    "worksheet_large": "/worksheet?large=1",
}
TURNED_AWAY = r"status of 4\d\d"  # as the browser notes it
LONG = "12345 6789 " * 3000  # of no language
# One page of each kind, for what has to be looked at in many ways.
SAMPLE = {
    "start",
    "start_begun",
    "understand_two_strategies",
    "understand_what_trials_show",
    "understand_which_cells_become_neurons",
    "privacy",
    "how_it_sorts",
    "open_no_code",
    "trials",
    "worksheet",
    "not_found",
    "too_large",
    "question_offer_name",
    "question_cells_kind",
    "question_cells_kind_unanswered",
    "question_cells_kind_newer",
    "question_trial_number",
    "question_visit_clear",
    "you_matters",
    "overview",
    "check",
    "result_not_settled",
    "result_warning_sign",
    "result_regulated_trial_trial",
    "result_supportive_care_supportive",
    "summary",
    "compare",
    "change",
    "record",
    "letter",
    "since",
    "people",
    "link_own",
    "both",
    "keep",
    "delete",
}


@dataclass(frozen=True)
class State:
    """A page: `path`, as `who` opens it; where it answers a form, with `form` sent."""

    name: str
    path: str
    who: str = "nobody"
    form: tuple[tuple[str, str], ...] | None = None
    multipart: bool = False
    status: int = 200

    @property
    def is_sample(self) -> bool:
        return self.name in SAMPLE

    def open(self, page: Page, address: str) -> Response:
        """Goes there in a browser, in which `who` is at home."""
        if self.form is None:
            answered = page.goto(address + self.path)
        else:
            if not page.url.startswith(address):
                page.goto(f"{address}/left")
            with page.expect_navigation() as sent:
                page.evaluate(_SEND, [self.path, list(self.form), self.multipart])
            answered = sent.value
        assert answered
        assert answered.status == self.status, f"{self.name}: {answered.status}"
        return answered

    def fetch(self, context: BrowserContext, address: str) -> str:
        """The page as it comes from the server."""
        sender, answered = context.request, None
        if self.form is None:
            answered = sender.get(address + self.path, max_retries=2)
        elif self.multipart:
            answered = sender.post(address + self.path, multipart=dict(self.form), max_retries=2)
        else:
            answered = sender.post(address + self.path, form=dict(self.form), max_retries=2)
        assert isinstance(answered, APIResponse)
        assert answered.status == self.status, f"{self.name}: {answered.status}"
        return answered.text()


_NOTE = (("only", "note"), ("note", "Mine"), ("note_was", "Theirs"))
_SEND = """([action, fields, multipart]) => {
    const form = document.createElement("form");
    Object.assign(form, {method: "post", action, enctype: multipart ? "multipart/form-data" : ""});
    for (const [name, value] of fields) {
        const field = document.createElement("textarea");
        Object.assign(field, {name, value});
        form.append(field);
    }
    document.body.append(form);
    form.submit();
}"""


@dataclass(frozen=True)
class Town:
    """Everybody who is there, by name, with what their browser keeps; and all states of all pages."""

    address: str
    homes: Mapping[str, StorageState | None]
    states: tuple[State, ...]

    def tour(
        self, welcome: Welcome, *, samples: bool = False, script: str = "", **how: Any
    ) -> Iterator[tuple[State, Page]]:
        """Goes to every state, or to the samples alone, in browsers that look at pages this way, with `script` there
        before those of the page."""
        pages: dict[str, Page] = {}
        for state in (s for s in self.states if s.is_sample or not samples):
            if state.who not in pages:
                visitor = welcome(storage_state=self.homes[state.who], **how)
                visitor.expects(TURNED_AWAY)
                visitor.context.add_init_script(script)
                pages[state.who] = visitor.context.new_page()
            state.open(pages[state.who], self.address)
            yield state, pages[state.who]


def build(welcome: Welcome, sorter: Sorter, witnesses: Mapping[str, Mapping[str, Answer]]) -> Town:
    """Has everybody come, begin and answer."""
    people: dict[str, Visitor] = {}
    states: list[State] = [*_open_to_all(sorter.pack), *_turned_away()]

    people["beginner"] = beginner = welcome()
    begun = prepare(beginner, sorter, {})
    states += _of(begun, "beginner", "empty", ["check", "result"])
    states.append(State("empty_question", f"{begun}/questions/offer.name", "beginner"))
    states.append(State("empty_overview", home_of(begun), "beginner"))
    states.append(State("people_last_one", f"{home_of(begun)}/people/1/revoke", "beginner", (), status=422))

    for name, answers in witnesses.items():
        who = name.replace(".", "_")
        people[who] = visitor = welcome()
        offer = prepare(visitor, sorter, {"offer.name": "Drip from the talk", **answers})
        states += [State(f"{page}_{who}", f"{offer}/{page}", who) for page in ("result", "summary")]

    people["patient"] = patient = welcome()
    offer = prepare(patient, sorter, TRIAL, ABOUT_ME)
    home = home_of(offer)
    assert patient.context.request.post(f"{patient.address}{home}/offers", max_retries=2).ok
    people["anna"] = anna = joined(patient, offer, welcome, "Anna")
    say(anna, offer, sorter, "cells.kind", "just_stem_cells")
    people["doctor"] = joined(patient, offer, welcome, "Dr. Lee", "reader")
    waiting = invite(patient, offer, LONG_WORD)
    disputed = patient.context.request.get(f"{patient.address}{offer}/questions/cells.kind/both", max_retries=2).text()
    voice = re.findall(r'name="choice" value="(\d+)"', disputed)[0]
    states += _of_the_full(offer, home, waiting, voice)

    address = patient.address
    kept = {name: visitor.context.storage_state() for name, visitor in people.items()}
    return Town(address, {"nobody": None, **kept}, tuple(states))


def _open_to_all(pack: Pack) -> Iterable[State]:
    for name, path in OPEN_TO_ALL.items():
        yield State(name, path)
    for page in pack.pages:
        yield State(f"understand_{page.id.replace('-', '_')}", f"/understand/{page.id}")
    for example in pack.examples:
        for kind in ("", "/summary", "/change"):
            name = f"example_{example.id.replace('-', '_')}{kind.replace('/', '_')}"
            yield State(name, f"/examples/{example.id}{kind}")
    yield State("example_large", f"/examples/{pack.examples[0].id}/summary?large=1")


def _turned_away() -> Iterable[State]:
    yield State("not_found", "/no-such-page", status=404)
    yield State("too_large", "/preparations", form=(("text", "x" * 300_000),), status=413)
    yield State("open_no_code", "/open", form=(("link", "x" * 80),), status=422)
    yield State("open_unknown", "/open", form=(("link", "0123-4567-89AB-CDEF-0123-4567-89AB-CDEF"),), status=422)
    yield State("bring_nothing", "/bring", form=(("text", ""),), multipart=True, status=422)
    yield State("bring_no_file", "/bring", form=(("text", "{"),), multipart=True, status=422)


def _of(offer: str, who: str, prefix: str, pages: Iterable[str]) -> Iterable[State]:
    for page in pages:
        name = f"{prefix}_{{}}".format(page) if prefix else page
        path = {"check": "answers"}.get(page, page)
        yield State(name, f"{offer}/{path}", who)


def _of_the_full(offer: str, home: str, waiting: str, voice: str) -> Iterable[State]:
    """All pages of a preparation of several people, and all that they say no to."""

    def no(name: str, path: str, *form: tuple[str, str], status: int = 422, who: str = "patient") -> State:
        return State(name, path, who, form, status=status)

    yield State("start_begun", "/", "patient")
    yield State("overview", home, "patient")
    yield from _of(offer, "patient", "", ["check", "result", "change", "summary", "record", "letter", "since"])
    yield State("check_moved", f"{offer}/answers?moved=1", "patient")
    yield State("summary_large", f"{offer}/summary?large=1", "patient")
    for page in ("compare", "people", "keep", "delete", "link"):
        yield State("link_own" if page == "link" else page, f"{home}/{page}", "patient")
    yield State("link_theirs", f"{home}/people/4/link", "patient")
    yield State("both", f"{offer}/questions/cells.kind/both", "patient")
    yield State("both_of_one", f"{offer}/questions/offer.name/both", "patient")

    for question in QUESTIONS:
        name, path = question.replace(".", "_"), f"{offer}/questions/{question}"
        yield State(f"question_{name}", path, "patient")
    for question in OWN_QUESTIONS:
        yield State(question.replace(".", "_"), f"{home}/you/{question}", "patient")
    yield State("question_more", f"{offer}/questions/cells.kind?more=1", "patient")
    yield State("question_moved", f"{offer}/questions/cells.kind?moved=1", "patient")

    ask = f"{offer}/questions"
    yield no("question_offer_name_unanswered", f"{ask}/offer.name", ("text", ""))
    yield no("question_offer_country_unanswered", f"{ask}/offer.country")
    yield no("question_visit_date_wrong", f"{ask}/offer.visit_date", ("year", "2026"), ("month", "13"), ("day", "1"))
    yield no("question_cells_kind_unanswered", f"{ask}/cells.kind")
    yield no("question_cells_kind_newer", f"{ask}/cells.kind", ("choice", "fetal_tissue"), ("seen", "1"), status=409)
    yield no("question_note_newer", f"{ask}/offer.name", *_NOTE, status=409)
    yield no("question_trial_number_wrong", f"{ask}/trial.number", ("choice", "given"), ("text", "NCT 12"))
    yield no("question_claims_unanswered", f"{ask}/claims.heard")
    yield no("question_notes_too_long", f"{ask}/visit.notes", ("text", LONG))
    yield no("you_own_question_too_long", f"{home}/you/you.own_questions", ("line", LONG))
    yield State("gone", f"{ask}/no.such", "patient", status=404)
    yield no("gone_with_words", f"{ask}/no.such", ("text", "What I wrote"), status=404)
    yield no("both_unchosen", f"{ask}/cells.kind/both", ("seen", "99"))
    yield no("both_newer", f"{ask}/cells.kind/both", ("choice", voice), ("seen", "1"), status=409)
    yield no("people_no_role", f"{home}/people", ("name", "Cem"))
    yield no("people_long_name", f"{home}/people/me", ("name", LONG))
    yield no("keep_over", f"{home}/keep", ("day", "1"), ("month", "1"), ("year", "2020"))
    yield no("letter_too_long", f"{offer}/letter", ("text", LONG))
    yield no("instead", "/open", ("link", waiting), status=409)
    yield no("leave", "/leave", status=409)

    yield State("anna_overview", home, "anna")
    yield State("anna_check", f"{offer}/answers", "anna")
    yield State("anna_question", f"{ask}/cells.kind", "anna")
    for page in ("", "/people", "/compare", "/offers/1/answers", "/offers/1/result", "/offers/1/letter"):
        yield State(f"doctor{page.replace('/', '_')}", home + page, "doctor")
    yield State("not_allowed", f"{home}/delete", "doctor", status=403)
    yield State("not_mine", home, "nobody", status=404)
