"""The command line as a person or a program meets it: files in, lines out, exit codes, and no traceback ever."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from databases import about_files, fresh, rows
from guide.packs import tiny_pack
from sqlalchemy import update
from sqlmodel import col

from app import cli
from app.guide.pack import Pack
from app.store.connect import connect
from app.store.preparations import Preparations
from app.store.tables import Person

ROOT = Path(__file__).resolve().parent.parent
SUPPORT = {"trial.status": "treatment", "why.goal": "support_only", "claims.heard": ["none_of_these"]}


class Ran:
    """What one run of `python -m app` left behind."""

    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.code = done.returncode
        self.out, self.err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        assert "Traceback" not in self.err, self.err

    @property
    def objects(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]


def run(*arguments: str | Path, given: bytes = b"") -> Ran:
    command = [sys.executable, "-m", "app", *map(str, arguments)]
    return Ran(subprocess.run(command, cwd=ROOT, input=given, capture_output=True, timeout=120, check=False))


def lines(*answers: object) -> bytes:
    return "".join(json.dumps(a) + "\n" for a in answers).encode()


# -- sort


def test_sort_reads_a_file_and_writes_one_line_for_each_set_of_answers(tmp_path: Path, pack: Pack) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_bytes(lines({}, *(e.answers for e in pack.examples)))
    ran = run("sort", file)
    assert (ran.code, ran.err) == (0, "")
    assert [o["result"] for o in ran.objects] == ["not_settled", *(e.result for e in pack.examples)]


def test_sort_reads_standard_input_and_writes_exactly_these_keys() -> None:
    ran = run("sort", "-", given=lines({"claims.heard": ["cure_or_reversal"]}, SUPPORT))
    assert (ran.code, ran.err) == (0, "")
    for outcome in ran.objects:
        assert list(outcome) == ["result", "variant", "possible", "reasons", "to_ask"]
        assert outcome["reasons"]
        for reason in outcome["reasons"]:
            assert list(reason) == ["kind", "question", "answer", "rule", "says"]
    warned, unsettled = ran.objects
    assert (warned["result"], warned["variant"], warned["possible"]) == ("warning_sign", None, ["warning_sign"])
    assert list(warned["reasons"][0].values())[:3] == ["warning", "claims.heard", "cure_or_reversal"]
    assert (unsettled["result"], unsettled["possible"]) == ("not_settled", ["supportive_care", "warning_sign"])
    assert {r["rule"] for r in unsettled["reasons"] if r["kind"].startswith("need")} == {"supportive_care.supportive"}
    assert "cells.kind" in unsettled["to_ask"]


def test_sort_passes_over_blank_lines_and_takes_windows_line_ends_and_a_missing_last_one() -> None:
    ran = run("sort", "-", given=b"\n{}\r\n   \n\t\n{}")
    assert (ran.code, len(ran.objects)) == (0, 2)


def test_sort_takes_answers_in_any_script_and_null_for_no_answer() -> None:
    answers = {"offer.name": "\u7d30\u80de \U0001f9e0 \u2028", "cells.kind": None, "offer.country": ""}
    given = lines(answers) + json.dumps(answers, ensure_ascii=False).encode() + b"\n"
    ran = run("sort", "-", given=given)
    assert (ran.code, ran.objects[0]) == (0, ran.objects[1])


def test_sort_uses_the_pack_it_is_given(tmp_path: Path) -> None:
    copied = shutil.copytree(ROOT / "questions" / "parkinsons", tmp_path / "copied")
    file = copied / "cells.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("id: made_at_the_clinic", "id: made_here"), encoding="utf-8"
    )
    ran = run("sort", "-", "--pack", copied, given=lines({"cells.lab": "made_at_the_clinic"}))
    assert (ran.code, ran.out) == (2, "")
    assert '"made_here"' in ran.err


# Each line is wrong in one way; the message has to name all of these.
FAULTY = {
    "malformed JSON": (b'{"cells.kind": "mesenchymal"', ["JSON"]),
    "not an object": (b'["cells.kind"]', ["one JSON object", '{"cells.kind": "mesenchymal"}']),
    "nested without end": (b'{"a":' * 100_000, ["JSON"]),
    "not UTF-8": (b'{"offer.name": "caf\xe9"}', ["JSON"]),
    "an unknown question": (b'{"cell.kind": "mesenchymal"}', ['"cell.kind"', 'Did you mean "cells.kind"?']),
    "an unknown option": (
        b'{"cells.kind": "mesenchymel"}',
        ["cells.kind", '"mesenchymel"', 'Did you mean "mesenchymal"?'],
    ),
    "a malformed register number": (b'{"trial.number": "NCT1234"}', ["trial.number", '"NCT1234"', "register"]),
    "nearly an answer to a register number": (
        b'{"trial.number": "refusd"}',
        ["trial.number", 'Did you mean "refused"?'],
    ),
    "true for one answer": (b'{"cells.kind": true}', ["cells.kind", "takes a text"]),
    "a text for a list": (b'{"claims.heard": "none_of_these"}', ["claims.heard", "takes a list, such as ["]),
    "a text for rows": (b'{"visit.clear": "clear"}', ["visit.clear", "one value for each row, such as {"]),
    "a date that is none": (
        b'{"offer.visit_date": "2026-02-30"}',
        ["offer.visit_date", '"2026-02-30"', '"2026-12-03"'],
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_sort_names_a_faulty_line_in_one_sentence_and_prints_what_came_before(name: str) -> None:
    line, parts = FAULTY[name]
    ran = run("sort", "-", given=lines({}, SUPPORT) + b"\n" + line + b"\n" + lines({}))
    assert ran.code == 2
    assert len(ran.objects) == 2
    # One line, that begins with the place; blank lines count, so that an editor finds it.
    assert ran.err.startswith("line 4: ")
    assert ran.err.count("\n") == 1
    assert [part for part in parts if part not in ran.err] == []


def test_a_file_that_does_not_exist_or_is_a_folder_is_named(tmp_path: Path) -> None:
    for file in (tmp_path / "answers.jsonl", tmp_path):
        ran = run("sort", file)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert file.name in ran.err


# -- check


def test_check_shows_every_section_for_the_pack(pack: Pack) -> None:
    ran = run("check")
    assert (ran.code, ran.err) == (0, "")
    first, grade, spanish, proof, witnesses, examples, last = ran.out.strip().split("\n\n")
    assert first.startswith(
        f"{pack.cover.id} {pack.cover.version}: lint found nothing ({len(pack.questions)} questions"
    )
    assert grade.startswith("Reading grade (US): median ")
    assert len(grade.splitlines()) == 1 + 10
    assert spanish.startswith("Reading grade (es): median ")
    assert spanish.endswith("es: no problem(s) in the translation.")
    assert proof.startswith("Proved over all ")
    verdicts = proof.splitlines()[1:]
    assert len(verdicts) >= 8 + len(pack.rules.never)
    assert all(v.startswith("  ok  ") and re.search(r" \([1-9]\d* cases\)$", v) for v in verdicts)
    named = [line.split(":")[0].strip() for line in witnesses.splitlines()[1:]]
    assert sorted(named) == sorted(["warning_sign", "not_settled", *(f"{r.id}.{v.id}" for r, v in pack.variants)])
    assert examples.splitlines()[1:] == [f"  ok  {e.id}: {e.result}" for e in pack.examples]
    assert last.endswith("nothing wrong.")


def test_check_of_lint_alone_stops_after_it() -> None:
    ran = run("check", "--lint-only")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)


def replaced(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "questions" / "parkinsons", tmp_path / "copied"))


def test_check_names_every_fault_of_form(copied: Path) -> None:
    (copied / "trials.yaml").unlink()
    replaced(copied, "cells.yaml", "core: true", "cores: true")
    replaced(copied, "where.yaml", "kind: one", "kind: won")
    ran = run("check", copied)
    assert (ran.code, ran.out) == (1, "")
    *problems, count = ran.err.splitlines()
    assert [p.split(":")[0] for p in problems] == ["cells.yaml", "trials.yaml", "where.yaml"]
    assert count == "3 problem(s)."


def test_check_names_every_fault_that_lint_finds(copied: Path) -> None:
    replaced(copied, "rules.yaml", "must_answer: [claims.heard]", "must_answer: [claims.herd]")
    replaced(copied, "registers.yaml", "NCT01234567", "NCT0123456")
    ran = run("check", copied)
    assert (ran.code, ran.out) == (1, "")
    registers, rules, count = ran.err.splitlines()
    assert registers.startswith("registers.yaml:")
    assert re.match(r'rules.yaml:\d+: unknown-question: .* "claims.herd". Did you mean "claims.heard"\?$', rules)
    assert count == "2 problem(s)."


def test_check_names_what_does_not_hold_and_counts_it(tmp_path: Path) -> None:
    hard = (
        "Heterogeneous immunological considerations necessitate individualized multidisciplinary evaluation beforehand."
    )
    example = {
        "id": "sold",
        "title": "A",
        "intro": "B",
        "result": "regulated_trial",
        "answers": {"offer.status": "sold"},
    }
    promise = {"id": "p", "result": "regulated_trial", "when": {"offer.status": ["trial"]}, "says": "never a trial"}
    variants = {
        "regulated_trial": {"one": {"offer.status": ["trial"]}},
        "supportive_care": {"two": {"offer.status": ["treatment"]}},
    }
    rules = {"results": variants, "never": [promise]}
    folder = tiny_pack(tmp_path, rules=rules, examples={"examples": [example]}, about={"summary": hard})
    ran = run("check", folder)
    assert (ran.code, ran.err) == (1, "")
    broken = [line.strip() for line in ran.out.splitlines() if "BROKEN" in line]
    assert [b.split(" (")[0].split(": reads")[0] for b in broken] == [
        "BROKEN  pages/about.yaml:1: reading-grade",
        "BROKEN  never a trial",
        "BROKEN  sold: warning_sign",
    ]
    assert "p: {'offer.status': 'trial'}" in ran.out
    assert ran.out.rstrip().endswith("3 thing(s) wrong.")


def test_check_of_an_example_that_answers_no_question_names_its_place(tmp_path: Path) -> None:
    example = {"id": "a", "title": "A", "intro": "B", "result": "warning_sign", "answers": {"offer.stat": "sold"}}
    ran = run("check", tiny_pack(tmp_path, examples={"examples": [example]}))
    assert (ran.code, ran.err.split(":")[0]) == (1, "examples.yaml")


def test_sort_with_a_broken_pack_names_its_faults(tmp_path: Path) -> None:
    folder = tiny_pack(tmp_path, rules={"must_answer": ["offer.stat"], "results": {}})
    ran = run("sort", "-", "--pack", folder, given=b"{}\n")
    assert (ran.code, "unknown-question" in ran.err) == (1, True)


def test_check_of_a_folder_that_is_not_there_names_the_files_it_wants(tmp_path: Path) -> None:
    ran = run("check", tmp_path / "nowhere")
    assert ran.code == 1
    assert "pack.yaml:0: missing-file: " in ran.err


# -- draw, help, pipes


def test_draw_writes_one_picture_to_a_file_or_to_standard_output(tmp_path: Path) -> None:
    file = tmp_path / "flow.svg"
    ran = run("draw", "-o", file)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    picture = file.read_text(encoding="utf-8")
    assert ET.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
    assert run("draw").out.strip() == picture.strip()


def test_draw_into_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    ran = run("draw", "-o", tmp_path / "no" / "flow.svg")
    assert (ran.code, ran.err.count("\n")) == (2, 1)


def test_help_names_every_command() -> None:
    ran = run("--help")
    assert ran.code == 0
    assert all(command in ran.out for command in ("sort", "summary", "check", "draw", "serve", "sweep"))


def test_a_command_is_needed_and_an_unknown_one_is_refused() -> None:
    for arguments in ([], ["sport"]):
        ran = run(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("usage: python -m app")


def closed_reader(*arguments: str | Path, given: bytes) -> tuple[int, str]:
    """Runs with an output that nobody reads any more, as behind `head`: the exit code, and what was complained of."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "app", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=ROOT, input=given, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False
    )
    os.close(writer)
    return done.returncode, done.stderr.decode()


# The first fits a buffer and is written only at the end; the second breaks off in the middle.
@pytest.mark.parametrize("count", [1, 200])
def test_a_reader_that_has_left_is_no_fault(count: int) -> None:
    assert closed_reader("sort", "-", given=lines({}) * count) == (0, "")


def test_a_reader_that_has_left_is_no_traceback() -> None:
    _, complained = closed_reader("sort", "-", given=lines({}) * 200)
    assert "Traceback" not in complained


# -- sweep


def swept(database: Path | str, **settings: str) -> Ran:
    environment = os.environ | {"WHICH_CELLS_DATABASE": str(database), **settings}
    command = [sys.executable, "-m", "app", "sweep"]
    return Ran(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False))


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[str]:
    """A database with a preparation of today, and two that were last visited long ago."""
    with fresh(tmp_path) as address:
        fill(address)
        yield address


def fill(address: str) -> None:
    database = connect(address)
    database.migrate()
    store = Preparations(database, "parkinsons", "1.0.0")
    keys = [store.take_in([{"offer.name": "Mine"}], {}) for _ in range(3)]
    with database.writing() as connection:
        old = [key.preparation_id for key in keys[1:]]
        connection.execute(update(Person).where(col(Person.preparation_id).in_(old)).values(seen_on=date(2020, 1, 1)))
    database.close()


def test_sweep_says_how_many_went_and_leaves_the_rest(kept: str) -> None:
    today = datetime.now(UTC).date()
    ran = swept(kept)
    assert (ran.code, ran.out, ran.err) == (0, f"{today}, by the clock of this machine: 2 preparations deleted.\n", "")
    assert swept(kept).out.endswith(": 0 preparations deleted.\n")
    database = connect(kept)
    assert len(rows(database)["preparation"]) == 1
    # The file was written anew.
    assert not database.repack(limit=None)
    database.close()


@about_files
def test_sweep_needs_a_file_that_is_there_and_makes_none(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.db"
    ran = swept(path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"WHICH_CELLS_DATABASE: there is no file {path}.\n"
    assert not path.exists()


@about_files
def test_sweep_of_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear doctor, " * 1000, encoding="utf-8")
    ran = swept(path)
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(r"WHICH_CELLS_DATABASE: this cannot be used: .*not a database\.\n", ran.err)


@about_files
def test_sweep_says_when_traces_are_left_because_somebody_reads(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "PATIENCE", 0.1)
    monkeypatch.setenv("WHICH_CELLS_DATABASE", str(kept))
    with closing(sqlite3.connect(kept, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM preparation").fetchall()
        assert cli.main(["sweep"]) == 1
    assert cli.main(["sweep"]) == 0
