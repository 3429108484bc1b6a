"""The command line. Thin; each command calls one thing of the guide."""

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from app.guide.draw import draw
from app.guide.errors import GuideError, PackError, Problem
from app.guide.lines import as_json, checked_lines
from app.guide.lint import lint
from app.guide.models import Place
from app.guide.pack import Pack, load_pack
from app.guide.sort import Sorter
from app.guide.texts import grades_in
from app.guide.translation import languages_of, translated
from app.guide.walk import Walker
from app.languages import SOURCE, is_code, there_are, use
from app.settings import Settings
from app.summary_cli import Look, add_command, run

WORST_SHOWN = 10


def main(arguments: list[str] | None = None) -> int:
    """Runs one command. Returns the exit code: 0 done, 1 the pack has faults or something is left to do, 2 the input is
    wrong."""
    try:
        options = _parser(Settings()).parse_args(arguments)
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader of our output has left, as `head` does. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ValidationError as error:
        for detail in error.errors():
            print(f"WHICH_CELLS_{str(detail['loc'][0]).upper()}: {detail['msg']}.", file=sys.stderr)
        return 2
    except PackError as error:
        print(error, file=sys.stderr)
        print(f"{len(error.problems)} problem(s).", file=sys.stderr)
        return 1
    except (GuideError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app", description="Which Cells? from the command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("sort", help="sort answers, one JSON object a line")
    command.add_argument("file", help='a file of answers, or "-" for standard input')
    command.add_argument("--pack", type=Path, default=settings.pack)
    command.set_defaults(run=_sort)

    add_command(commands, settings.pack).set_defaults(run=_summary)

    command = commands.add_parser("check", help="lint a pack and prove what it promises")
    command.add_argument("pack", nargs="?", type=Path, default=settings.pack)
    command.add_argument("--lint-only", action="store_true", help="only what runs at every start")
    command.set_defaults(run=_check)

    command = commands.add_parser("catalogues", help="bring the translations up to date with the texts")
    command.add_argument("language", nargs="*", help="one to begin, such as pt; without any, all that there are")
    command.add_argument("--pack", type=Path, default=settings.pack)
    command.set_defaults(run=_catalogues)

    command = commands.add_parser("draw", help="draw the flow of a pack as SVG")
    command.add_argument("pack", nargs="?", type=Path, default=settings.pack)
    command.add_argument("-o", "--output", type=Path, help="a file to write, instead of standard output")
    command.set_defaults(run=_draw)

    command = commands.add_parser("serve", help="serve the guide")
    command.set_defaults(run=_serve)

    command = commands.add_parser("sweep", help="delete the preparations whose time is over")
    command.set_defaults(run=_sweep)

    for name, does, file in (
        ("backup", "write the whole database into a new file, while people write on", "the file to write"),
        ("restore", "put a backup into a database that is empty", "a file that backup wrote"),
        ("move", "move an SQLite file into the PostgreSQL database of the setting", "the file, which nobody uses"),
        ("verify", "check that a database is whole", "a backup; without it, the database of the setting"),
    ):
        command = commands.add_parser(name, help=does)
        command.add_argument("file", type=Path, nargs="?" if name == "verify" else None, help=file)
        command.set_defaults(run=_copying, copying=name)
    return parser


def _linted(folder: Path) -> Pack:
    pack = load_pack(folder)
    lint(pack)
    return pack


# -- sort and summary


def _sort(options: argparse.Namespace) -> int:
    sorter = Sorter(_linted(options.pack))
    with _opened(options.file) as lines:
        for answers in checked_lines(sorter.vocabulary, lines):
            print(as_json(sorter.sort(answers)))
    return 0


def _opened(name: str) -> IO[bytes]:
    # Bytes, so that text that is not UTF-8 can be reported with its line.
    return open(0, "rb", closefd=False) if name == "-" else Path(name).open("rb")


def _summary(options: argparse.Namespace) -> int:
    walker = Walker(Sorter(_spoken(_linted(options.pack), options.pack, options.language)))
    look = Look(options.paper, options.large)
    lines = None
    if options.file is not None:
        with _opened(options.file) as file:
            lines = list(file)
    with use(options.language):
        return run(walker, options.format, lines, options.output, look)


def _spoken(pack: Pack, folder: Path, language: str) -> Pack:
    if language == SOURCE:
        return pack
    spoken = translated(pack, folder, language)
    if spoken.missing:
        raise GuideError(f"{pack.cover.id} is not all there in {language}: python -m app check says what is missing.")
    return spoken.pack


# -- check


def _check(options: argparse.Namespace) -> int:
    began = time.monotonic()
    pack = _linted(options.pack)
    questions, facts = len(pack.questions), len(pack.facts)
    print(f"{pack.cover.id} {pack.cover.version}: lint found nothing ({questions} questions, {facts} facts).")
    if options.lint_only:
        return 1 if _check_languages(pack, options.pack, lint_only=True) else 0
    broken = _check_words(pack) + _check_languages(pack, options.pack) + _check_proof(pack)
    print(f"\n{time.monotonic() - began:.1f} s, {'nothing wrong' if not broken else f'{broken} thing(s) wrong'}.")
    return 1 if broken else 0


def _check_words(pack: Pack) -> int:
    from app.guide.texts import grades, lint_grades  # here: they need what serving does not

    graded = grades(pack)
    median = graded[len(graded) // 2][0] if graded else 0.0
    print(f"\nReading grade (US): median {median} over {len(graded)} texts. The hardest:")
    for grade, (text, place, _) in graded[:WORST_SHOWN]:
        print(f"  {grade:4.1f}  {place}  {text[:80]}")
    problems = list(lint_grades(graded))
    for problem in problems:
        print(f"  BROKEN  {problem}")
    return len(problems)


def _check_proof(pack: Pack) -> int:
    from app.guide.proof import Proof

    sorter = Sorter(pack)
    proof = Proof(sorter.rules)
    broken = 0
    print(f"\nProved over all {proof.domain.size:.1e} sets of answers (each case closed by the solver):")
    for verdict in proof.verdicts():
        broken += bool(verdict.broken)
        print(f"  {'BROKEN' if verdict.broken else 'ok'}  {verdict.says} ({verdict.closed} cases)")
        for found in verdict.broken:
            print(f"      {found}")
    print("\nA shortest witness for each result and variant:")
    for name, witness in proof.witnesses().items():
        print(f"  {name}: {json.dumps(witness)}")
    print("\nThe finished examples:")
    for example in pack.examples:
        outcome = sorter.sort(sorter.vocabulary.checked(example.answers))
        right = outcome.result == example.result
        broken += not right
        print(f"  {'ok' if right else 'BROKEN'}  {example.id}: {outcome.result}")
    return broken


# -- translations


def _check_languages(pack: Pack, folder: Path, *, lint_only: bool = False) -> int:
    """Prints what is wrong with the words of every language; returns how much that is."""
    from app.catalogues import lint_interface  # here: gathering texts takes a second, and serving does not need it

    found = 0
    for language in sorted({*there_are(), *languages_of(folder)} - {SOURCE}):
        problems: list[Problem] = []
        if language not in there_are():
            says = f"this language has no words of the interface: python -m app catalogues {language}"
            problems.append(Problem("no-interface", Place(language, 0), says))
        elif not lint_only:
            problems += lint_interface(language)
        if language in languages_of(folder):
            spoken = translated(pack, folder, language)
            problems += spoken.problems
            if not lint_only:
                _print_grades(spoken.pack, language)
        elif not lint_only:
            print(f"{language}: {pack.cover.id} is not in this language, so it is not offered.")
        for problem in sorted(problems, key=lambda p: (p.place, p.id, p.says)):
            print(problem, file=sys.stderr)
        if problems or not lint_only:
            print(f"{language}: {len(problems) or 'no'} problem(s) in the translation.")
        found += len(problems)
    return found


def _print_grades(pack: Pack, language: str) -> None:
    graded = grades_in(pack, language)
    if graded:
        print(
            f"\nReading grade ({language}): median {graded[len(graded) // 2][0]} over {len(graded)} texts. The hardest:"
        )
        for grade, (text, place, _graded) in graded[:WORST_SHOWN]:
            print(f"  {grade:4.1f}  {place}  {text[:80]}")


def _catalogues(options: argparse.Namespace) -> int:
    from app.catalogues import write

    pack = load_pack(options.pack)
    for language in options.language or [name for name in there_are() if name != SOURCE]:
        if not is_code(language):
            raise GuideError(f'"{language}" is no language: two or three small letters, such as pt or pt_BR.')
        for path in write(pack, options.pack, language):
            print(path)
    return 0


# -- draw, serve, copy and sweep


def _draw(options: argparse.Namespace) -> int:
    picture = draw(_linted(options.pack))
    if options.output:
        options.output.write_text(picture, encoding="utf-8")
    else:
        print(picture)
    return 0


def _serve(options: argparse.Namespace) -> int:
    # Here: the other commands need neither web nor database.
    from app.logs import set_up
    from app.serving import serve
    from app.store.database import StoreError

    settings = Settings()
    set_up(settings.logs)
    try:
        serve(settings)  # a broken pack stops here, with every problem listed
    except StoreError as error:
        print(f"WHICH_CELLS_DATABASE: this cannot be used: {error}.", file=sys.stderr)
        return 2
    return 0


def _copying(options: argparse.Namespace) -> int:
    from app.copying_cli import run

    return run(options)


PATIENCE = 30.0  # seconds for those who read the file just now


def _sweep(_options: argparse.Namespace) -> int:
    from app.copying_cli import bar
    from app.store.connect import connect, is_file
    from app.store.database import StoreError
    from app.store.removing import sweep

    address = Settings().database
    if is_file(address) and not Path(address).exists():
        raise FileNotFoundError(f"WHICH_CELLS_DATABASE: there is no file {address}.")
    database = connect(address)
    try:
        database.migrate()
        today = datetime.now(UTC).date()
        with bar("sweep"):
            gone = sweep(database, today)
            database.repack(limit=None)
        done = database.forget(PATIENCE)
    except StoreError as error:
        print(f"WHICH_CELLS_DATABASE: this cannot be used: {error}.", file=sys.stderr)
        return 2
    finally:
        database.close()
    print(f"{today}, by the clock of this machine: {gone} preparation{'' if gone == 1 else 's'} deleted.")
    if not done:
        print("Somebody reads the file, so its log still holds traces. Please run this again.", file=sys.stderr)
    return 0 if done else 1
