"""One question to ClinicalTrials.gov over HTTP, and everything that can go wrong with it.

Sends the number, a fixed User-Agent and nothing else: no cookie, no referrer, nothing of the person who asks. Does not
decide whether to ask, how often, or what is kept of the answer.
"""

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

import httpx2

from app.metrics import count

USER_AGENT = "WhichCells/0.1 (patient guide; asks for one public record at a time)"
LARGEST = 4 * 1024 * 1024
# Longer than this no register makes us wait; what it asks for beyond that is taken as this.
LONGEST_HOLD = 3600.0


class Fault(StrEnum):
    """Why there is no record."""

    NOT_FOUND = "not_found"
    SLOW = "slow"
    DOWN = "down"
    TOLD_TO_WAIT = "told_to_wait"
    ELSEWHERE = "elsewhere"
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    REFUSED = "refused"

    @property
    def may_pass(self) -> bool:
        """Asking once more in a moment may help."""
        return self in (Fault.SLOW, Fault.DOWN)


class NoRecord(Exception):
    """The register gave no record. `hold` is for how many seconds it asked to be left alone."""

    def __init__(self, fault: Fault, hold: float | None = None) -> None:
        super().__init__(fault.value)
        self.fault, self.hold = fault, hold


class Moved(Exception):
    """The register leads to another number in its own list: this one is an older name of it."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True)
class Client:
    """Asks the register at `address`."""

    address: str
    largest: int = LARGEST

    def fetch(self, path: str, limit: float) -> object:
        """Returns the JSON at `path`, within `limit` seconds in all, whatever the server does.

        Raises NoRecord, or Moved when the register leads to another number.
        """
        count("registers_asked")
        # A loop of our own, closed without waiting: asyncio.run would wait for a name server that does not answer.
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(self._fetch(path, limit))
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    async def _fetch(self, path: str, limit: float) -> object:
        try:
            async with asyncio.timeout(limit):
                return _read(await self._body(self.address.rstrip("/") + path))
        except (TimeoutError, httpx2.TimeoutException):
            raise NoRecord(Fault.SLOW) from None
        except (httpx2.TransportError, httpx2.InvalidURL):
            raise NoRecord(Fault.DOWN) from None
        except httpx2.HTTPError:
            raise NoRecord(Fault.MALFORMED) from None

    async def _body(self, address: str) -> bytes:
        headers = {"accept": "application/json", "accept-encoding": "identity", "user-agent": USER_AGENT}
        # Without the environment: a .netrc there would send more than we say.
        async with (
            httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=None) as client,
            client.stream("GET", address, headers=headers) as answer,
        ):
            _check(answer)
            body = b""
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > self.largest:
                    raise NoRecord(Fault.TOO_LARGE)
            return body


def _check(answer: httpx2.Response) -> None:
    """Raises unless this answer is one that should hold a record."""
    status = answer.status_code
    if status == 200:
        return
    if 300 <= status < 400:
        # Only the number is taken from it: whatever host it names, we ask our own register alone.
        number = re.search(r"/studies/(NCT\d{8})/?(?:\?|$)", answer.headers.get("location", ""))
        if number:
            raise Moved(number[1])
        raise NoRecord(Fault.ELSEWHERE)
    if status == 404:
        raise NoRecord(Fault.NOT_FOUND)
    if status == 429 or (status == 503 and "retry-after" in answer.headers):
        raise NoRecord(Fault.TOLD_TO_WAIT, hold=_seconds(answer.headers.get("retry-after", "")))
    raise NoRecord(Fault.DOWN if status >= 500 else Fault.REFUSED)


def _seconds(retry_after: str) -> float:
    """How long a register asks to be left alone: seconds or a date; a minute if it does not say so rightly."""
    seconds = 60.0
    if re.fullmatch(r"\d{1,9}", retry_after.strip()):
        seconds = float(retry_after)
    else:
        try:
            when = parsedate_to_datetime(retry_after)
            seconds = (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            pass
    return min(max(seconds, 1.0), LONGEST_HOLD)


def _read(body: bytes) -> object:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        raise NoRecord(Fault.MALFORMED) from None
    if not isinstance(read, dict):
        raise NoRecord(Fault.MALFORMED)
    return read
