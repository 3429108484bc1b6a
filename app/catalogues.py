"""The catalogues of words: what the interface says, gathered from code and templates, and catalogues kept up to date.

Knows where texts stand and how catalogues are written. What is wrong with one is for `app/guide/translation.py`.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

from app import languages
from app.guide.errors import Problem
from app.guide.models import Place
from app.guide.pack import Pack
from app.guide.translation import catalogue_of, lint_catalogue, texts_of, update
from app.settings import ROOT

Text = str | tuple[str, str]

_FROM: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("app", "**.py", "python", {}),
    ("templates", "**.html", "jinja2", {"trimmed": "true"}),
)
# What a catalogue's header says of people and days, and nobody keeps up to date.
_NOBODY = re.compile(
    rb'^"(Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Trans|Language-Team|Generated-By).*\n', re.M
)
_KEYWORDS = DEFAULT_KEYWORDS | {"N_": None}


def interface() -> dict[Text, list[Place]]:
    """Every text of the interface, with one form or two, and where it stands."""
    found: dict[Text, list[Place]] = {}
    for folder, pattern, method, options in _FROM:
        texts = extract_from_dir(ROOT / folder, [(pattern, method)], {pattern: options}, _KEYWORDS)
        for file, line, text, _comments, _context in sorted(texts, key=lambda one: (one[0], one[1])):
            key: Text = text if isinstance(text, str) else (text[0], text[1])
            found.setdefault(key, []).append(Place(f"{folder}/{file}", line))
    return found


def lint_interface(language: str) -> Iterator[Problem]:
    """What is missing, stale or wrong in the words of the interface."""
    path = languages.FOLDER / language / languages.CATALOGUE
    texts = {text if isinstance(text, str) else text[0]: places[0] for text, places in interface().items()}
    yield from lint_catalogue(_name(path), languages.read_catalogue(path), texts)


def write(pack: Pack, folder: Path, language: str) -> list[Path]:
    """Brings the catalogues of a language up to date, and makes those that are not there yet."""
    path = languages.FOLDER / language / languages.CATALOGUE
    _write(path, language, interface())
    written = [path]
    texts = texts_of(pack)
    for file, found in texts.items():
        written.append(folder / catalogue_of(file, language))
        _write(written[-1], language, found)
    for path in sorted((folder / language).rglob("*.po")):
        if path not in written:  # of a file that is no more
            path.unlink()
    return written


def _write(path: Path, language: str, texts: Mapping[Text, list[Place]] | Mapping[str, list[Place]]) -> None:
    catalogue = languages.read_catalogue(path) if path.exists() else _new(language)
    update(catalogue, texts)
    catalogue.header_comment = f"# {languages.own_name(language)}"
    made = BytesIO()
    # One line a text, whatever its length: easier to compare, and to fill in by a program.
    write_po(made, catalogue, width=100_000, ignore_obsolete=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_NOBODY.sub(b"", made.getvalue()))


def _new(language: str) -> Catalog:
    return Catalog(locale=language, project="Which Cells?", version="", header_comment="", fuzzy=False)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
