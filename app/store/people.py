"""The operations on the people of a preparation: invite, take a link back, give a new one, say who one is.

As everywhere in the store, each opens the preparation in the transaction in which it does its work. Raises
StoreError, NotOpened and NotAllowed as those of `preparations` do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, update

from app.store import tables
from app.store.bringing import Role
from app.store.database import Database
from app.store.opened import PERSON, PREPARATION, Key, NotAllowed, Opened, Person, opened
from app.store.preparations import NO_LINK, Preparations, this_person
from app.store.sealing import NotOpened, Sealer, new_code

MOST_PEOPLE = 30
NAME_LIMIT = 60


class LastOne(Exception):
    """Without this person, nobody could answer any more."""


class TooMany(Exception):
    """No more people can be invited."""


class People:
    """Reads and changes who belongs to a preparation."""

    def __init__(self, database: Database, preparations: Preparations, pepper: str = "") -> None:
        self._database, self._preparations, self._sealer = database, preparations, Sealer(pepper)

    @contextmanager
    def _opened(self, key: Key) -> Iterator[tuple[Connection, Opened]]:
        with self._database.writing() as connection:
            yield connection, opened(connection, key, self._sealer)

    def invite(self, key: Key, role: Role, name: str, number: int = 0) -> tuple[int, Key | None]:
        """Adds somebody under a name; returns their number, and the key that their link makes. A second person with
        Parkinson's is a family member: there is one whose values the summary shows.

        `number` is the one that the page of whoever invites had for the next person. If somebody of that name has it
        by now, the form was sent twice: nobody is added, and there is no key. Raises TooMany.
        """
        with self._opened(key) as (connection, found):
            there = found.people.get(number)
            if there and there.name == name:
                return number, None
            number = max(found.people) + 1
            if number > MOST_PEOPLE:
                raise TooMany
            if role == "patient" and (not found.may("manager") or _has_patient(found)):
                role = "family"
            theirs = Key(key.preparation_id, new_code())
            self._preparations.add_person(connection, found.data_key, theirs, number, role, name)
            return number, theirs

    def renew(self, key: Key, number: int, code: str = "") -> Key:
        """Gives somebody a new link, the holder or another; the old one opens nothing from now on. Who came with a
        file gets their first. `code` is the new code, where it was made before."""
        with self._opened(key) as (connection, found):
            person = _person(found, number, or_from_file=True)
            if person != found.me and not found.may("manager"):
                raise NotAllowed
            theirs = Key(key.preparation_id, code or new_code())
            values = self._preparations.link_of(found.data_key, theirs, number, person.role)
            profile = found.seal_profile(replace(person, link_kept=False, from_file=False))
            connection.execute(update(PERSON).where(*this_person(found, number)).values(profile=profile, **values))
            self._database.removing(connection)
        self._database.forget()
        return theirs

    def revoke(self, key: Key, number: int) -> None:
        """Takes somebody's link back, everywhere and at once; or the holder's own, who leaves. What they said stays.
        A link that was taken back before stays so. Raises LastOne if nobody could answer any more."""
        with self._opened(key) as (connection, found):
            if number != found.me.number and not found.may("manager"):
                raise NotAllowed
            if number in found.people and not found.people[number].active:
                return
            person = _person(found, number)
            if person.may_answer and sum(p.may_answer for p in found.active) == 1:
                raise LastOne
            connection.execute(update(PERSON).where(*this_person(found, number)).values(**NO_LINK))
            self._database.removing(connection)
        self._database.forget()

    def say_who(self, key: Key, *, name: str, shows: bool, role: Role) -> None:
        """Keeps what the holder says of themselves: a name, whether the others may see what they said about
        themselves, and whether they are the person with Parkinson's. A reader stays one."""
        with self._opened(key) as (connection, found):
            me = found.me
            # Nobody gets more rights by saying so: who becomes the person with Parkinson's looks after the people.
            rises = role == "patient" and (_has_patient(found) or not found.may("manager"))
            if not me.may_answer or role == "reader" or rises:
                role = me.role
            profile = found.seal_profile(replace(me, name=name, shows=shows, role=role))
            values = self._preparations.link_of(found.data_key, key, me.number, role)
            change = update(PERSON).where(*this_person(found)).values(profile=profile, role=role, **values)
            connection.execute(change)

    def keep_link(self, key: Key) -> None:
        """The holder has kept their link: it is not shown again."""
        with self._opened(key) as (connection, found):
            profile = found.seal_profile(replace(found.me, link_kept=True))
            connection.execute(update(PERSON).where(*this_person(found)).values(profile=profile))

    def here(self, key: Key) -> None:
        """The holder is here today."""
        with self._opened(key) as (connection, found):
            if not found.me.here_today:
                today = tables.now().date()
                connection.execute(update(PERSON).where(*this_person(found)).values(seen_on=today))

    def come_in(self, key: Key) -> None:
        """The holder came in by their link today: so they have it, and it need not be shown to them."""
        with self._opened(key) as (connection, found):
            profile = found.seal_profile(replace(found.me, link_kept=True))
            change = update(PERSON).where(*this_person(found))
            connection.execute(change.values(profile=profile, seen_on=tables.now().date()))

    def keep_until(self, key: Key, day: date | None) -> None:
        """Sets the day until which the preparation is kept; None is the usual time after the last visit. Whether it
        is a sensible day is for whoever asks."""
        with self._opened(key) as (connection, found):
            change = update(PREPARATION).where(PREPARATION.c.id == found.preparation_id)
            connection.execute(change.values(keep_until=day))


def _has_patient(found: Opened) -> bool:
    return any(p.role == "patient" for p in found.active)


def _person(found: Opened, number: int, *, or_from_file: bool = False) -> Person:
    """One of those whose links open it, or who came with a file. Raises NotOpened."""
    person = found.people.get(number)
    if person is None or not (person.active or (or_from_file and person.from_file)):
        raise NotOpened
    return person
