"""Faults that hold what somebody typed, and the server with all of them in it: for the tests of the log."""

import asyncio
import logging
import threading
import warnings
from collections.abc import Callable
from typing import NoReturn

from fastapi import Request
from pydantic import BaseModel
from sqlalchemy import create_engine, text

from app import cli
from app.store.opened import Key
from app.store.preparations import Preparations
from app.web import public

SECRET = "Drip-from-the-talk-7Q"


class Form(BaseModel):
    age: int


def in_a_statement() -> None:
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:said)"), {"said": SECRET})


def in_a_form() -> None:
    Form.model_validate({"age": SECRET})


def in_a_cause() -> None:
    try:
        int(SECRET)
    except ValueError as error:
        raise KeyError(SECRET) from error


def in_a_context() -> None:
    try:
        int(SECRET)
    except ValueError:
        raise KeyError(SECRET)  # noqa: B904


def in_a_group() -> None:
    raise ExceptionGroup(SECRET, [ValueError(SECRET), OSError(28, SECRET)])


def in_a_note() -> None:
    error = RuntimeError(SECRET)
    error.add_note(SECRET)
    raise error


def without_end() -> None:
    error = ValueError(SECRET)
    error.__cause__ = error
    raise error


# Each fault, with what the log may say of it.
FAULTS: dict[Callable[[], None], str] = {
    in_a_statement: "OperationalError < OperationalError SQLITE_ERROR",
    in_a_form: "ValidationError",
    in_a_cause: "KeyError < ValueError",
    in_a_context: "KeyError < ValueError",
    in_a_group: "ExceptionGroup of ValueError, OSError ENOSPC",
    in_a_note: "RuntimeError",
    without_end: "ValueError",
}


# -- the server


def serve() -> None:
    """Serves the guide; whoever reads a preparation meets the next fault, and others where nothing catches them."""
    faults = iter([*FAULTS] * 2)

    def read(_self: Preparations, key: Key) -> NoReturn:
        threading.Thread(target=_fail).start()
        Lost()
        warnings.warn(SECRET + key.secret, stacklevel=1)
        logging.error(SECRET)
        logging.getLogger("which_cells").error("%d", SECRET)
        next(faults)()
        raise AssertionError

    Preparations.read = read  # type: ignore[method-assign,assignment]
    public.router.add_api_route("/forgotten", forgotten)
    cli.main(["serve"])


async def forgotten(request: Request) -> None:
    """A page that leaves faults behind in the loop, and has one of its own."""
    loop = asyncio.get_running_loop()
    loop.call_soon(_fail, str(request.url))
    task = loop.create_task(asyncio.to_thread(_fail))
    task.add_done_callback(lambda _: None)
    raise RuntimeError(SECRET)


class Lost:
    """Fails where Python itself has nobody to tell."""

    def __del__(self) -> None:
        _fail()


def _fail(*_values: object) -> NoReturn:
    raise ValueError(SECRET)
