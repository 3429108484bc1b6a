"""The floor: what answering would cost if there were no guide. One durable row, and one fixed page.

A bare FastAPI application with the addresses of ours, so that the same client talks to both. Served by
`python -m bench.floor` as `python -m app serve` serves ours.
"""

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Form, Header
from starlette.responses import HTMLResponse, RedirectResponse, Response

QUESTION = "/preparations/{preparation_id}/offers/{number}/questions/{question_id}"
Row = tuple[str, int, str, str]


def create_app() -> FastAPI:
    """Takes FLOOR_DATABASE, an address, and FLOOR_PAGE, the file with its page, from the environment."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    page = Path(os.environ["FLOOR_PAGE"]).read_bytes()
    insert = inserter(os.environ["FLOOR_DATABASE"])

    @app.get("/healthz")
    @app.get(QUESTION)
    async def show() -> HTMLResponse:
        return HTMLResponse(page)

    @app.post("/preparations")
    async def begin() -> RedirectResponse:
        response = RedirectResponse("/preparations/floor/offers/1/questions/first", 303)
        response.set_cookie("which-cells-floor", "x" * 32)
        return response

    @app.post(QUESTION)
    def answer(
        preparation_id: str,
        number: int,
        question_id: str,
        choice: Annotated[list[str] | None, Form()] = None,
        text: Annotated[str, Form()] = "",
        hx_request: Annotated[str, Header()] = "",
    ) -> Response:
        insert((preparation_id, number, question_id, " ".join(choice or [text])))
        if hx_request == "true":
            return HTMLResponse(page)
        return RedirectResponse(f"/preparations/{preparation_id}/offers/{number}/questions/next", 303)

    return app


def inserter(address: str) -> Callable[[Row], None]:
    """What writes one durable row, from whatever thread. Makes the table."""
    if address.startswith("postgresql:"):
        return _postgres(address)
    return _sqlite(address)


def _sqlite(path: str) -> Callable[[Row], None]:
    """Set up as ours is: write-ahead log, every commit on the disk, threads taking turns."""
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=60)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, place TEXT, number, question, value)")
    writing = threading.Lock()

    def insert(row: Row) -> None:
        with writing:
            database.execute("INSERT INTO answer (place, number, question, value) VALUES (?, ?, ?, ?)", row)

    return insert


def _postgres(address: str) -> Callable[[Row], None]:
    """A connection for each thread."""
    import psycopg  # only where there is such a database

    local = threading.local()

    def connection() -> psycopg.Connection:
        if not hasattr(local, "connection"):
            local.connection = psycopg.connect(address, autocommit=True)
        return local.connection

    with psycopg.connect(address) as once:
        once.execute("SELECT pg_advisory_xact_lock(1)")  # two workers start at once
        once.execute(
            "CREATE TABLE IF NOT EXISTS answer "
            "(id bigserial PRIMARY KEY, place text, number int, question text, value text)"
        )

    def insert(row: Row) -> None:
        connection().execute("INSERT INTO answer (place, number, question, value) VALUES (%s, %s, %s, %s)", row)

    return insert


if __name__ == "__main__":
    uvicorn.run(
        "bench.floor:create_app",
        factory=True,
        port=int(os.environ["FLOOR_PORT"]),
        workers=int(os.environ["FLOOR_WORKERS"]),
        access_log=False,
        server_header=False,
    )
