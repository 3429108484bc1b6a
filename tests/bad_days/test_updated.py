"""The pack is updated while people answer: the server comes back with a newer one, while pages of the old are open."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from browser.serving import ROOT, faults

from .browsers import begin, kept
from .servers import Server

OLD = ROOT / "questions" / "parkinsons"
SAYS = "We no longer ask for notes. Work in animals alone now counts as a warning."


def newer(folder: Path) -> Path:
    """The pack as it may look one version later: without a question and an option, and with another reading."""
    shutil.copytree(OLD, folder)
    with Change(folder, "pack.yaml") as cover:
        cover["version"] = "1.1.0"
        cover["changes"].insert(0, {"version": "1.1.0", "date": cover["checked_on"], "says": SAYS})
    with Change(folder, "visit.yaml") as visit:
        visit["questions"] = [q for q in visit["questions"] if q["id"] != "visit.notes"]
    with Change(folder, "examples.yaml") as examples:
        for example in examples["examples"]:
            example["answers"].pop("visit.notes", None)
    with Change(folder, "why.yaml") as why:
        goal, evidence = (
            next(q for q in why["questions"] if q["id"] == f"why.{name}") for name in ("goal", "evidence")
        )
        goal["options"] = [o for o in goal["options"] if o["id"] != "general_wellness"]
        animals = next(o for o in evidence["options"] if o["id"] == "laboratory_or_animals")
        animals["reads"] = "warning"
    return folder


class Change:
    """A file of a pack, to be changed in place."""

    def __init__(self, folder: Path, name: str) -> None:
        self.file = folder / name

    def __enter__(self) -> Any:
        self.data = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        return self.data

    def __exit__(self, *_: object) -> None:
        self.file.write_text(yaml.safe_dump(self.data, allow_unicode=True, sort_keys=False), encoding="utf-8")


@pytest.fixture
def server(folder: Path, tmp_path: Path) -> Iterator[Server]:
    running = Server(folder, tmp_path / "server.log")
    yield running
    running.stop()
    assert faults(running.log) == []


def serve(server: Server, pack: Path) -> None:
    """Starts it with this pack, anew if it runs."""
    server.stop()
    server._environment["WHICH_CELLS_PACK"] = str(pack)
    server.start()


# Everything there is to be read about an offer, and about the preparation.
PAGES = (
    "",
    "/offers/1/answers",
    "/offers/1/result",
    "/offers/1/summary",
    "/offers/1/since",
    "/offers/1/letter",
    "/people",
)


def test_pages_of_the_older_pack_are_taken_or_say_why_not(server: Server, tmp_path: Path) -> None:
    serve(server, OLD)
    maria = begin(server.port)
    ana = maria.invite("Ana")
    told = {"trial.status": "treatment", "cells.kind": "mesenchymal", "where.delivery": "vein"}
    assert maria.answer("offer.name", text="Drip from the talk").status == 303
    for question_id, choice in {**told, "offer.stage": "had_visit", "why.evidence": "laboratory_or_animals"}.items():
        assert maria.answer(question_id, choice=choice).status == 303
    assert ana.answer("why.goal", choice="support_only").status == 303
    assert maria.answer("why.goal", choice="general_wellness").status == 303
    assert maria.answer("visit.notes", text="They were kind.", note="Ask for the paper").status == 303
    # These pages are open in two browsers while the server is started anew.
    both = ana.see(f"{ana.address('why.goal')}/both").forms[0]
    opened = {q: person.see(person.address(q)) for person, q in ((ana, "why.goal"), (maria, "visit.notes"))}
    before = kept(server.database, maria)
    serve(server, newer(tmp_path / "newer"))

    # An option that is gone: please choose again.
    seen = opened["why.goal"].ask.hidden["seen"]
    answer = ana.answer("why.goal", choice="general_wellness", seen=seen)
    assert answer.status == 422
    assert "We do not know that answer. The page may be from an older version." in answer.page.error
    assert ("choice", "general_wellness") not in answer.page.ask.offered
    # A question that is gone: a sentence, and one's own words, to be copied.
    seen = opened["visit.notes"].ask.hidden["seen"]
    answer = maria.answer("visit.notes", text="They were kind.\nThe nurse took an hour.", note="", seen=seen)
    assert answer.status == 404
    assert answer.page.headings == ["This question is not asked"]
    assert "So what you chose here was not saved. Everything that you saved before is still there." in answer.page.text
    assert "The nurse took an hour." in answer.page.text
    assert maria.see(maria.address("visit.notes"), 404).headings == answer.page.headings
    # Settling with an answer that is gone.
    gone = before.offer(1).latest["why.goal"]
    assert gone.value == "general_wellness"
    assert ("choice", str(gone.number)) in both.offered
    settled = ana.browser.post(both.action, choice=gone.number, seen=both.hidden["seen"])
    assert settled.status == 422
    assert "The guide was updated, and no longer offers this answer." in settled.page.error
    # All else is taken.
    assert maria.answer("offer.provider", text="Example Clinic").status == 303

    # What the update changed is said, and stands on paper too; the rule that changed decides.
    says = f"This guide was updated since you began: {SAYS} All your answers are kept."
    for person in (maria, ana):
        for end in ("answers", "result"):
            page = person.see(f"{person.offer}/{end}")
            assert says in page.text
            assert "What is the aim of the cells?" in page.text.partition("look at each again:")[2][:200]
        assert person.see(f"{person.offer}/result").headings == ["Warning sign"]
        paper = person.see(f"{person.offer}/summary").text
        assert f"The guide was updated after some of these answers were given: {SAYS}" in paper
        for end in PAGES:
            person.see(person.home + end)
    # The history is as it was, and goes on.
    after = kept(server.database, maria)
    assert after.rows[: len(before.rows)] == before.rows
    assert {e.value for e in after.offer(1).history["why.goal"]} == {"support_only", "general_wellness"}
    assert after.offer(1).latest["visit.notes"].value == "They were kind."
    assert after.offer(1).notes["visit.notes"][0].value == "Ask for the paper"


def test_a_running_server_does_not_look_at_the_files_again(server: Server, tmp_path: Path) -> None:
    pack = newer(tmp_path / "newer")
    serve(server, pack)
    maria = begin(server.port)
    assert maria.answer("offer.name", text="Drip from the talk").status == 303
    shutil.rmtree(pack)
    assert maria.answer("trial.status", choice="treatment").status == 303
    for end in PAGES:
        maria.see(maria.home + end)
    # And back to the older one: answers given under the newer are there.
    serve(server, OLD)
    for end in PAGES:
        maria.see(maria.home + end)
    assert "Drip from the talk" in maria.see(f"{maria.offer}/summary").text
    assert "was updated" not in maria.see(f"{maria.offer}/result").text
