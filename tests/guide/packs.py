"""Writes the smallest pack folders that load, so that a test spells out only what it is about.

A test gives questions and rules in the pack's own form, with three shorthands: options as `{id: reading}`, the
needs of a variant as `{question: test}`, and results as `{result: {variant: needs}}`. Every text that a pack must
have and that the test does not care about is filled in.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from app.guide.pack import load_pack
from app.guide.sort import Sorter

Data = dict[str, Any]

STANDING = [
    {"id": "not_asked", "label": "Not asked yet", "hint": "It joins your list.", "reads": "open", "yields": True},
    {"id": "unsure", "label": "Told, not sure", "hint": "It joins your list.", "reads": "open"},
    {"id": "no_clear_answer", "label": "No clear answer", "hint": "It is raised.", "reads": "vague"},
]
RESULTS = ("regulated_trial", "supportive_care", "warning_sign", "not_settled")
FACT = {"id": "a_fact", "strength": "primary", "says": "Something was read.", "source": "a paper", "date": "2026"}
SAYS = {"text": "We judge that this is worth a sentence.", "basis": "guide"}

# One question that says what the offer is; the default rules turn its first answer into a result.
DEFAULT_QUESTIONS: list[Data] = [
    {"id": "offer.status", "core": True, "options": {"trial": "neutral", "treatment": "neutral", "sold": "warning"}}
]
DEFAULT_RULES: Data = {"results": {"regulated_trial": {"trial": {"offer.status": ["trial"]}}}}


def tiny_pack(
    tmp_path: Path, questions: list[Data] | None = None, rules: Data | None = None, **files: Data | str
) -> Path:
    """Writes a smallest valid pack and returns its folder.

    `questions` go to the section that their id begins with; `you` is the one about the person. `rules` is
    rules.yaml. `files` are by name without ending (`pack`, `evidence`, `trials`, `registers`, `examples`,
    `glossary`, `about`): a mapping is laid over the default, a text is written as it stands.
    """
    spelled = [_question(q) for q in (DEFAULT_QUESTIONS if questions is None else questions)]
    folder = tmp_path / "tiny"
    (folder / "pages").mkdir(parents=True)
    sections: dict[str, list[Data]] = {}
    for question in spelled:
        sections.setdefault(question["id"].split(".")[0], []).append(question)
    defaults: dict[str, Data] = {
        "pack": _cover(list(sections), spelled),
        "rules": _rules(DEFAULT_RULES if rules is None else rules, spelled),
        "evidence": {
            "checked_on": "2026-11-23",
            "facts": [FACT],
            "authorised_products": [],
            "where_it_comes_from": "From one article.",
            "seller_article": "Some Clinic",
        },
        "alternatives": {"alternatives": []},
        "trials": {"checked_on": "2026-11-23", "trials": []},
        "registers": {"registers": [_register("nct", r"NCT\d{8}", "NCT01234567")]},
        "examples": {"examples": []},
        "glossary": {"terms": []},
        "about": {"id": "about", "title": "About", "summary": "A test.", "blocks": [{"text": "Text.", **_GUIDE}]},
        **{section: {"questions": inside} for section, inside in sections.items()},
    }
    for name in {**defaults, **files}:
        content = files.get(name, {})
        text = content if isinstance(content, str) else _yaml({**defaults.get(name, {}), **content})
        (folder / ("pages/about.yaml" if name == "about" else f"{name}.yaml")).write_text(text, encoding="utf-8")
    return folder


def tiny_sorter(
    tmp_path: Path, questions: list[Data] | None = None, rules: Data | None = None, **files: Data | str
) -> Sorter:
    """The Sorter of a tiny pack."""
    return Sorter(load_pack(tiny_pack(tmp_path, questions, rules, **files)))


_GUIDE = {"basis": "guide"}


def _yaml(data: Mapping[str, object]) -> str:
    return str(yaml.dump(data, Dumper=_NoAliases, sort_keys=False, allow_unicode=True))


class _NoAliases(yaml.SafeDumper):
    """Texts that are reused here are written out, as an author would."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _cover(sections: list[str], questions: list[Data]) -> Data:
    return {
        "id": "tiny",
        "version": "1.0.0",
        "title": "A tiny pack",
        "checked_on": "2026-11-23",
        "review_months": 6,
        "sections": [
            {"id": s, "title": s, "intro": "A section.", "scope": "person" if s == "you" else "offer"} for s in sections
        ],
        "first": [q["id"] for q in questions[:1]],
        "summary": {"name": questions[0]["id"]},
        "standing": [
            {**s, "hint_core": "On this one it counts.", **({"says": SAYS, "says_core": SAYS} if vague else {})}
            for s, vague in ((s, s["reads"] == "vague") for s in STANDING)
        ],
        "changes": [{"version": "1.0.0", "date": "2026-11-23", "says": "The first version."}],
        "pages": [],
    }


def _question(spec: Data) -> Data:
    name = spec["id"]
    words = {
        "kind": "one",
        "short": name,
        "question": f"What about {name}?",
        "ask": f"Please tell me about {name}.",
        "why": SAYS,
        "clear": "A clear answer.",
        "vague": "A vague one.",
        "who": "You.",
    }
    options = spec.get("options", [])
    if isinstance(options, Mapping):
        options = [{"id": o, "reads": reads} for o, reads in options.items()]
    question = {**words, **spec, "options": [_option(o) for o in options]}
    if "scale" in spec:
        question["scale"] = [p if isinstance(p, dict) else {"id": p, "label": p} for p in spec["scale"]]
    return question


def _option(spec: Data | str) -> Data:
    option: Data = {"id": spec} if isinstance(spec, str) else dict(spec)
    option.setdefault("label", option["id"])
    if option.get("reads", "neutral") in ("caution", "vague", "warning"):
        option.setdefault("says", SAYS)
    return option


def _rules(spec: Data, questions: list[Data]) -> Data:
    results = spec.get("results", {})
    if isinstance(results, Mapping):
        results = [_result(r, results.get(r, {}), questions[0]["id"]) for r in RESULTS]
    return {
        "must_answer": spec.get("must_answer", []),
        "contradictions": [{"says": SAYS, **c} for c in spec.get("contradictions", [])],
        "results": results,
        "never": spec.get("never", []),
    }


def _result(result: str, variants: Mapping[str, Data], aim: str) -> Data:
    words = {"title": result, "meaning": "What it means.", "person": [SAYS], "physician": [SAYS]}
    return {"id": result, **words, "variants": [_variant(v, spec, aim) for v, spec in variants.items()]}


def _variant(name: str, spec: Data, aim: str) -> Data:
    # A variant with titles of its own is given in full; otherwise only its needs are.
    full = spec if "needs" in spec else {"needs": spec}
    needs = [{"when": {q: test}, "says": f"{q} is as needed"} for q, test in full["needs"].items()]
    # Reasons follow the first question of the pack unless the variant does not rest on it.
    first = aim if aim in full["needs"] else next(iter(full["needs"]))
    return {"id": name, "title": name, "aim": first, **full, "needs": needs}


def _register(name: str, pattern: str, example: str) -> Data:
    return {"id": name, "name": name, "pattern": pattern, "example": example, "look_up": "https://example.org/{id}"}
