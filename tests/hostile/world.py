"""A guide with people in it, each with words of their own that not everybody may see, and a watch over every row.

Begins anew now and then: preparations are deleted, links are taken back, and histories grow.
"""

import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from fastapi import FastAPI

from app.guide.walk import Walker
from app.main import create_app
from app.settings import Settings
from app.store.opened import Key, Needs
from app.store.sealing import grouped
from app.summary.formats.preparation import Kept, Offer, preparation

WATCHED = ("preparation", "person", "entry", "look_up", "look_up_pace", "tally")
# Words that stand in nobody's request: whose they are, and of which beginning.
HUSH = "hush-{whose}-{beginning}"


class Change(NamedTuple):
    """A row that was written or deleted."""

    table: str
    operation: str
    # Where the table has them.
    preparation_id: str | None
    person: int | None


@dataclass(frozen=True)
class Actor:
    """Somebody who sends requests: with what cookie, and what they may do and see."""

    name: str
    preparation_id: str = ""
    person: int = 0
    code: str = ""
    may: frozenset[str] = frozenset({"anyone"})
    sees: frozenset[str] = frozenset()

    @property
    def cookie(self) -> bytes:
        return f"which-cells-{self.preparation_id}={self.code}".encode() if self.code else b""


@dataclass
class World:
    """The application on a database of its own, in `folder`, and everybody there is."""

    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.path = self.folder / "guide.db"
        told = {"database": self.path, "look_up": False, "limits": 0, **self.settings}
        self.app: FastAPI = create_app(Settings(**told))
        self.walker: Walker = self.app.state.walker
        self.watch = Watch(self.path)
        self.beginning = 0
        self.begin()

    # -- people

    def begin(self) -> None:
        """Two new preparations, with new people."""
        self.beginning += 1
        store, people = self.app.state.preparations, self.app.state.people
        self.app.state.guesses._counts.reset()  # or nobody could try a link any more
        key, other = store.start(), store.start()
        family = people.invite(key, "family", "Ann")
        reader = people.invite(key, "reader", "Dr. Lee")
        gone = people.invite(key, "family", "Bo")
        for holder, offer in ((key, 1), (other, 1)):
            whose = "shared" if holder is key else "other"
            said = self._hush(whose)
            store.save(holder, offer, "offer.name", said)
            store.save(holder, offer, "trial.status", "regulated_trial")
            store.save(holder, offer, "trial.number", "NCT01234567")
            store.put_beside(holder, offer, [("note", "trial.status", said)])
        store.save(family[1], 1, "trial.status", "treatment")
        store.save(family[1], None, "you.own_questions", [self._hush("private")])
        store.add_offer(key)
        people.revoke(key, gone[0])
        shared, mine = self._hush("shared"), self._hush("private")
        self.actors = [
            Actor("stranger"),
            self._actor("manager", key, 1, "manager", shared),
            self._actor("family", family[1], family[0], "answerer", shared, mine),
            self._actor("reader", reader[1], reader[0], "reader", shared),
            self._actor("other", other, 1, "manager", self._hush("other")),
            Actor("revoked", key.preparation_id, gone[0], gone[1].secret),
        ]
        self.watch.forget()

    def _actor(self, name: str, key: Key, person: int, needs: Needs, *sees: str) -> Actor:
        ranks: tuple[Needs, ...] = ("reader", "answerer", "manager")
        may = frozenset({"anyone", *ranks[: ranks.index(needs) + 1]})
        return Actor(name, key.preparation_id, person, key.secret, may, frozenset(sees))

    def _hush(self, whose: str) -> str:
        return HUSH.format(whose=whose, beginning=self.beginning)

    @property
    def codes(self) -> list[tuple[Actor, bytes]]:
        """Every code, as it is kept in a cookie and as people read it."""
        return [(a, form.encode()) for a in self.actors if a.code for form in (a.code, grouped(a.code), a.code.lower())]

    @property
    def file(self) -> bytes:
        """A file that this guide saved, with a few answers."""
        kept = {"offer.name": Kept("Brought"), "trial.status": Kept("treatment"), "offer.country": Kept("JP")}
        saved = preparation(self.walker, [Offer(kept)], {"you.priorities": Kept(["sleep"])}, at=None)
        return json.dumps(saved).encode()


class Watch:
    """Notes every row that is written or deleted, in the transaction that does it."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
        self._connection.execute("CREATE TABLE seen (name, operation, preparation_id, person)")
        for table in WATCHED:
            columns = {row[1] for row in self._connection.execute(f"PRAGMA table_info({table})")}
            for operation, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                self._connection.execute(
                    f"CREATE TRIGGER seen_{table}_{operation} AFTER {operation} ON {table} BEGIN "  # noqa: S608
                    f"INSERT INTO seen VALUES ('{table}', '{operation}', {_of(row, table, columns)}); END"
                )
        self._version = self._now()

    def _now(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def changes(self) -> list[Change]:
        """What was written since this was asked last."""
        if self._now() == self._version:
            return []
        found = [Change(*row) for row in self._connection.execute("SELECT * FROM seen")]
        self.forget()
        return found

    def forget(self) -> None:
        self._connection.execute("DELETE FROM seen")
        self._version = self._now()

    def close(self) -> None:
        self._connection.close()


def _of(row: str, table: str, columns: set[str]) -> str:
    """Whose row it is, in SQL: the preparation, and the person."""
    preparation = "preparation_id" if "preparation_id" in columns else "id" if table == "preparation" else ""
    person = "person_number" if "person_number" in columns else "number" if table == "person" else ""
    return ", ".join(f"{row}.{column}" if column else "NULL" for column in (preparation, person))
