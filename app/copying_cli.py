"""`python -m app backup, restore, move, verify`: the database as a whole. Thin: shows how far it is, and says what came
of it."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from app.settings import Settings
from app.store.connect import connect, is_file
from app.store.copying import NotCopied, back_up, move, newest, restore
from app.store.database import Database, StoreError
from app.store.verifying import counted, verify

SHOWN_AFTER = 2.0  # seconds: what is done sooner needs no bar
TICK = 0.5
STOPPED = 130
# Of the other two, a part may be in PostgreSQL already.
_LEFT = {"backup": "Nothing was left that is not whole.", "verify": "Nothing was changed."}


def run(options: argparse.Namespace) -> int:
    """Runs one of the four. Whatever goes wrong is a sentence."""
    try:
        with _stopped_gently():
            return _RUN[options.copying](options.file)
    except KeyboardInterrupt:
        print(f"Stopped. {_LEFT.get(options.copying, 'To go on, run it again.')}", file=sys.stderr)
        return STOPPED
    except NotCopied as reason:
        print(f"Not done: {reason}.", file=sys.stderr)
    except StoreError as error:
        print(f"The database cannot be used: {error}.", file=sys.stderr)
    return 2


def _backup(file: Path) -> int:
    with _setting() as database, bar("backup") as tell:
        back_up(database, file, tell)
        with newest(file, tell) as copied:
            holds = _how_many(copied)
    print(f"{file}: {holds}. To check it: python -m app verify {file}")
    return 0


def _restore(file: Path) -> int:
    with _setting(there=False) as database, bar("restore") as tell:
        restore(file, database, tell)
        database.migrate()
        holds = _how_many(database)
    print(f"Restored: {holds}.")
    return 0


def _move(file: Path) -> int:
    if is_file(Settings().database):
        raise NotCopied("WHICH_CELLS_DATABASE has to be a PostgreSQL address; from file to file, copy the file")
    with _setting() as database, bar("move") as tell:
        moved = move(file, database, tell)
        holds = _how_many(database)
    print(f"Moved, and read back: {holds}. The file is kept as {moved}.")
    return 0


def _verify(file: Path | None) -> int:
    with bar("verify") as tell, newest(file, tell) if file else _setting() as database:
        wrong = verify(database, tell)
        holds = _how_many(database)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    print(f"{holds}: {'nothing wrong' if not wrong else 'not in order'}.")
    return 1 if wrong else 0


@contextmanager
def _stopped_gently() -> Iterator[None]:
    """Whoever is told to stop tidies up first: half a copy of a large database is as large."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # who alone may do so
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _setting(*, there: bool = True) -> Iterator[Database]:
    address = Settings().database
    if there and is_file(address) and not Path(address).exists():
        raise NotCopied(f"WHICH_CELLS_DATABASE: there is no file {address}")
    database = connect(address)
    try:
        yield database
    finally:
        database.close()


def _how_many(database: Database) -> str:
    found = counted(database)
    return ", ".join(
        f"{n:,} {name}" for name, n in zip(("preparations", "people", "entries"), found.values(), strict=True)
    )


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Shows how much is done, to whoever looks; and how long it has taken, where nobody knows of how much."""
    with tqdm(desc=what, delay=SHOWN_AFTER, unit_scale=True, file=sys.stderr, disable=None, leave=False) as shown:
        over = threading.Event()

        def tell(done: int, count: int) -> None:
            shown.bar_format = None if count else "{desc}: {elapsed}"
            shown.total = count
            shown.update(done - shown.n)

        def tick() -> None:
            # A database counts or checks for minutes without a word.
            wait = SHOWN_AFTER
            while not over.wait(wait):
                shown.refresh()
                wait = TICK

        tell(0, 0)
        ticking = threading.Thread(target=tick, daemon=True)
        if not shown.disable:
            ticking.start()
        try:
            yield tell
        finally:
            over.set()
            if not shown.disable:
                ticking.join()


_RUN: dict[str, Callable[[Any], int]] = {"backup": _backup, "restore": _restore, "move": _move, "verify": _verify}
