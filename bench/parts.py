"""Where the time of our requests goes: the whole application in this process, with clocks around its parts.

Knows the names of the parts. A part that is no longer there is left out of the table. The clocks stay on for
the life of the process, so this comes last.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import fastapi.dependencies.utils
import fastapi.routing
import jinja2
import sqlalchemy.engine.default
import uvloop

from app.guide.answers import Vocabulary
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.main import create_app
from app.settings import Settings
from app.store.preparations import Preparations
from app.web import ask, straight
from bench.clock import Clock
from bench.walks import Step

SAVE = "store.save: all but its commit"
COMMIT = "store.save: its commit, on the disk"
WALK = "Walker.walk: all but Sorter.sort"
SORT = "Walker.walk: the Sorter.sort in it"
REST = "all else: routing, dependencies, request and response objects, middleware"
WHOLE = "the whole request, without network"
# Seconds of one request, and of each of its parts, and how often each part ran.
_Taken = tuple[float, dict[str, float], dict[str, int]]
# What finds out the way and the result.
_PATH = ("Walker.", "Vocabulary.", "Sorter.")
# Functions that wait for nothing of ours but what is named below them, so that no time counts twice.
_PLAIN = [
    (Preparations, "read", "store.read: open, read and unseal a preparation"),
    (Preparations, "answer", SAVE),
    (Vocabulary, "known", "Vocabulary.known"),
    (Walker, "walk", WALK),
    (Walker, "rest_on", "Walker.rest_on"),
    (ask, "recorded", "forms: the fields as recorded"),
    (ask, "read", "forms: an answer from the fields"),
    (jinja2.Template, "render", "render the template"),
]


@dataclass(frozen=True)
class Part:
    """The time of one part in a POST and in the GET that follows, in milliseconds, and how often it ran: the mean of
    the quicker half of the requests, which other load disturbs least; and its parts add up."""

    says: str
    post: float
    get: float
    post_calls: int
    get_calls: int


def parts(database: Path, walks: Sequence[Sequence[Step]], repetitions: int) -> list[Part]:
    """Answers this many questions in this process. The last two parts are the rest and the whole."""
    clock = Clock()
    for owner, name, part in _PLAIN:
        clock.wrap(owner, name, part)
    clock.wrap(sqlalchemy.engine.default.DefaultDialect, "do_commit", COMMIT, within=SAVE)
    clock.wrap(Sorter, "sort", SORT, within=WALK)
    clock.wrap_hops(fastapi.dependencies.utils)
    clock.wrap_hops(fastapi.routing)
    clock.wrap_hops(straight)
    clock.wrap_form()
    app = create_app(Settings(database=database, limits=1e6))
    posts: list[_Taken] = []
    gets: list[_Taken] = []

    async def answer_all() -> None:
        while len(posts) < repetitions:
            for walk in walks:
                _, address, cookie = await _request(app, "POST", "/preparations")
                offer = address.partition("/questions/")[0]
                number = len(posts)
                for step in walk:
                    # Words of their own, so that nothing was worked out before.
                    body = step.body + (b"+%d" % number if step.body.startswith(b"text=") else b"")
                    clock.taken()
                    path = f"{offer}/questions/{step.question}"
                    took, address, _ = await _request(app, "POST", path, body, cookie)
                    posts.append((took, *clock.taken()))
                    took, _, _ = await _request(app, "GET", urlsplit(address).path, b"", cookie)
                    gets.append((took, *clock.taken()))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(answer_all())
    app.state.database.close()
    return _table(posts, gets)


def path_share(found: Sequence[Part]) -> float:
    """How much of a POST and the GET that follows goes into finding out the way and the result."""
    whole = found[-1]
    path = sum(part.post + part.get for part in found if part.says.startswith(_PATH))
    return path / (whole.post + whole.get)


async def _request(
    app: Callable[..., Awaitable[None]], method: str, path: str, body: bytes = b"", cookie: str = ""
) -> tuple[float, str, str]:
    """One request without any network: seconds, where it led, the cookie it set."""
    headers = [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode()), (b"content-length", b"%d" % len(body))]
    headers.append((b"content-type", b"application/x-www-form-urlencoded"))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    answered: dict[bytes, bytes] = {}

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] in (200, 303), message
            answered.update(message["headers"])

    before = time.perf_counter()
    await app(scope, receive, send)
    took = time.perf_counter() - before
    cookie = answered.get(b"set-cookie", b"").partition(b";")[0].decode()
    return took, answered.get(b"location", b"").decode(), cookie


def _table(posts: list[_Taken], gets: list[_Taken]) -> list[Part]:
    names = dict.fromkeys(name for _, spent, _ in (*posts, *gets) for name in spent)
    posts, gets = (sorted(taken, key=lambda one: one[0])[: max(1, len(taken) // 2)] for taken in (posts, gets))

    def mean(taken: list[_Taken], name: str) -> float:
        return statistics.fmean(spent.get(name, 0.0) for _, spent, _ in taken) * 1000

    def calls(taken: list[_Taken], name: str) -> int:
        return round(statistics.median(called.get(name, 0) for _, _, called in taken))

    found = [Part(n, mean(posts, n), mean(gets, n), calls(posts, n), calls(gets, n)) for n in names]
    found.sort(key=lambda part: part.post + part.get, reverse=True)
    whole = [statistics.fmean(took for took, _, _ in taken) * 1000 for taken in (posts, gets)]
    rest = [whole[0] - sum(part.post for part in found), whole[1] - sum(part.get for part in found)]
    return [*found, Part(REST, *rest, 1, 1), Part(WHOLE, *whole, 1, 1)]
