"""A pack in memory, and how a folder becomes one.

Knows the files of a pack and how to report everything wrong with their form at once. Whether the parts refer
to each other rightly is lint's business; what the rules come to is that of rules and sort.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from app.guide import models as m
from app.guide import trial_models as t
from app.guide.errors import PackError, Problem
from app.guide.page_models import Page, Terms
from app.guide.yaml_source import line_of, read

_FIXED = ("pack", "rules", "evidence", "alternatives", "trials", "registers", "examples", "glossary")
_FIXED_FILES = frozenset(f"{name}.yaml" for name in _FIXED)

AnyNode = TypeVar("AnyNode", bound=m.Node)


@dataclass(frozen=True)
class Pack:
    """Everything one folder of `questions/` says. Made by `load_pack`, never changed."""

    cover: m.Cover
    sections: tuple[tuple[m.Section, tuple[m.Question, ...]], ...]
    rules: m.Rules
    evidence: m.Evidence
    alternatives: tuple[m.Alternative, ...]
    trials: t.Trials
    registers: tuple[t.Register, ...]
    pages: tuple[Page, ...]
    about: Page
    examples: tuple[m.Example, ...]
    glossary: Terms
    # None for a pack that holds no records against answers.
    compare: t.Compare | None = None

    @cached_property
    def questions(self) -> dict[str, m.Question]:
        """All questions by id, in the order of the sections."""
        return {q.id: q for _, questions in self.sections for q in questions}

    @cached_property
    def section_of(self) -> dict[str, m.Section]:
        return {q.id: section for section, questions in self.sections for q in questions}

    @cached_property
    def personal(self) -> frozenset[str]:
        """Ids of the questions that everybody answers for themselves, not about an offer."""
        return frozenset(q for q, section in self.section_of.items() if section.scope == "person")

    @cached_property
    def standing(self) -> dict[str, m.StandingAnswer]:
        return {s.id: s for s in self.cover.standing}

    @cached_property
    def facts(self) -> dict[str, m.Fact]:
        return {f.id: f for f in self.evidence.facts}

    @cached_property
    def results(self) -> dict[str, m.Result]:
        return {r.id: r for r in self.rules.results}

    @cached_property
    def contradictions(self) -> dict[str, m.Contradiction]:
        return {c.id: c for c in self.rules.contradictions}

    @cached_property
    def variants(self) -> tuple[tuple[m.Result, m.Variant], ...]:
        return tuple((result, variant) for result in self.rules.results for variant in result.variants)

    def page(self, page_id: str) -> Page | None:
        return next((p for p in self.pages if p.id == page_id), None)

    def example(self, example_id: str) -> m.Example | None:
        return next((e for e in self.examples if e.id == example_id), None)


class _Reader:
    """Reads files of one folder into models, keeping every problem instead of stopping at the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def read(self, model: type[AnyNode], name: str) -> AnyNode | None:
        data, problems = read(self.folder / name, name)
        self.problems += problems
        if data is None:
            return None
        try:
            return model.model_validate(data)
        except ValidationError as error:
            details = error.errors()
            faulty = [tuple(d["loc"]) for d in details]
            for detail in details:
                path = tuple(detail["loc"])
                if detail["type"] == "too_short" and any(f[: len(path)] == path != f for f in faulty):
                    continue  # pydantic does not count the items that are at fault themselves
                where = ".".join(str(step) for step in path)
                says = f"{where}: {_plain_words(detail['type'], detail['msg'])}"
                self.problems.append(Problem("wrong-form", m.Place(name, line_of(data, path)), says))
            return None

    def read_all(self) -> None:
        """Reads every section and page that there is, for its problems alone."""
        for path in sorted(self.folder.glob("*.yaml")):
            if path.name not in _FIXED_FILES:
                self.read(m.Questions, path.name)
        for path in sorted(self.folder.glob("pages/*.yaml")):
            if path.name != "about.yaml":
                self.read(Page, f"pages/{path.name}")


def _plain_words(kind: str, message: str) -> str:
    return {
        "missing": "this key is missing.",
        "extra_forbidden": "this key is not known here; check its spelling.",
        "string_too_short": "this text is empty.",
    }.get(kind, message + ".")


def load_pack(folder: Path) -> Pack:
    """Reads the pack in `folder`.

    Raises PackError with every problem of form at once: missing files, bad YAML, unknown or missing keys.
    """
    reader = _Reader(folder)
    cover = reader.read(m.Cover, "pack.yaml")
    if cover is None:
        # The list of files is in the cover; without it, what lies in the folder still gets read for its faults.
        reader.read_all()
    sections = [(s, reader.read(m.Questions, f"{s.id}.yaml")) for s in (cover.sections if cover else ())]
    rules = reader.read(m.Rules, "rules.yaml")
    evidence = reader.read(m.Evidence, "evidence.yaml")
    alternatives = reader.read(m.Alternatives, "alternatives.yaml")
    trials = reader.read(t.Trials, "trials.yaml")
    registers = reader.read(t.Registers, "registers.yaml")
    examples = reader.read(m.Examples, "examples.yaml")
    glossary = reader.read(Terms, "glossary.yaml")
    about = reader.read(Page, "pages/about.yaml")
    pages = [reader.read(Page, f"pages/{p}.yaml") for p in (cover.pages if cover else ())]
    if reader.problems or not (
        cover and rules and evidence and alternatives and trials and registers and examples and glossary and about
    ):
        raise PackError(reader.problems)
    return Pack(
        cover=cover,
        sections=tuple((section, questions.questions) for section, questions in sections if questions),
        rules=rules,
        evidence=evidence,
        alternatives=alternatives.alternatives,
        trials=trials,
        registers=registers.registers,
        pages=tuple(page for page in pages if page),
        about=about,
        examples=examples.examples,
        glossary=glossary,
        compare=registers.compare,
    )


def version_number(version: str) -> tuple[int, ...]:
    """A pack's version as numbers, for comparing: "1.10.0" is newer than "1.9.0"."""
    return tuple(int(part) for part in version.split("."))
