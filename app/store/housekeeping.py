"""What has to be done from time to time while the guide is served: in a thread of its own, so that nobody waits.

Knows when. What is done comes from elsewhere. Whatever goes wrong is written to the log and tried again; several
processes may do it side by side.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date

from app.metrics import count
from app.store import tables
from app.store.clock import believed, first_today
from app.store.database import Database
from app.store.removing import sweep

log = logging.getLogger("which_cells")

EVERY = 24 * 3600.0
AGAIN = 3.0  # what could not be taken out of the log is tried again after so many seconds
REPACK_APART = 600.0


class Housekeeping:
    """Sweeps at the start and then every day, along with the `chores`, by name; and clears up behind deletions. Of all
    who share a database, one sweeps a day."""

    def __init__(
        self,
        database: Database,
        chores: Mapping[str, Callable[[], object]],
        *,
        every: float = EVERY,
        again: float = AGAIN,
        today: Callable[[], date] = lambda: tables.now().date(),
    ) -> None:
        self._database, self._every, self._again, self._today = database, every, again, today
        self._chores = {"the sweep": self._sweep, **chores}
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins, and returns at once."""
        self._over.clear()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it, and waits until it has ended."""
        self._over.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        due, repack_due = time.monotonic(), 0.0
        while not self._over.is_set():
            if time.monotonic() >= due:
                due = time.monotonic() + self._every
                for name, chore in self._chores.items():
                    _try(name, chore)
            if self._database.to_forget:
                self._database.forget()
            elif self._database.to_repack and time.monotonic() >= repack_due and not self._over.is_set():
                done = _try("writing the file anew", self._database.repack)
                repack_due = time.monotonic() + (0.0 if done is False else REPACK_APART)
                self._database.to_repack |= done is None
            self._over.wait(self._again)

    def _sweep(self) -> None:
        today = self._today()
        if not believed(self._database, today):
            log.info("the sweep waits until the clock has gone day by day for a week")
            return
        if not first_today(self._database, today):
            return
        if gone := sweep(self._database, today, self._over.wait):
            log.info("%d swept", gone)
            count("preparations_swept", times=gone)


def _try(name: str, chore: Callable[[], object]) -> object:
    """Does it, and returns what it returns; None if it went wrong."""
    try:
        return chore()
    except Exception as error:
        log.error("%s did not work", name, exc_info=error)
    return None
