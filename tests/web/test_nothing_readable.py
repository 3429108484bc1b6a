"""After two people have prepared together, and others came and went, nothing that anybody typed or chose can be read:
not in the file, its log, a copy of it, or what the server wrote down. When it is deleted, nothing sealed is left."""

import base64
import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from bad_days.browsers import Answer, Browser, Someone, begin
from browser.serving import GuideServer
from databases import about_files
from local_register import NUMBER, LocalRegister, made_up
from waiting import soon

from app.guide.answers import Answer as Said
from app.guide.pack import Pack
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.store.sealing import BLOCK, MARK_BYTES, grouped

from .conftest import form_of

pytestmark = about_files

ROOT = Path(__file__).resolve().parents[2]
# Chance makes six given bytes once in many thousand such files.
SHORTEST = 6
MARIA, ANA, DOCTOR, GONE = "Maria-Theresia Ünal", "Anastasía Petrova", "Dr. Ngozi Adeyemi", "Cousin Bartholomew"
OFFER, OTHER_OFFER = "Quellwasser-Tropf am Sankt-Jörg-Platz \u65e5\u672c\u306e\u7d30\u80de", "Springwater <b>drip</b>"
LETTER = "Sehr geehrte Klinik Lindenblüte,\n\nwer bezahlt, wenn etwas schiefgeht?"
NOTES = ["Please let Anastasia ask about the harvesting", "Gern, ich schreibe mit"]
CHANGED = {"offer.provider": "Lindenblüte Regeneration GmbH", "you.own_questions": ["Darf meine Schwester mitkommen?"]}
# What anybody may read who has the file: docs/decisions/0008-sealing.md lists it.
READABLE = {"patient", "family", "reader", "parkinsons"}


class LoudServer(GuideServer):
    """The real server, with everything that anybody in it has to say written down."""

    run = (
        "-c",
        "import logging; from app import cli, logs; quiet = logs.set_up\n"
        "def loud(form):\n"
        "    quiet(form)\n"
        "    logging.getLogger().setLevel(1)\n"
        "    for name in ('sqlalchemy', 'sqlalchemy.engine', 'which_cells', 'httpx2', 'uvicorn', 'asyncio'):\n"
        "        logging.getLogger(name).setLevel(1)\n"
        "logs.set_up = loud\n"
        "raise SystemExit(cli.main(['serve']))",
    )

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder, **settings)
        self.folder = folder

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")


@dataclass
class Walkers:
    """People who prepare together over real HTTP, and all that they typed and chose on the way."""

    walker: Walker
    maria: Someone
    said: set[str] = field(default_factory=set)

    def answer(self, who: Someone, question: str, answer: Said, offer: int = 1) -> Answer:
        """Sends the form of a question, as its page would."""
        fields = form_of(self.walker, question, answer)
        self.said |= {question, *words_of(fields)}
        return who.browser.post(self.address(who, question, offer), **fields)

    def address(self, who: Someone, question: str, offer: int) -> str:
        if question in self.walker.pack.personal:
            return f"{who.home}/you/{question}"
        return f"{who.home}/offers/{offer}/questions/{question}"

    def send(self, who: Someone, path: str, **fields: Any) -> Answer:
        """Sends another form of the preparation."""
        self.said |= words_of(fields)
        return who.browser.post(f"{who.home}/{path}", **fields)

    def invite(self, name: str, role: str) -> Someone:
        self.said.add(name)
        invited = self.maria.invite(name, role)
        self.said.add(invited.code)
        return invited


def words_of(fields: Mapping[str, Any]) -> set[str]:
    """The names and values of a form, as far as somebody typed or chose them."""
    found = {name.removeprefix("row.") for name in fields if name.startswith("row.")}
    for value in fields.values():
        found |= {str(one) for one in (value if isinstance(value, list) else [value])}
    return found


def answers_of(pack: Pack, example_id: str) -> dict[str, Said]:
    example = pack.example(example_id)
    assert example
    return {**example.answers, **example.you}


def walk(server: LoudServer, register: LocalRegister, walker: Walker) -> Walkers:
    """Everything that two people can do."""
    register.holds(made_up())
    maria = begin(server.port)
    all_of_it = Walkers(walker, maria, {maria.code, NUMBER})
    answer, send = all_of_it.answer, all_of_it.send
    assert send(maria, "people/me", name=MARIA, role="patient").status == 303
    first = {**answers_of(walker.pack, "regulated-trial"), "offer.name": OFFER, "trial.number": NUMBER}
    walk_along(all_of_it, maria, first, 1)
    assert send(maria, "offers/1/record").leads_to.endswith("/record")
    assert "Brookfield Cell Works" in maria.see(f"{maria.home}/offers/1/record").text
    assert maria.browser.post(f"{maria.home}/offers").status == 303
    walk_along(all_of_it, maria, {**answers_of(walker.pack, "supportive-care"), "offer.name": OTHER_OFFER}, 2)
    for question, changed in CHANGED.items():
        assert answer(maria, question, changed).status == 303

    ana, doctor = all_of_it.invite(ANA, "family"), all_of_it.invite(DOCTOR, "reader")
    gone = all_of_it.invite(GONE, "family")
    assert answer(gone, "cells.kind", "fetal_tissue").status == 303
    assert maria.browser.post(f"{maria.home}/people/4/revoke").status == 303
    assert gone.browser.get(gone.home).status == 404
    # Taking a link back makes the server write its file anew; from then on its log grows.
    assert soon(lambda: written_anew(server.folder / "preparations.db"))
    assert send(ana, "people/me", name=ANA, role="family", shows="1").status == 303
    for question, own in (("you.priorities", ["tremor", "mood_anxiety"]), ("you.ready", {"sure": "yes"})):
        assert answer(ana, question, own).status == 303
    # They differ, twice; one of these is settled.
    assert answer(ana, "cells.kind", "mesenchymal").leads_to.endswith("/both")
    assert answer(ana, "offer.provider", "Lindenblüte Klinik").leads_to.endswith("/both")
    both = maria.see(f"{maria.home}/offers/1/questions/offer.provider/both").forms[0]
    choice = next(value for name, value in both.offered if name == "choice")
    settled = maria.browser.post(both.action, choice=choice, seen=both.hidden["seen"])
    assert settled.status == 303
    send(maria, "offers/1/questions/trial.status", note=NOTES[0], asker="2", only="note")
    send(ana, "offers/1/questions/cells.kind", note=NOTES[1], asker="2", only="note")
    assert send(ana, "offers/2/letter", text=LETTER).status == 303
    assert send(maria, "keep", month="11", day="23", year=str(time.gmtime().tm_year + 2)).status == 303
    # What cannot be kept is typed all the same, and so is what opens nothing.
    answer(maria, "offer.visit_date", "2028-02-29")
    assert send(maria, "offers/1/questions/trial.number", choice="given", text="ISRCTN-verschrieben").status == 422
    assert Browser(server.port).post("/open", link=f"http://x/open#{'Q7' * 16}").status == 422
    all_of_it.said.add("Q7" * 16)
    for who in (maria, ana, doctor):
        for page in ("", "/compare", "/people", "/offers/1/answers", "/offers/1/summary", "/offers/2/result"):
            assert who.browser.get(who.home + page).status == 200, page
    return all_of_it


def written_anew(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as file:
        return file.execute("PRAGMA user_version").fetchone() == (0,)


def walk_along(walkers: Walkers, who: Someone, answers: Mapping[str, Said], offer: int) -> None:
    """Answers question by question, as far as each is asked."""
    for question in (*walkers.walker.order, *walkers.walker.personal):
        if question in answers:
            assert walkers.answer(who, question, answers[question], offer).status == 303, question


# -- where to look, and for what


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sorter: Sorter) -> Iterator[tuple[Walkers, LoudServer, Path]]:
    """The people, the server, and its database, after everything has been done and nothing deleted."""
    folder = tmp_path_factory.mktemp("readable")
    with LocalRegister().open() as register:
        server = LoudServer(folder, WHICH_CELLS_LOOK_UP="true", WHICH_CELLS_LOOK_UP_ADDRESS=register.address)
        server.start()
        try:
            yield walk(server, register, Walker(sorter)), server, folder / "preparations.db"
        finally:
            server.stop()


def needles(said: set[str]) -> dict[str, set[bytes]]:
    """Everything that must not be found, and the ways in which it could be written."""
    found = set(said)
    for text in said:
        found |= set(re.findall(rf"[^\W_]{{{SHORTEST},}}", text))
        if re.fullmatch(r"[0-9A-Z]{32}", text):
            found |= {grouped(text), text.lower(), text[:8], grouped(text)[:9]}
    found |= {"Brookfield Cell Works", "Brook Cells in Parkinson", "Lindenblüte", "Sankt-Jörg"}
    return {text: written(text) for text in found if len(text) >= SHORTEST and text not in READABLE}


def written(text: str) -> set[bytes]:
    """One text in every form in which it might lie about."""
    plain = text.encode()
    wide = {
        text.encode(form) for form in ("utf-16-le", "utf-16-be", "utf-32-le", "latin-1" if text.isascii() else "utf-8")
    }
    coded = {plain.hex().encode(), plain.hex().upper().encode(), quote(text).encode(), quote_plus(text).encode()}
    coded |= {json.dumps(text)[1:-1].encode(), repr(text)[1:-1].encode(), plain[::-1]}
    return {plain, *wide, *coded, *base64_of(plain), *base64_of(text.encode("utf-16-le"))}


def base64_of(content: bytes) -> set[bytes]:
    """What base 64 makes of it wherever it begins: without the first and last letters, which others share."""
    found = set()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + content).rstrip(b"=")
        inner = coded[4 if before else 0 : -1]
        found |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return {one for one in found if len(one) >= SHORTEST}


def seen_in(content: bytes, wanted: Mapping[str, set[bytes]]) -> list[str]:
    return sorted(text for text, forms in wanted.items() if any(form in content for form in forms))


def hidden(walkers: Walkers, database: Path) -> dict[str, set[bytes]]:
    """What must not be found in the database: everything but the words that its tables and columns are called by."""
    with closing(sqlite3.connect(database)) as file:
        schema = " ".join(sql for (sql,) in file.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
    found = {text: forms for text, forms in needles(walkers.said).items() if text not in schema}
    assert len(needles(walkers.said)) - len(found) < 5
    return found


def files(database: Path) -> dict[str, bytes]:
    """Every file of the database as it stands on the disk, and a copy made as the README says."""
    copied = database.with_name("copy.db")
    copied.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copied)) as copy:
        source.backup(copy)
    return {file.name: file.read_bytes() for file in (*database.parent.glob("preparations.db*"), copied)}


# -- nothing to read


def test_what_is_looked_for_would_be_found(prepared: tuple[Walkers, LoudServer, Path]) -> None:
    wanted = needles(prepared[0].said)
    assert len(wanted) > 150
    assert {OFFER, LETTER, MARIA, ANA, NUMBER, "cells.kind", "mesenchymal", "mood_anxiety", "tremor"} <= set(wanted)
    for text in (OFFER, "cells.kind", NUMBER):
        for form in (text, json.dumps({"a": text}), quote(text), f"x{text}y"):
            assert text in seen_in(form.encode(), wanted)
        assert text in seen_in(text.encode("utf-16-le"), wanted)
        for around in (b"", b"a", b"ab", b"abc"):
            assert text in seen_in(base64.b64encode(around + text.encode() + around), wanted)


def test_the_file_its_log_and_a_copy_tell_nothing(prepared: tuple[Walkers, LoudServer, Path]) -> None:
    walkers, _, database = prepared
    looked_at = files(database)
    assert set(looked_at) == {"preparations.db", "preparations.db-wal", "preparations.db-shm", "copy.db"}
    assert all(len(content) > 10_000 for content in looked_at.values())
    # It is there, sealed: the preparation's id stands in each but the index of the log.
    for name, content in looked_at.items():
        assert (walkers.maria.id.encode() in content) == (not name.endswith("-shm")), name
        assert seen_in(content, hidden(walkers, database)) == [], name


TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.000000"
PLAIN = {
    "id, preparation_id": r"[0-9a-f]{18}",
    "pack": "parkinsons",
    "role": "patient|family|reader",
    "keep_until, seen_on, since, last": r"\d{4}-\d\d-\d\d",
    "created_at, at": TIME,
    "pack_version": r"\d+\.\d+\.\d+",
    "name": "[0-9a-f]{64}",
    "key": "[0-9a-f]{32}",
    "version_num": r"\d{4}",
}


def test_every_value_in_every_row_is_sealed_or_one_of_a_few_plain_things(
    prepared: tuple[Walkers, LoudServer, Path],
) -> None:
    plain = {column: re.compile(form) for columns, form in PLAIN.items() for column in columns.split(", ")}
    sealed = 0
    with closing(sqlite3.connect(prepared[2])) as file:
        for (table,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            found = file.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            columns = [column[0] for column in found.description]
            for row in found:
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, str):
                        assert plain[column].fullmatch(value), (table, column)
                    elif (table, column) == ("pepper", "mark"):
                        assert len(value) == MARK_BYTES
                    elif isinstance(value, bytes) and (table, column) != ("look_up", "sealed"):
                        sealed += 1
                        # Sealed in whole blocks, or a hash, or a wrapped key.
                        assert len(value) in (32, 61) or (len(value) - 29) % BLOCK == 0, (table, column)
                    else:
                        assert value is None or isinstance(value, (int, float, bytes))
    assert sealed > 100


def test_what_the_server_wrote_down_tells_nothing(prepared: tuple[Walkers, LoudServer, Path]) -> None:
    walkers, server, _ = prepared
    lines = server.log.splitlines()
    # It did have a lot to say.
    assert len(lines) > 1000
    assert {"sqlalchemy.engine.Engine", "httpx2"} <= {
        line.split()[2].rstrip(":") for line in lines if line.count(" ") > 2
    }
    wanted = needles({*walkers.said, walkers.maria.id})
    assert seen_in(server.log.encode(), wanted) == []


# -- nothing left


def pieces(database: Path) -> list[bytes]:
    """All that is sealed for people, in pieces that chance does not make twice."""
    with closing(sqlite3.connect(database)) as file:
        found = file.execute("SELECT sealed FROM entry").fetchall()
        found += file.execute("SELECT profile, wrapped_key, code_hash FROM person").fetchall()
    return [blob[i : i + 16] for row in found for blob in row if blob for i in range(0, len(blob) - 15, 16)]


def left(content: bytes, wanted: list[bytes]) -> int:
    return sum(piece in content for piece in wanted)


def test_saved_brought_back_and_deleted_leaves_nothing(prepared: tuple[Walkers, LoudServer, Path]) -> None:
    """Comes last in this file: afterwards there is nothing to look at."""
    walkers, server, database = prepared
    maria = walkers.maria
    saved = maria.browser.get(f"{maria.home}/preparation.json").text
    assert LETTER in json.loads(saved)["offers"][1]["letter"]["text"]
    other = Browser(server.port)
    brought = other.post("/bring", text=saved)
    assert brought.status == 200, brought.page.error
    again = Someone(other, next(n for n in other.cookies if n.startswith("which-cells-")).removeprefix("which-cells-"))
    assert OFFER in again.see(again.home).text
    walkers.said.add(again.code)
    for name, content in files(database).items():
        assert seen_in(content, hidden(walkers, database)) == [], name

    wanted = pieces(database)
    assert len(wanted) > 5000
    before = files(database)
    assert left(before["copy.db"], wanted) == len(wanted)
    for who in (again, maria):
        assert who.browser.post(f"{who.home}/delete").leads_to == "/deleted"
        assert who.browser.get(who.home).status == 404
    # Out of the log in a moment; out of every gap in the file when it is swept.
    log = database.with_name(database.name + "-wal")
    assert soon(lambda: left(log.read_bytes(), wanted) == 0)
    swept = subprocess.run(
        [sys.executable, "-m", "app", "sweep"],
        cwd=ROOT,
        env={**server._environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (swept.returncode, swept.stderr) == (0, "")
    assert swept.stdout.endswith(": 0 preparations deleted.\n")
    for name, content in files(database).items():
        assert left(content, wanted) == 0, name
        assert maria.id.encode() not in content
        assert again.id.encode() not in content
        assert seen_in(content, hidden(walkers, database)) == [], name
    assert seen_in(server.log.encode(), needles({*walkers.said, maria.id, again.id})) == []
    # The server goes on.
    assert begin(server.port).browser.get("/").status == 200
