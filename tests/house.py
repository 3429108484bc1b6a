"""A house: a preparation with several people in it, made through the store as the pages make it."""

from collections.abc import Mapping
from typing import Any

from app.guide.models import Question
from app.guide.pack import Pack
from app.guide.walk import Walker
from app.store.opened import Key, Role
from app.store.people import People
from app.store.preparations import Preparations
from app.summary.of_preparation import sheet_of
from app.summary.sheet import Sheet

LONG = "The new neurons that my cousin told us about at lunch, " * 30
NOTE = "I would like my daughter to ask this, and to write down what they say. "


class House:
    """People by name. The first began it, as the person with Parkinson's unless told otherwise."""

    def __init__(self, walker: Walker, store: Preparations, people: People, first: str, role: Role = "patient") -> None:
        self.walker, self.store, self.people = walker, store, people
        self.keys = {first: store.start()}
        self.first = first
        people.say_who(self.keys[first], name=first, shows=False, role=role)

    def invite(self, name: str, role: Role = "family", *, shows: bool = False) -> Key:
        _, key = self.people.invite(self.keys[self.first], role, name)
        self.keys[name] = key
        if shows:
            self.shows(name)
        return key

    def shows(self, name: str) -> None:
        """Somebody agrees to show what they said about themselves."""
        me = self.store.read(self.keys[name]).me
        self.people.say_who(self.keys[name], name=me.name, shows=True, role=me.role)

    def say(self, name: str, answers: Mapping[str, Any], number: int = 1) -> None:
        for q in (q for q in (*self.walker.order, *self.walker.personal) if q in answers):
            self.store.save(self.keys[name], None if q in self.walker.personal else number, q, answers[q])

    def note(self, name: str, question: str, text: str) -> None:
        self.store.put_beside(self.keys[name], 1, [("note", question, text)])

    def asks(self, name: str, question: str) -> None:
        number = self.store.read(self.keys[name]).me.number
        self.store.put_beside(self.keys[name], 1, [("asks", question, str(number))])

    def sheet(self, number: int = 1) -> Sheet:
        return sheet_of(self.walker, self.store.read(self.keys[self.first]), number)


def worst_of(question: Question) -> Any:
    """The answer that reads worst; None if none does."""
    for reading in ("warning", "vague", "caution"):
        if bad := [o.id for o in question.options if o.reads == reading]:
            return bad if question.kind == "many" else bad[0]
    return "no_clear_answer" if question.takes_standing and question.kind != "many" else None


def fullest(pack: Pack, status: str) -> dict[str, Any]:
    """More on the first side than anybody will have."""
    offer = [q for q in pack.questions.values() if q.id not in pack.personal]
    answers = {q.id: worst for q in offer if (worst := worst_of(q))}
    heard = [o.id for o in pack.questions["claims.heard"].options if not o.alone]
    words = dict.fromkeys(("offer.name", "offer.provider", "cells.other_name", "visit.notes"), LONG)
    return {**answers, **words, "claims.heard": heard, "trial.status": status, "offer.visit_date": "2026-12-03"}


def everything_about_me(pack: Pack) -> dict[str, Any]:
    """Every tick there is room for, and long questions of one's own."""
    many = [q for q in pack.questions.values() if q.id in pack.personal and q.kind == "many"]
    chosen = {q.id: [o.id for o in q.options if not o.alone][-(q.at_most or 99) :] for q in many}
    return {**chosen, "you.own_questions": [LONG[:200]] * 8}


def long_name(name: str) -> str:
    """As long as a name may be."""
    return (name + " of the Family with the Very Long Name from the Far Side of the Bay").ljust(60, "y")[:60].strip()


DISPUTED = ("offer.heard_from", "offer.stage", "cells.kind", "cells.source", "cells.product")


def fill(house: House, status: str) -> None:
    """The fullest house: three people with long names who differ on five questions and on all that matters to them,
    ten notes, the longest of 5,000 letters."""
    pack, names = house.walker.pack, [*house.keys]
    answers = fullest(pack, status)
    for place, q in enumerate(q for q in house.walker.order if q in answers):
        house.say(names[place % len(names)], {q: answers[q]})
        neutral = [o.id for o in pack.questions[q].options if o.reads == "neutral"]
        if q in DISPUTED:
            house.say(names[(place + 1) % len(names)], {q: neutral[0]})
    house.say(names[0], everything_about_me(pack))
    for place, name in enumerate(names):
        house.say(name, {q: _scaled(pack.questions[q], place) for q in ("you.matters", "you.ready")})
        if place:
            hopes = [o.id for o in pack.questions["you.priorities"].options]
            house.say(name, {"you.priorities": hopes[place : place + 3], "you.own_questions": [LONG[:200]]})
            house.shows(name)
    asked = [ask.question for ask in house.sheet().asks]
    noted = [*asked, *(q for q in answers if q not in asked)][:10]
    for place, q in enumerate(noted):
        name = names[place % len(names)]
        house.note(name, q, (NOTE * 100)[: 5000 if place % 4 == 0 else 200])
        house.asks(name, q)


def _scaled(question: Question, step: int) -> dict[str, str]:
    points = [p.id for p in question.scale]
    return {o.id: points[(n + step) % len(points)] for n, o in enumerate(question.options)}
