"""Which of the words that are explained stand in a text."""

from pathlib import Path

import pytest

from app.guide.glossary import Glossary
from app.guide.pack import load_pack
from app.settings import ROOT

from .packs import tiny_pack

TERMS = [
    {"id": "off", "term": "OFF", "forms": ["OFF", "ON time"]},
    {"id": "board", "term": "Ethics board", "forms": ["ethics board", "ethics boards"]},
    {"id": "update", "term": "C++ (odd)", "forms": ["C++"]},
]


@pytest.fixture
def glossary(tmp_path: Path) -> Glossary:
    terms = [{**term, "text": "A meaning.", "basis": "guide"} for term in TERMS]
    return Glossary(load_pack(tiny_pack(tmp_path, glossary={"terms": terms})))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hours of OFF, then more.", ["off"]),
        ("Put it off. Offer. OFFER.", []),
        ("Good ON time", ["off"]),
        ("on time", []),
        ("Ethics Board", ["board"]),
        ("all ethics boards", ["board"]),
        ("ethics boarding, bioethics board", []),
        ("C++, and OFF", ["off", "update"]),
        ("", []),
    ],
)
def test_words_are_found_whole_and_capitals_as_they_stand(text: str, found: list[str], glossary: Glossary) -> None:
    assert [term.id for term in glossary.within([text])] == found


def test_all_that_a_question_says_is_looked_at() -> None:
    pack = load_pack(ROOT / "questions" / "parkinsons")
    glossary = Glossary(pack)
    kind = [term.id for term in glossary.on("cells.kind")]
    assert {"dopamine", "stem_cells", "ipsc", "embryonic", "fetal_tissue", "msc", "svf", "exosomes"} <= set(kind)
    assert kind == [term.id for term in pack.glossary.terms if term.id in kind]
    assert "ipsc" not in [term.id for term in glossary.on("safety.emergency")]
    # A question that says nothing that has to be explained has no list.
    assert glossary.on("offer.name") == ()
    with pytest.raises(KeyError):
        glossary.on("no.such")


def test_from_a_to_z() -> None:
    titles = [term.term for term in Glossary(load_pack(ROOT / "questions" / "parkinsons")).in_order]
    assert titles == sorted(titles, key=str.casefold)
    assert len(titles) > 40
