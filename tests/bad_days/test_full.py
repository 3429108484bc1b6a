"""The disk fills up while people answer: a sentence, and their words back; everything can be read meanwhile."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import about_files

from .browsers import Answer, Browser, Someone, begin, kept
from .servers import QuickServer

pytestmark = about_files

WHO_OFFERS = "offer.provider"
NOT_SAVED = "We could not save this just now. Nothing is lost: your answer is still on this page."
LEFT = 16 * 1024  # room for an answer or two
BALLAST = "ballast"


class Disk:
    """A disk of one megabyte: a file system of its own."""

    def __init__(self, server: QuickServer) -> None:
        self.ballast = Path(server.database).with_name(BALLAST)

    def fill(self, left: int) -> None:
        room = os.statvfs(self.ballast.parent)
        with self.ballast.open("ab") as file:
            file.write(b"x" * max(0, room.f_bavail * room.f_frsize - left))

    def empty(self) -> None:
        self.ballast.unlink()


class Limit:
    """Files that the kernel lets grow no further: what can be had without the rights to make a file system."""

    def __init__(self, server: QuickServer) -> None:
        self.server = server

    def fill(self, left: int) -> None:
        log = Path(self.server.database + "-wal")
        self.server.may_write(log.stat().st_size + left)

    def empty(self) -> None:
        self.server.may_write(None)


@pytest.fixture(params=[Disk, Limit], ids=["disk", "limit"])
def way(request: pytest.FixtureRequest) -> type[Disk] | type[Limit]:
    """How the disk is filled."""
    found: type[Disk] | type[Limit] = request.param
    return found


@pytest.fixture
def folder(folder: Path, way: type[Disk] | type[Limit]) -> Iterator[Path]:
    if way is Limit:
        yield folder
        return
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small file system can be mounted by root alone")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def disk(way: type[Disk] | type[Limit], server: QuickServer) -> Disk | Limit:
    return way(server)


def fill_up(person: Someone) -> list[str]:
    """Saves long answers until none fits any more; returns those that were acknowledged."""
    acknowledged = []
    for n in range(100):
        text = f"{n}-" * 500
        answer = person.answer(WHO_OFFERS, text=text)
        if answer.status != 303:
            refused(person, WHO_OFFERS, text=text)
            return acknowledged
        acknowledged.append(text)
    raise AssertionError("the disk never filled up")


def refused(person: Someone, question_id: str, **fields: str) -> None:
    """It is not saved; a sentence says so, and all that was sent is still on the page."""
    answer = person.answer(question_id, **fields)
    assert answer.status == 503
    assert NOT_SAVED in answer.page.error
    assert answer.page.ask.filled == list(fields.items())


def test_on_a_full_disk_nothing_is_lost_and_everything_can_be_read(server: QuickServer, disk: Disk | Limit) -> None:
    maria = begin(server.port)
    ana = maria.invite("Ana")
    assert maria.answer("offer.name", text="Drip from the talk").status == 303
    disk.fill(LEFT)
    acknowledged = fill_up(maria)
    disk.fill(0)
    refused(ana, WHO_OFFERS, text="x" * 1_900)
    refused(ana, "you.own_questions", line="y" * 1_900)
    read_everything(maria, ana)
    # What is no answer to a question says that it was not done: no link is taken back by half, or made for nobody.
    not_done(maria.browser.post(f"{maria.home}/people/2/revoke"))
    # Names stay in their fields.
    for end, name, role in (("", "Ben", "reader"), ("/me", "Mia", "patient")):
        answer = maria.browser.post(f"{maria.home}/people{end}", name=name, role=role)
        assert answer.status == 503
        assert "We could not save this just now." in answer.page.error
        assert f'value="{name}"' in answer.text
    not_done(Browser(server.port).post("/preparations"))
    assert "Ben" not in ana.see(f"{ana.home}/people").text
    assert said(server, maria) == acknowledged
    # The server is killed, and comes back on a disk that is still full.
    server.kill()
    server.start()
    disk.fill(0)
    assert said(server, maria) == acknowledged
    read_everything(maria, ana)
    refused(ana, WHO_OFFERS, text="x" * 1_900)
    # There is room again: the same forms are taken.
    disk.empty()
    assert ana.answer(WHO_OFFERS, text="x" * 1_900).status == 303
    assert ana.answer("you.own_questions", line="y" * 1_900).status == 303
    assert said(server, maria) == [*acknowledged, "x" * 1_900]


def read_everything(*people: Someone) -> None:
    for person in people:
        for end in ("", "/offers/1/answers", "/offers/1/result", "/people"):
            person.see(person.home + end)
        assert "Drip from the talk" in person.see(f"{person.offer}/summary").text


def not_done(answer: Answer) -> None:
    assert answer.status == 503
    assert answer.page.headings == ["We could not do this just now"]
    assert "Nothing was changed, and nothing is lost. Please wait a moment." in answer.page.text


def said(server: QuickServer, person: Someone) -> list[str]:
    history = kept(server.database, person).offer(1).history
    return [str(entry.value) for entry in history.get(WHO_OFFERS, ())]
