"""A pack in another language: the same rules, other words; and what can be wrong with the words."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pseudo import LANGUAGE, pseudo, write_pack

from app.catalogues import write
from app.guide.pack import Pack, load_pack
from app.guide.sort import Sorter
from app.guide.texts import prose
from app.guide.translation import Translation, languages_of, translated
from app.settings import ROOT

FOLDER = ROOT / "questions" / "parkinsons"
Change = Callable[[str, str, str], Translation]


@pytest.fixture(scope="module")
def english() -> Pack:
    return load_pack(FOLDER)


@pytest.fixture(scope="module")
def whole(english: Pack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all of the pack is there in another language."""
    folder = tmp_path_factory.mktemp("packs") / "pack"
    write_pack(english, FOLDER, folder)
    return folder


@pytest.fixture
def changed(english: Pack, whole: Path, tmp_path: Path) -> Change:
    """Puts one text in place of another in one of the files, and reads the pack."""

    def change(file: str, before: str, after: str) -> Translation:
        folder = tmp_path / "pack"
        shutil.copytree(whole, folder)
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
        return translated(load_pack(folder), folder, LANGUAGE)

    return change


def test_every_text_is_said_in_other_words_and_no_rule_is_another(english: Pack, whole: Path) -> None:
    found = translated(english, whole, LANGUAGE)
    assert (languages_of(whole), found.problems, found.missing) == ((LANGUAGE,), (), False)
    assert [p.place for p in prose(found.pack)] == [p.place for p in prose(english)]
    assert found.pack.questions["trial.status"].short == pseudo(english.questions["trial.status"].short)
    assert found.pack.facts["harm_mexico"].source == english.facts["harm_mexico"].source
    assert found.pack.cover.sections[0] == found.pack.sections[0][0]
    for example in english.examples:
        spoken = found.pack.example(example.id)
        assert spoken
        ours, theirs = (
            Sorter(p).sort(Sorter(p).vocabulary.checked(e.answers))
            for p, e in ((english, example), (found.pack, spoken))
        )
        assert (theirs.result, theirs.variant, theirs.possible) == (ours.result, ours.variant, ours.possible)
        assert (theirs.to_ask, theirs.deciding) == (ours.to_ask, ours.deciding)


def test_a_sorter_takes_from_one_in_another_language_what_it_would_find_itself(english: Pack, whole: Path) -> None:
    spoken, sorter = translated(english, whole, LANGUAGE).pack, Sorter(english)
    alone, taking = Sorter(spoken), Sorter(spoken, alike=sorter)
    for _, variant in spoken.variants:
        assert taking.rules.way_open(variant.id) is sorter.rules.way_open(variant.id)
        assert alone.rules.way_open(variant.id) == sorter.rules.way_open(variant.id)
    for example in spoken.examples:
        answers = alone.vocabulary.checked(example.answers)
        assert taking.sort(answers) == alone.sort(answers)


def test_a_changed_text_is_missing_and_its_old_words_are_stale(changed: Change) -> None:
    found = changed("trial.yaml", "What do the papers say this is?", "What do the papers call it?")
    missing, stale = sorted(found.problems, key=lambda p: p.id)
    assert found.missing
    assert str(missing) == (
        'trial.yaml:4: missing-translation: no words in eo/trial.po for "What do the papers call it?".'
    )
    assert (stale.id, stale.place.file) == ("stale-translation", "eo/trial.po")
    assert stale.place.line > 1
    assert found.pack.questions["trial.status"].question == "What do the papers call it?"


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("\u00e1", "\u201c", "curly-quotes"),
        ("\u00e1", "  \u00e1", "stray-space"),
        ("\u00e1", "\u2014", "long-dash"),
    ],
)
def test_what_can_be_wrong_with_words(changed: Change, before: str, after: str, problem: str) -> None:
    spoken = changed("eo/pack.po", before, after)
    assert problem in {p.id for p in spoken.problems}
    assert all(p.place.file == "eo/pack.po" for p in spoken.problems if p.id == problem)


def test_a_word_that_is_explained_in_english_alone(changed: Change) -> None:
    found = changed("eo/glossary.po", f'msgstr "{pseudo("dyskinesia")}"', 'msgstr "x"')
    assert {p.id for p in found.problems} == {"term-not-found"}
    assert 'the words for "Dyskinesia" are not found in you.priorities' in str(found.problems[0])


def test_a_word_that_is_explained_in_the_translation_alone(changed: Change) -> None:
    found = changed("eo/glossary.po", f'msgstr "{pseudo("dyskinesia")}"', f'msgstr "{pseudo("the")}"')
    assert "term-elsewhere" in {p.id for p in found.problems}


def test_a_placeholder_that_got_lost(changed: Change, english: Pack) -> None:
    hopes = english.cover.summary.hopes
    assert hopes
    words = pseudo(hopes.beyond.text)
    found = changed("eo/pack.po", words, words.replace("{hopes}", "X"))
    assert [p.id for p in found.problems] == ["placeholders"]


def test_words_that_somebody_is_not_sure_of_are_missing(changed: Change) -> None:
    found = changed("eo/offer.po", 'msgid "', '#, fuzzy\nmsgid "')
    assert found.missing


def test_what_is_no_catalogue_is_said(changed: Change) -> None:
    found = changed("eo/visit.po", 'msgid "', "what is this ")
    assert "catalogue" in {p.id for p in found.problems}


def test_catalogues_are_brought_up_to_date(
    english: Pack, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(whole, folder)
    monkeypatch.setattr("app.languages.FOLDER", tmp_path / "locale")
    text = (folder / "trial.yaml").read_text(encoding="utf-8")
    (folder / "trial.yaml").write_text(text.replace("What do the papers say this is?", "New?"), encoding="utf-8")
    pack = load_pack(folder)
    write(pack, folder, LANGUAGE)
    found = translated(pack, folder, LANGUAGE)
    assert [p.id for p in found.problems] == ["missing-translation"]
    # Once more, and nothing is different.
    before = {path: path.read_bytes() for path in folder.rglob("*.po")}
    write(pack, folder, LANGUAGE)
    assert {path: path.read_bytes() for path in folder.rglob("*.po")} == before
