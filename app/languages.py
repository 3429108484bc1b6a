"""The languages of the guide: which there are, which one is spoken now, its words, its dates, numbers and lists.

English is the source: its texts stand in the code and in the templates. Any other language is a folder of `app/locale`
with its words; the header `Language` in there says how it writes dates and numbers. Knows no pack and no page.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from babel.support import Translations

SOURCE = "en"
FOLDER = Path(__file__).parent / "locale"
CATALOGUE = "LC_MESSAGES/interface.po"
_CODE = re.compile("[a-z]{2,3}(_[A-Z]{2})?")
# English as the world writes its lists: "Ana, Tom and Eve".
_LISTS = {"en": "en_001"}

_current: ContextVar[str] = ContextVar("language", default=SOURCE)


class _Spoken(NamedTuple):
    """What speaking a language takes."""

    words: NullTranslations
    locale: Locale


def is_code(name: str) -> bool:
    """The name of a folder may be that of a language."""
    return bool(_CODE.fullmatch(name))


def there_are() -> tuple[str, ...]:
    """Every language in which the guide has words of its own, English first."""
    found = sorted(path.parts[-3] for path in FOLDER.glob(f"*/{CATALOGUE}"))
    return (SOURCE, *filter(is_code, found))


def current() -> str:
    """The language that is spoken now."""
    return _current.get()


def speak(language: str) -> None:
    """Speaks this language from now on, for whoever this is done for: a request, a thread, a command."""
    _current.set(language)


@contextmanager
def use(language: str) -> Iterator[None]:
    """Speaks this language for a while."""
    before = _current.set(language)
    try:
        yield
    finally:
        _current.reset(before)


def own_name(language: str) -> str:
    """What a language calls itself, as the name of a button."""
    name = Locale.parse(language).get_display_name(language) or language
    return name[:1].upper() + name[1:]


def tag(language: str) -> str:
    """A language as pages and headers name it: "pt-BR"."""
    return language.replace("_", "-")


# -- words


def gettext(message: str) -> str:
    """A text of the guide in the language that is spoken now."""
    return _spoken(FOLDER, current()).words.gettext(message)


def ngettext(one: str, several: str, n: int) -> str:
    """The same of a text that counts something."""
    return _spoken(FOLDER, current()).words.ngettext(one, several, n)


def N_(message: str) -> str:
    """Marks a text to be translated where it is used."""
    return message


def read_catalogue(path: Path) -> Catalog:
    """A file of translations. Raises OSError where there is none, and ValueError where it is none."""
    with path.open("rb") as file:
        try:
            return read_po(file, abort_invalid=True)
        except PoFileError as error:
            raise ValueError(f"{error}") from error


@cache
def _spoken(folder: Path, language: str) -> _Spoken:
    if language == SOURCE:
        return _Spoken(NullTranslations(), Locale.parse(SOURCE))
    catalogue = read_catalogue(folder / language / CATALOGUE)
    made = BytesIO()
    write_mo(made, catalogue)
    made.seek(0)
    return _Spoken(Translations(made), catalogue.locale or Locale.parse(language))


# -- dates, numbers and lists


def locale() -> Locale:
    """How the language that is spoken now writes dates and numbers, and names countries."""
    return _spoken(FOLDER, current()).locale


def day(when: date) -> str:
    """A date in words: "November 23, 2026"."""
    return format_date(when, "long", locale=locale())


def month(when: date) -> str:
    """The month of a date in words: "November 2026"."""
    return format_skeleton("yMMMM", when, locale=locale())


def date_order() -> tuple[str, ...]:
    """The parts of a date in the order in which they are written: month, day, year."""
    pattern = str(locale().date_formats["short"].pattern)
    return tuple(sorted(("day", "month", "year"), key=lambda part: pattern.lower().index(part[0])))


def number(amount: int) -> str:
    """A number in digits: "2,000"."""
    return format_decimal(amount, locale=locale())


def all_of(items: Iterable[str]) -> str:
    """Things in a line: "Ana, Tom and Eve"."""
    return format_list([*items], "standard", _list_locale())


def one_of(items: Iterable[str]) -> str:
    """Things to choose from in a line: "Ana, Tom or Eve"."""
    return format_list([*items], "or", _list_locale())


def _list_locale() -> Locale:
    return Locale.parse(_LISTS.get(current(), str(locale())))
