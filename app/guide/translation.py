"""A pack in another language: the same rules, other words, out of a folder of catalogues beside its files.

`es/trial.po` has the words for `trial.yaml`, and `es/pages/about.po` those for `pages/about.yaml`: each text in
English, and the same in Spanish. Knows what is missing there, and what no text uses any more. Does not know what any
text says.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from app.guide.errors import Problem
from app.guide.glossary import lint_translated
from app.guide.models import Place
from app.guide.pack import Pack
from app.guide.texts import TRAPS, has_words, prose, with_words
from app.languages import is_code, read_catalogue

# What has to stand in a translation as it does in the text: {name}, %(name)s, a tag.
_KEPT = re.compile(r"\{\w*\}|%\(\w+\)[sd]|<[^>]+>")
SHOWN = 60


@dataclass(frozen=True)
class Translation:
    """One language of a pack: the pack in it, and what is wrong with it. `missing`: some text would stay English."""

    language: str
    pack: Pack
    problems: tuple[Problem, ...]
    missing: bool


def languages_of(folder: Path) -> tuple[str, ...]:
    """The languages for which the folder of a pack holds words."""
    return tuple(sorted(p.name for p in folder.iterdir() if is_code(p.name) and any(p.rglob("*.po"))))


def translated(pack: Pack, folder: Path, language: str) -> Translation:
    """The pack in another language, out of its folder; English where words are missing."""
    files, problems = _read(folder, language)
    used: set[tuple[str, str]] = set()
    lacking: dict[tuple[str, str], Place] = {}

    def words(text: str, place: Place) -> str:
        used.add((place.file, text))
        message = files.get(place.file, {}).get(text)
        if message is None or not message.string or message.fuzzy:
            lacking.setdefault((place.file, text), place)
            return text
        return str(message.string)

    made = with_words(pack, words)
    problems += [
        Problem("missing-translation", place, f'no words in {catalogue_of(place.file, language)} for "{short(text)}".')
        for (_, text), place in lacking.items()
    ]
    for file, messages in files.items():
        name = catalogue_of(file, language)
        for text, message in messages.items():
            problems += _of_message(name, message, stale=(file, text) not in used)
    if not lacking:
        problems += lint_translated(pack, made)
    return Translation(language, made, tuple(problems), bool(lacking))


def catalogue_of(file: str, language: str) -> str:
    """The name of the file with the words for one of a pack's."""
    return f"{language}/{file.removesuffix('.yaml')}.po"


def texts_of(pack: Pack) -> dict[str, dict[str, list[Place]]]:
    """For each file of a pack, the texts that are to be translated, with every place where one stands."""
    found: dict[str, dict[str, list[Place]]] = {}
    for text, place, _graded in prose(pack):
        if has_words(text):
            found.setdefault(place.file, {}).setdefault(text, []).append(place)
    return found


def short(text: str) -> str:
    """A text as a message may quote it."""
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def _read(folder: Path, language: str) -> tuple[dict[str, dict[str, Message]], list[Problem]]:
    files: dict[str, dict[str, Message]] = {}
    problems = []
    for path in sorted((folder / language).rglob("*.po")):
        name = path.relative_to(folder).as_posix()
        file = path.relative_to(folder / language).with_suffix(".yaml").as_posix()
        try:
            files[file] = {str(message.id): message for message in read_catalogue(path) if message.id}
        except ValueError as error:
            problems.append(Problem("catalogue", Place(name, 1), f"this is no catalogue: {error}."))
    return files, problems


# -- what any translation can get wrong


def _of_message(name: str, message: Message, *, stale: bool) -> Iterator[Problem]:
    if stale:
        yield Problem("stale-translation", _place(name, message), f'no text is "{short(str(message.id))}" any more.')
    else:
        yield from lint_message(name, message)


def lint_catalogue(name: str, catalogue: Catalog, texts: dict[str, Place]) -> Iterator[Problem]:
    """What is wrong with the words of the interface. `texts` are all that it has, each with a place where it stands."""
    known = {_first(message): message for message in catalogue if message.id}
    for text, place in texts.items():
        found = known.get(text)
        strings = _strings(found) if found else [""]
        if found is None or found.fuzzy or not all(strings):
            yield Problem("missing-translation", place, f'no words in {name} for "{short(text)}".')
    for text, message in known.items():
        yield from _of_message(name, message, stale=text not in texts)


def lint_message(name: str, message: Message) -> Iterator[Problem]:
    """Placeholders that differ, and traps of spelling."""
    place = _place(name, message)
    ids = message.id if isinstance(message.id, list | tuple) else [message.id]
    wanted = [Counter(_KEPT.findall(str(text))) for text in ids]
    for string in filter(None, _strings(message)):
        if Counter(_KEPT.findall(string)) not in wanted:
            yield Problem(
                "placeholders", place, f'not the same names in braces, or tags, as in "{short(str(ids[0]))}".'
            )
        for trap, problem, advice in TRAPS:
            if found := trap.search(string):
                near = string[max(0, found.start() - 20) : found.end() + 20].strip()
                yield Problem(problem, place, f'{advice}, near "{near}".')


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, list | tuple) else [str(message.string)]


def _first(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, list | tuple) else message.id)


def _place(name: str, message: Message) -> Place:
    return Place(name, message.lineno or 1)


# -- keeping catalogues up to date


def update(catalogue: Catalog, texts: Mapping[str | tuple[str, str], list[Place]] | Mapping[str, list[Place]]) -> None:
    """Brings a catalogue up to date: what is new stands there without words, what is gone is taken out."""
    kept = {_first(message): message.string for message in catalogue if message.id and not message.fuzzy}
    for message in [m for m in catalogue if m.id]:
        catalogue.delete(message.id)
    for text, places in texts.items():
        first = text if isinstance(text, str) else text[0]
        where = [(place.file, place.line) for place in dict.fromkeys(places)]
        catalogue.add(text, kept.get(first), locations=where)
