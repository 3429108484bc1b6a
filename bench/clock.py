"""Clocks around functions that other modules call by name. Knows no part of the guide."""

import functools
import time
from collections.abc import Callable

import starlette.concurrency
import starlette.formparsers

HOPS = "to the thread pool and back"
BODY = "forms: parse the body"


class Clock:
    """Adds up the time of each part within one request; `taken` ends the request. Clocks stay on for good."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self.calls: dict[str, int] = {}

    def add(self, part: str, seconds: float, calls: int = 1) -> None:
        self.spent[part] = self.spent.get(part, 0.0) + seconds
        self.calls[part] = self.calls.get(part, 0) + calls

    def wrap(self, owner: object, name: str, part: str, *, within: str = "") -> None:
        """Times a function under a name; what it takes comes off the part it runs within."""
        inner = getattr(owner, name, None)
        if inner is None:
            return

        @functools.wraps(inner)
        def timed(*args: object, **kwargs: object) -> object:
            before = time.perf_counter()
            try:
                return inner(*args, **kwargs)
            finally:
                seconds = time.perf_counter() - before
                self.add(part, seconds)
                if within:
                    self.add(within, -seconds, 0)

        setattr(owner, name, timed)

    def wrap_hops(self, owner: object) -> None:
        """Times what it takes to run something in a thread beyond running it."""

        async def timed(func: Callable[..., object], *args: object, **kwargs: object) -> object:
            inside = 0.0

            def run() -> object:
                nonlocal inside
                before = time.perf_counter()
                try:
                    return func(*args, **kwargs)
                finally:
                    inside = time.perf_counter() - before

            before = time.perf_counter()
            try:
                return await starlette.concurrency.run_in_threadpool(run)
            finally:
                self.add(HOPS, time.perf_counter() - before - inside)

        if hasattr(owner, "run_in_threadpool"):
            owner.run_in_threadpool = timed

    def wrap_form(self) -> None:
        inner = starlette.formparsers.FormParser.parse

        async def timed(parser: starlette.formparsers.FormParser) -> object:
            before = time.perf_counter()
            try:
                return await inner(parser)
            finally:
                self.add(BODY, time.perf_counter() - before)

        starlette.formparsers.FormParser.parse = timed

    def taken(self) -> tuple[dict[str, float], dict[str, int]]:
        found = self.spent, self.calls
        self.spent, self.calls = {}, {}
        return found
