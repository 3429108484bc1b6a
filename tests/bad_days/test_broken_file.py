"""The file is damaged, or what belongs to it is gone: a sentence or what is left, and never a fault of ours."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from databases import about_files

from app.store.opened import Opened
from app.store.sealing import NotOpened

from .browsers import Answer, Someone, begin, kept
from .servers import NotStarted, QuickServer

pytestmark = about_files

PAGE = 4096
WHO_OFFERS = "offer.provider"
NOT_REACHED = "We cannot reach your answers just now"
REPAIR = "Something on our side has to be repaired first. That can take a day. Please try again later."
NOT_SAVED = "We could not save this just now. Nothing is lost: your answer is still on this page."


@pytest.fixture
def log(server: QuickServer) -> Path:
    """The write-ahead log: what was written last stands there, until SQLite takes it over into the file."""
    return Path(server.database + "-wal")


@pytest.fixture
def maria(server: QuickServer) -> Someone:
    maria = begin(server.port)
    assert maria.answer("offer.name", text="Drip from the talk").status == 303
    return maria


def answers(person: Someone, count: int) -> None:
    for n in range(count):
        assert person.answer(WHO_OFFERS, text=f"Text {n}").status == 303


def said(found: Opened) -> list[str]:
    return [str(entry.value) for entry in found.offer(1).history.get(WHO_OFFERS, ())]


def without_log(server: QuickServer) -> None:
    for file in Path(server.database).parent.glob(Path(server.database).name + "-*"):
        file.unlink()


def in_a_sentence(answer: Answer) -> None:
    """It worked; or a page says in plain words that it did not."""
    if answer.status != 503:
        assert answer.status in (200, 303, 404, 409), answer.status
        return
    page = answer.page
    assert (page.headings == [NOT_REACHED] and REPAIR in page.text) or NOT_SAVED in page.error


# -- the file


def test_whichever_page_of_the_file_is_overwritten_there_is_a_sentence(server: QuickServer, maria: Someone) -> None:
    ana = maria.invite("Ana")
    answers(maria, 10)
    server.stop()
    whole, random = Path(server.database).read_bytes(), Random(1)  # noqa: S311
    damaged = refused = 0
    for start in range(0, len(whole), PAGE):
        Path(server.database).write_bytes(whole[:start] + random.randbytes(PAGE) + whole[start + PAGE :])
        try:
            server.start()
        except NotStarted:
            assert server.log.rstrip().rpartition("\n")[2].startswith("WHICH_CELLS_DATABASE: this cannot be used")
            refused += 1
        else:
            seen = [maria.browser.get(maria.home + end) for end in ("", "/offers/1/summary", "/people")]
            done = [ana.answer(WHO_OFFERS, text="Mine"), ana.browser.post("/preparations")]
            for answer in (*seen, *done):
                in_a_sentence(answer)
            damaged += any(answer.status == 503 for answer in seen)
            for address in ("/about", "/examples/regulated-trial/summary", "/healthz"):
                assert ana.browser.get(address).status == 200
            server.kill()
        without_log(server)
    assert refused >= 1
    assert damaged >= 3
    # The file is put back from a copy.
    Path(server.database).write_bytes(whole)
    server.start()
    assert said(kept(server.database, maria)) == [f"Text {n}" for n in range(10)]
    assert "Drip from the talk" in ana.see(f"{ana.offer}/summary").text


# -- the log


def test_wherever_the_log_ends_what_is_there_is_a_beginning_of_the_history(
    server: QuickServer, maria: Someone, log: Path, tmp_path: Path
) -> None:
    """As after a power cut on a disk that did not keep its word: cut off, or damaged, at any byte."""
    server.stop()
    server.start()
    answers(maria, 30)
    server.kill()
    whole, random = log.read_bytes(), Random(2)  # noqa: S311
    assert len(whole) > 30 * PAGE

    def cut(at: int) -> bytes:
        return whole[:at]

    def spoilt(at: int) -> bytes:
        return whole[:at] + random.randbytes(512) + whole[at + 512 :]

    found: set[int] = set()
    for n, way in enumerate([cut, spoilt] * 20):
        copy = tmp_path / f"{n}.db"
        shutil.copy(server.database, copy)
        copy.with_name(copy.name + "-wal").write_bytes(way(random.randrange(len(whole))))
        texts = said(kept(str(copy), maria))
        assert texts == [f"Text {n}" for n in range(len(texts))]
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found.add(len(texts))
    assert len(found) > 10
    # And the server itself.
    log.write_bytes(cut(len(whole) // 2))
    server.start()
    left = said(kept(server.database, maria))
    assert 0 < len(left) < 30
    assert left[-1] in maria.see(maria.address(WHO_OFFERS)).source
    assert maria.answer(WHO_OFFERS, text="Again").status == 303
    assert said(kept(server.database, maria)) == [*left, "Again"]


def test_without_its_log_the_file_holds_what_was_taken_over_into_it(
    server: QuickServer, maria: Someone, log: Path
) -> None:
    answers(maria, 5)
    server.stop()  # which takes everything over
    assert not log.exists()
    server.start()
    assert maria.answer(WHO_OFFERS, text="In the log alone").status == 303
    newcomer = begin(server.port, "Ana")
    server.kill()
    without_log(server)
    server.start()
    assert said(kept(server.database, maria)) == [f"Text {n}" for n in range(5)]
    assert "Drip from the talk" in maria.see(f"{maria.offer}/answers").text
    # Whoever began after that is not known any more; they are told so, and can begin anew.
    with pytest.raises(NotOpened):
        kept(server.database, newcomer)
    page = newcomer.see(newcomer.home, 404)
    assert page.headings == ["We cannot open this page here"]
    assert begin(server.port).answer("offer.name", text="Anew").status == 303


def test_an_older_copy_beside_a_newer_log_is_never_taken_for_whole(
    server: QuickServer, maria: Someone, log: Path
) -> None:
    """Somebody puts a copy back and leaves the log of the file that it replaces. SQLite then takes it for its own."""
    server.stop()
    copy = Path(server.database).read_bytes()
    server.start()
    answers(maria, 20)
    server.stop()
    server.start()
    answers(maria, 20)
    server.kill()
    assert log.stat().st_size > PAGE
    Path(server.database).write_bytes(copy)
    try:
        server.start()
    except NotStarted:
        return
    for end in ("", "/offers/1/summary", "/people"):
        in_a_sentence(maria.browser.get(maria.home + end))
    in_a_sentence(maria.answer(WHO_OFFERS, text="Mine"))
