"""What goes to the log: when, how bad, what kind of thing, and where in the program. Nothing that anybody typed.

The message of an exception may hold what was typed (a statement with its values, a form that was not understood), and
so may a line of a library. So of exceptions only their kinds and places are written, and of a library's line only which
it is. Knows nothing of requests: no address, link or IP can come in here.
"""

import errno
import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from types import FrameType, TracebackType
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
OURS = "which_cells"
MOST_PLACES = 6
_STARTS_AND_STOPS = ("server", "config", "multiprocess")

log = logging.getLogger(OURS)


def set_up(form: Literal["plain", "json"] = "plain") -> None:
    """Sends whatever this process has to say to standard error, in lines of ours."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine() if form == "json" else Line())
    logging.basicConfig(handlers=[handler], level=logging.ERROR, force=True)
    log.setLevel(logging.INFO)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a line that cannot be written would be shown with all that it holds
    sys.excepthook = _ended
    threading.excepthook = lambda ended: _ended(ended.exc_type, ended.exc_value, ended.exc_traceback)
    sys.unraisablehook = lambda lost: _ended(lost.exc_type, lost.exc_value, lost.exc_traceback)


def _ended(_kind: object, error: BaseException | None, _places: TracebackType | None) -> None:
    log.critical("a fault that nothing caught", exc_info=error)


class Line(logging.Formatter):
    """A line for each record, always one: time in UTC, level, what, and of an exception its kinds and places."""

    def format(self, record: logging.LogRecord) -> str:
        parts = [f"{_when(record)} {record.levelname} {record.name}: {_says(record)}"]
        if record.exc_info and record.exc_info[1]:
            parts.append(kinds(record.exc_info[1]))
            parts.append(places(record.exc_info[1]))
        return " ".join(": ".join(parts).split())


class JsonLine(logging.Formatter):
    """The same as one JSON object, for programs that gather logs. `kinds` and `places` are there with an exception."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"time": _when(record), "level": record.levelname, "logger": record.name, "says": _says(record)}
        if record.exc_info and record.exc_info[1]:
            told |= {"kinds": kinds(record.exc_info[1]), "places": places(record.exc_info[1])}
        return json.dumps({**told, "process": record.process})


def _when(record: logging.LogRecord) -> str:
    return f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _says(record: logging.LogRecord) -> str:
    # Lines of these parts of uvicorn are about starting and stopping; those about requests come from elsewhere in it.
    if record.name == OURS or (record.name == "uvicorn.error" and record.module in _STARTS_AND_STOPS):
        return record.getMessage()
    return f"line {record.lineno} of {record.module}"


def kinds(error: BaseException) -> str:
    """What kinds of exceptions led to this one, the last first, without a word of what they say."""
    return " < ".join(_kind(one) for one in _led_to(error))


def _kind(error: BaseException) -> str:
    name = type(error).__name__
    if isinstance(error, BaseExceptionGroup):
        return f"{name} of {', '.join(_kind(one) for one in error.exceptions)}"
    # What SQLite and the operating system call it is their own list of words.
    code = getattr(error, "sqlite_errorname", None)
    if isinstance(error, OSError):
        code = errno.errorcode.get(error.errno or 0)
    return f"{name} {code}" if isinstance(code, str) else name


def places(error: BaseException) -> str:
    """Where in our own code the first of these exceptions came from, the innermost first, and where it was raised."""
    first = list(_led_to(error))[-1]
    frames = [(frame, line) for frame, line in walk_tb(first.__traceback__)][::-1]
    ours = [place for frame, line in frames[1:] if (place := _place(frame, line)).startswith("app/")]
    return " < ".join([_place(*frame) for frame in frames[:1]] + ours[:MOST_PLACES]) or "no place"


def _place(frame: FrameType, line: int) -> str:
    file = Path(frame.f_code.co_filename)
    name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name
    return f"{name.rpartition('site-packages/')[2]}:{line} {frame.f_code.co_name}"


def _led_to(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
