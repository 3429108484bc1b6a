"""Whether this process can do its work, for proxies and whoever looks after machines: `/readyz`.

A pack that is not valid is not served at all, so a process that answers has one. Says one word and no more, since
anybody may ask.
"""

import asyncio
import time
from collections.abc import Callable

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse

from app.store.database import Database, StoreError

router = APIRouter()

# Whoever asks is answered within so long, whatever the database does.
SECONDS = 2.0
# However many ask, the database is asked once in so long.
FRESH = 1.0


class Readiness:
    """What is missing. Asks the database, in a thread of its own and never twice at once."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock = database, clock
        self._asking: asyncio.Future[str] | None = None
        self._until = 0.0

    async def missing(self) -> str:
        """Returns a word: the database, its schema; an empty one where nothing is."""
        if self._asking is None or (self._asking.done() and self._clock() >= self._until):
            self._until = self._clock() + FRESH
            self._asking = asyncio.ensure_future(self._ask())
        try:
            async with asyncio.timeout(SECONDS):
                return await asyncio.shield(self._asking)
        except TimeoutError:
            return "database"

    async def _ask(self) -> str:
        try:
            # Not one of the threads that serve: they may all be waiting for the database.
            there = await to_thread.run_sync(self._database.ready, limiter=CapacityLimiter(1))
        except StoreError:
            return "database"
        return "" if there else "schema"


@router.get("/readyz", name="ready")
async def ready(request: Request) -> PlainTextResponse:
    """Ready, or what is missing."""
    readiness: Readiness = request.app.state.readiness
    missing = await readiness.missing()
    return PlainTextResponse(f"{missing}\n", 503) if missing else PlainTextResponse("ready\n")
