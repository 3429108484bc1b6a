"""The floor: what answering would cost if there were no guide. One durable row, one redirect, one fixed page.

A bare FastAPI application with the addresses of ours, so that the same client talks to both. Served by
`python -m bench.floor` as `python -m app serve` serves ours.
"""

import os
import sqlite3
import threading
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Form
from starlette.responses import HTMLResponse, RedirectResponse

QUESTION = "/preparations/{preparation_id}/offers/{number}/questions/{question_id}"


def create_app() -> FastAPI:
    """Takes FLOOR_DATABASE, a path, and FLOOR_PAGE_BYTES, the length of its page, from the environment."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    page = b"x" * int(os.environ["FLOOR_PAGE_BYTES"])
    writing = threading.Lock()
    database = connect(os.environ["FLOOR_DATABASE"])

    @app.get("/")
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
    ) -> RedirectResponse:
        with writing:
            insert(database, preparation_id, number, question_id, " ".join(choice or [text]))
        return RedirectResponse(f"/preparations/{preparation_id}/offers/{number}/questions/next", 303)

    return app


def connect(path: str) -> sqlite3.Connection:
    """A database as ours is set up: write-ahead log, every commit on the disk."""
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, place TEXT, number, question, value)")
    return database


def insert(database: sqlite3.Connection, place: str, number: int, question: str, value: str) -> None:
    """One durable row."""
    database.execute(
        "INSERT INTO answer (place, number, question, value) VALUES (?, ?, ?, ?)", (place, number, question, value)
    )


if __name__ == "__main__":
    port = int(os.environ["FLOOR_PORT"])
    uvicorn.run("bench.floor:create_app", factory=True, port=port, access_log=False, server_header=False)
