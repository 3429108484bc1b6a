"""How a folder becomes a pack: values stay the text that was written, and every fault of form is named at once."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from app.guide.errors import PackError, Problem
from app.guide.models import Place
from app.guide.pack import load_pack

from .packs import tiny_pack

# How a file is spoiled: bytes to write instead, a text and what replaces it, or nothing at all: the file goes.
Change = bytes | tuple[str, str] | None


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    return caught.value.problems


def spoil(folder: Path, name: str, change: Change) -> None:
    file = folder / name
    if change is None:
        file.unlink()
    elif isinstance(change, bytes):
        file.write_bytes(change)
    else:
        text = file.read_text(encoding="utf-8")
        assert change[0] in text, f"{change[0]!r} does not stand in {name}"
        file.write_text(text.replace(*change, 1), encoding="utf-8")


class Case(NamedTuple):
    """One fault: the problem it has to be, how it is made, and its line, or a text that first stands there."""

    problem: str
    file: str
    change: Change
    at: str | int
    says: str


CASES = {
    "a missing file": Case("missing-file", "trials.yaml", None, 0, "missing or cannot be read"),
    "a missing section": Case("missing-file", "offer.yaml", None, 0, "missing or cannot be read"),
    "an empty file": Case("empty-file", "registers.yaml", b"", 1, "this file is empty"),
    "a file of comments": Case("empty-file", "registers.yaml", b"# later\n\n", 1, "this file is empty"),
    "not UTF-8": Case("not-utf8", "rules.yaml", "title: caf\u00e9".encode("latin-1"), 0, "Save it as UTF-8"),
    "a bracket left open": Case("yaml-syntax", "trials.yaml", ("trials: []", "trials: ["), 3, "not valid YAML"),
    "a tab for indentation": Case("yaml-syntax", "trials.yaml", b"trials:\n\t- key: x\n", 2, "cannot start any token"),
    "two documents": Case("yaml-syntax", "trials.yaml", ("trials:", "---\ntrials:"), "---", "another document"),
    "a key twice": Case("duplicate-key", "pack.yaml", ("title:", "id: x\ntitle:"), "id: x", '"id" stands twice'),
    "a key twice inside an option": Case(
        "duplicate-key", "offer.yaml", ("label: sold", "label: sold\n    label: on sale"), "on sale", '"label" stands'
    ),
    "an unknown key": Case(
        "wrong-form",
        "offer.yaml",
        ("  who:", "  woh: x\n  who:"),
        "woh:",
        "questions.0.woh: this key is not known here",
    ),
    "an unknown key deep inside": Case(
        "wrong-form",
        "offer.yaml",
        ("label: sold", "label: sold\n    lable: sold"),
        "lable:",
        "questions.0.options.2.lable",
    ),
    # A key that is not there has no line of its own: the block it belongs in is named.
    "a missing key": Case(
        "wrong-form",
        "offer.yaml",
        ("  clear: A clear answer.\n", ""),
        "- kind",
        "questions.0.clear: this key is missing",
    ),
    "an empty text": Case("wrong-form", "pack.yaml", ("A tiny pack", "' '"), "title:", "title: this text is empty"),
    "a value outside its list": Case("wrong-form", "offer.yaml", ("reads: warning", "reads: bad"), "bad", "'warning'"),
    "a number that is none": Case("wrong-form", "pack.yaml", ("months: 6", "months: six"), "six", "review_months: "),
    "a date that is none": Case("wrong-form", "trials.yaml", ("2026-11-23", "2026-13-23"), 1, "checked_on: "),
    "a list where a mapping belongs": Case("wrong-form", "examples.yaml", b"- examples\n", 1, "valid dictionary"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_of_form_is_named_with_its_file_and_line(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    folder = tiny_pack(tmp_path)
    spoil(folder, case.file, case.change)
    [problem] = problems_of(folder)
    line = case.at
    if isinstance(line, str):
        lines = (folder / case.file).read_text(encoding="utf-8").splitlines()
        line = next(n for n, text in enumerate(lines, start=1) if case.at in text)
    assert (problem.id, problem.place) == (case.problem, Place(case.file, line))
    assert case.says in problem.says


def test_every_fault_of_every_file_is_named_at_once(tmp_path: Path) -> None:
    folder = tiny_pack(tmp_path)
    spoil(folder, "offer.yaml", ("  who: You.\n", ""))
    spoil(folder, "offer.yaml", ("  vague: A vague one.", "  wage: A vague one."))
    spoil(folder, "offer.yaml", ("reads: warning", "reads: bad"))
    spoil(folder, "rules.yaml", ("must_answer: []", "must_answer: []\nmust_answer: []"))
    spoil(folder, "evidence.yaml", ("strength: primary", "strength: rumor"))
    spoil(folder, "registers.yaml", b"")
    spoil(folder, "trials.yaml", b"trials: [")
    spoil(folder, "pages/about.yaml", b"\xff\xfe")
    spoil(folder, "examples.yaml", None)
    found = problems_of(folder)
    assert [(p.place.file, p.id) for p in found] == [
        ("evidence.yaml", "wrong-form"),
        ("examples.yaml", "missing-file"),
        ("offer.yaml", "wrong-form"),
        ("offer.yaml", "wrong-form"),
        ("offer.yaml", "wrong-form"),
        ("offer.yaml", "wrong-form"),
        ("pages/about.yaml", "not-utf8"),
        ("registers.yaml", "empty-file"),
        ("rules.yaml", "duplicate-key"),
        ("trials.yaml", "yaml-syntax"),
    ]
    said = " ".join(p.says for p in found if p.place.file == "offer.yaml")
    assert all(key in said for key in ("who", "wage", "vague", "reads"))


def test_the_error_reads_as_one_line_a_problem(tmp_path: Path) -> None:
    folder = tiny_pack(tmp_path, registers="", trials="")
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    lines = str(caught.value).splitlines()
    assert lines == [
        "registers.yaml:1: empty-file: this file is empty.",
        "trials.yaml:1: empty-file: this file is empty.",
    ]


def test_a_folder_that_is_not_there_names_each_file_it_wants(tmp_path: Path) -> None:
    found = problems_of(tmp_path / "nowhere")
    assert {p.id for p in found} == {"missing-file"}
    assert {"pack.yaml", "rules.yaml", "pages/about.yaml"} <= {p.place.file for p in found}


def test_a_fault_in_the_cover_does_not_hide_those_of_a_section(tmp_path: Path) -> None:
    folder = tiny_pack(tmp_path)
    spoil(folder, "pack.yaml", ("review_months: 6", "review_months: six"))
    spoil(folder, "offer.yaml", ("reads: warning", "reads: bad"))
    assert {p.place.file for p in problems_of(folder)} == {"pack.yaml", "offer.yaml"}


def test_a_fault_in_the_only_item_of_a_list_is_one_problem(tmp_path: Path) -> None:
    folder = tiny_pack(tmp_path)
    spoil(folder, "rules.yaml", ("offer.status:\n", "offer.a: answered\n        offer.status:\n"))
    [problem] = problems_of(folder)
    assert problem.says.startswith("results.0.variants.0.needs.0.when: ")


def test_a_control_character_is_bad_yaml(tmp_path: Path) -> None:
    folder = tiny_pack(tmp_path)
    spoil(folder, "pack.yaml", ("A tiny pack", '"A tiny\x07pack"'))
    assert [(p.id, p.place.file) for p in problems_of(folder)] == [("yaml-syntax", "pack.yaml")]


def test_a_block_that_holds_itself_is_bad_yaml(tmp_path: Path) -> None:
    folder = tiny_pack(tmp_path, trials="checked_on: 2026-11-23\ntrials: &all [*all]\n")
    assert ("yaml-syntax", Place("trials.yaml", 2)) in {(p.id, p.place) for p in problems_of(folder)}


# -- what YAML 1.1 would have guessed

# Ids that YAML 1.1 would turn into true and false, and labels that it would turn into numbers, dates and null.
IDS = ["no", "yes", "on", "off", "n", "y", "true", "null"]
LABELS = ["no", "yes", "on", "1.10", "2026-03-06", "012", "~", "null", "1_000", "0x1F", "1:30", ".inf", "NO", "=", "<<"]


def options(pairs: list[tuple[str, str]]) -> str:
    return "\n".join(f"      - id: {name}\n        label: {label}" for name, label in pairs)


def section(pairs: list[tuple[str, str]], more: str = "") -> str:
    return f"""questions:
  - id: offer.status
    kind: one{more}
    short: no
    question: on
    why: {{text: 1.10, basis: guide}}
    clear: ~
    vague: 012
    who: 2026-03-06
    options:
{options(pairs)}
"""


@pytest.mark.parametrize("name", IDS)
def test_an_option_keeps_the_id_that_was_written(name: str, tmp_path: Path) -> None:
    pack = load_pack(tiny_pack(tmp_path, offer=section([(name, "x")])))
    assert [o.id for o in pack.questions["offer.status"].options] == [name]


@pytest.mark.parametrize("label", LABELS)
def test_a_label_keeps_the_text_that_was_written(label: str, tmp_path: Path) -> None:
    pack = load_pack(tiny_pack(tmp_path, offer=section([("a", label)])))
    assert [o.label for o in pack.questions["offer.status"].options] == [label]


def test_every_other_text_stays_as_written_too(tmp_path: Path) -> None:
    question = load_pack(tiny_pack(tmp_path, offer=section([("a", "x")]))).questions["offer.status"]
    said = (question.short, question.question, question.why.text, question.clear, question.vague, question.who)
    assert said == ("no", "on", "1.10", "~", "012", "2026-03-06")


def test_the_points_of_a_scale_and_the_answers_of_a_condition_stay_text(tmp_path: Path) -> None:
    more = '\n    scale: [{id: 012, label: no}, {id: 1, label: "1"}]\n    asked_when: {offer.other: [no, on, 012]}'
    question = load_pack(tiny_pack(tmp_path, offer=section([("a", "x")], more))).questions["offer.status"]
    assert [p.id for p in question.scale] == ["012", "1"]
    assert question.asked_when == {"offer.other": ("no", "on", "012")}


@pytest.mark.parametrize(("written", "meant"), [("no", False), ("yes", True), ("off", False), ("true", True)])
def test_a_field_that_is_yes_or_no_takes_both_words(written: str, meant: bool, tmp_path: Path) -> None:
    pack = load_pack(tiny_pack(tmp_path, offer=section([("a", "x")], f"\n    core: {written}")))
    assert pack.questions["offer.status"].core is meant


def test_a_tag_makes_no_object(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    label = f"!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path [{touched}]]"
    [problem] = problems_of(tiny_pack(tmp_path, offer=section([("a", label)])))
    assert (problem.id, touched.exists()) == ("wrong-form", False)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    # Some editors begin a UTF-8 file with one.
    folder = tiny_pack(tmp_path)
    file = folder / "offer.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert list(load_pack(folder).questions) == ["offer.status"]


def test_every_block_knows_its_line(tmp_path: Path) -> None:
    folder = tiny_pack(tmp_path)
    pack = load_pack(folder)
    lines = (folder / "offer.yaml").read_text(encoding="utf-8").splitlines()
    question = pack.questions["offer.status"]
    begins = [lines[node.place.line - 1] for node in (question, *question.options)]
    assert [re.sub(r"^[\s-]*", "", line) for line in begins] == ["kind: one", "id: trial", "id: treatment", "id: sold"]
    assert question.why.place.file == "offer.yaml"
