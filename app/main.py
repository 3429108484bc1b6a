"""Puts the application together, step by step. `python -m app serve` serves it."""

import gc
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.guide.lint import lint
from app.guide.pack import Pack, load_pack
from app.guide.sort import Sorter
from app.guide.translation import languages_of, translated
from app.guide.walk import Walker
from app.languages import SOURCE, there_are
from app.registers.client import Client
from app.registers.known import KnownTrials
from app.registers.look_up import LookUp
from app.settings import Settings
from app.store.connect import made_ready
from app.store.counts import Counts, Guesses
from app.store.database import Damaged, StoreError
from app.store.housekeeping import Housekeeping
from app.store.look_ups import LookUps
from app.store.opened import NotAllowed
from app.store.people import People
from app.store.preparations import Full, Preparations
from app.store.sealing import NotOpened
from app.web import (
    api,
    ask,
    bring,
    come_in,
    formats,
    keep,
    language,
    limits,
    links,
    measure,
    people,
    prepare,
    public,
    reading,
    ready,
    records,
    review,
    security,
    together,
    trials,
    visit,
    you,
)
from app.web.access import NotFound
from app.web.forms import own_words_in
from app.web.host import OneHost
from app.web.places import Home
from app.web.render import STATIC, SVG, environment, page

log = logging.getLogger("which_cells")


def create_app(settings: Settings | None = None) -> FastAPI:
    """Makes the application. Raises PackError when the pack has faults, StoreError when the database has."""
    settings = settings or Settings()
    app = FastAPI(
        title="Which Cells?",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # It would answer with an absolute address, made from whatever host a request names.
        redirect_slashes=False,
        # Nothing tells others which addresses are asked for, whatever the environment says. It is looked for at each
        # request otherwise.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=_lifespan,
    )
    app.state.settings = settings
    _add_guide(app, settings)
    _add_store(app, settings)
    _add_registers(app, settings)
    _add_housekeeping(app)
    _add_pages(app, settings)
    _add_error_pages(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # What was made at start stays for good; the collector need not look through it again and again. Whoever starts a
    # process holds the collector back until now: what little could have gone by then is not worth the time.
    if gc.isenabled():
        gc.collect()
    gc.freeze()
    gc.enable()
    app.state.housekeeping.start()
    yield
    app.state.housekeeping.stop()
    app.state.database.close()


def _add_guide(app: FastAPI, settings: Settings) -> None:
    pack = load_pack(settings.pack)
    lint(pack)
    # The same rules in each language, with other words.
    sorter = Sorter(pack)
    app.state.guides = {
        name: Walker(Sorter(spoken, alike=sorter) if spoken is not pack else sorter)
        for name, spoken in _in_languages(pack, settings.pack).items()
    }
    app.state.walker = app.state.guides[SOURCE]
    app.state.flow_pictures = {}  # drawn when somebody first asks for one


def _in_languages(pack: Pack, folder: Path) -> dict[str, Pack]:
    """The pack in English, and in every language in which all of it is there: half a page in another one would help
    nobody. `python -m app check` says what is missing."""
    found = {SOURCE: pack}
    for name in set(there_are()).intersection(languages_of(folder)):
        spoken = translated(pack, folder, name)
        if spoken.missing:
            log.warning("%s is not offered: %d texts have no words in it", name, len(spoken.problems))
        else:
            found[name] = spoken.pack
    return {name: found[name] for name in there_are() if name in found}


def _add_store(app: FastAPI, settings: Settings) -> None:
    cover = app.state.walker.pack.cover
    app.state.database = made_ready(settings.database, settings.pepper)
    app.state.readiness = ready.Readiness(app.state.database)
    app.state.counts = Counts(app.state.database, settings.pepper.encode())
    app.state.guesses = Guesses(app.state.counts)
    app.state.preparations = Preparations(app.state.database, cover.id, cover.version, settings.pepper)
    app.state.people = People(app.state.database, app.state.preparations, settings.pepper)


def _add_registers(app: FastAPI, settings: Settings) -> None:
    pack = app.state.walker.pack
    app.state.known_trials = {
        name: KnownTrials(pack.trials, guide.sorter.vocabulary.numbers, shown=guide.pack.trials)
        for name, guide in app.state.guides.items()
    }
    shelf = LookUps(app.state.database, pepper=settings.pepper)
    app.state.look_up = LookUp(Client(settings.look_up_address), shelf, on=settings.look_up)


def _add_housekeeping(app: FastAPI) -> None:
    chores = {
        "letting go of old look-ups": app.state.look_up.shelf.tidy,
        "letting go of old counts": app.state.guesses.tidy,
        **{f"letting go of remembered answers ({n})": guide.forget for n, guide in app.state.guides.items()},
    }
    app.state.housekeeping = Housekeeping(app.state.database, chores)


def _add_pages(app: FastAPI, settings: Settings) -> None:
    app.state.worksheets = {}
    host = (urlsplit(settings.look_up_address).hostname or "") if settings.look_up else ""
    app.state.env = {
        name: environment(
            guide.pack, name, local_script=settings.local_script, look_up_host=host, offered=tuple(app.state.guides)
        )
        for name, guide in app.state.guides.items()
    }
    # What is asked for most stands first. As one list: each router that is included is looked through on its own, and
    # its own again at the next request.
    preparing = (ask, prepare, you, together, records, review, visit, people, links, keep)
    for part in (*preparing, public, ready, language, reading, come_in, bring, trials, formats, api):
        app.router.routes += part.router.routes
    app.mount("/static", _Static(directory=STATIC), name="static")
    # One process alone counts quicker in its memory.
    alone = settings.workers == 1 and not app.state.database.shared
    counts = limits.Memory(time.monotonic) if alone else app.state.counts
    app.state.pace = limits.Pace(settings.limits, counts)
    app.add_middleware(limits.Limits, pace=app.state.pace)
    if settings.address:
        app.add_middleware(OneHost, address=settings.address)
    extra = security.headers(local_script=settings.local_script, https=settings.https)
    app.add_middleware(security.Guard, extra=extra)
    app.add_middleware(language.Languages, offered=tuple(app.state.guides), https=settings.https)
    if settings.metrics:
        app.add_middleware(measure.Measured)


class _Static(StaticFiles):
    """Static files; an address with a mark of the content never changes its content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        marked = scope["query_string"].startswith(b"v=")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if marked else "no-cache"
        if response.media_type == SVG.partition(";")[0]:
            response.headers["content-type"] = SVG
        return response


async def _told(request: Request, status: int, kind: str, **values: object) -> Response:
    """The page for what went wrong, with whatever somebody had written."""
    return page(request, "message.html", status, kind=kind, written=await own_words_in(request), **values)


def _add_error_pages(app: FastAPI) -> None:
    @app.exception_handler(NotFound)
    @app.exception_handler(NotOpened)
    @app.exception_handler(404)
    @app.exception_handler(RequestValidationError)
    async def not_found(request: Request, _error: Exception) -> Response:
        return await _told(request, 404, "not_found")

    @app.exception_handler(NotAllowed)
    async def not_allowed(request: Request, _error: Exception) -> Response:
        # Only for somebody whose link opens the preparation.
        return await _told(request, 403, "not_allowed", home=Home(request.path_params["preparation_id"]))

    @app.exception_handler(Full)
    async def full(request: Request, _error: Exception) -> Response:
        return await _told(request, 409, "full")

    @app.exception_handler(StoreError)
    async def no_store(request: Request, error: Exception) -> Response:
        log.error("the database cannot do its work", exc_info=error)
        waiting_helps = "no_store" if request.method == "GET" else "not_done"
        return await _told(request, 503, "damaged" if isinstance(error, Damaged) else waiting_helps)

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        response = await _told(request, status, "not_taken")
        if isinstance(error, HTTPException) and error.headers:
            response.headers.update(error.headers)
        return response
