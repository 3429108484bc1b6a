"""A language that nobody speaks: every text of the guide with a mark on each of its letters, so that whatever was left
in English can be seen. Its dates and countries are those of Esperanto."""

import re
import shutil
import string
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from app.catalogues import interface
from app.guide.pack import Pack
from app.guide.translation import catalogue_of, texts_of
from app.languages import CATALOGUE

LANGUAGE = "eo"
_KEPT = re.compile(r"(\{\w*\}|%\(\w+\)[sd]|<[^>]+>)")
_PLAIN = string.ascii_letters
_MARKED = (
    "\u00e1\u0180\u00e7\u010f\u00e9\u0192\u011d\u0125\u00ed\u0135\u0137\u013a\u1e3f\u0144\u00f3\u1e55\u024b\u0155\u0161\u0165\u00fa\u1e7d\u0175\u1e8b\u00fd\u017e"
    "\u00c1\u0243\u00c7\u010e\u00c9\u0191\u011c\u0124\u00cd\u0134\u0136\u0139\u1e3e\u0143\u00d3\u1e54\u024a\u0154\u0160\u0164\u00da\u1e7c\u0174\u1e8a\u00dd\u017d"
)
_MARKS = str.maketrans(_PLAIN, _MARKED)


def pseudo(text: str) -> str:
    """The text as this language says it: placeholders and tags as they are."""
    return "".join(part if _KEPT.fullmatch(part) else part.translate(_MARKS) for part in _KEPT.split(text))


def write_interface(folder: Path) -> None:
    """The words of the interface, in a folder like `app/locale`."""
    catalogue = Catalog(locale=LANGUAGE)
    for text in interface():
        several = not isinstance(text, str)
        catalogue.add(text, tuple(map(pseudo, text)) if several else pseudo(text))
    _write(catalogue, folder / LANGUAGE / CATALOGUE)


def write_pack(pack: Pack, source: Path, folder: Path) -> None:
    """A copy of a pack that also speaks this language, and no other but English."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.po"))
    for file, texts in texts_of(pack).items():
        catalogue = Catalog(locale=LANGUAGE)
        for text in texts:
            catalogue.add(text, pseudo(text))
        _write(catalogue, folder / catalogue_of(file, LANGUAGE))


def _write(catalogue: Catalog, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100_000)
