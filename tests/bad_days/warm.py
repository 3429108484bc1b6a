"""The real server, forked from a process that has read its pack already, so that it is there again in a moment.

Reads what to do line by line, as JSON: an object of settings starts a server with these, and its number is written; a
number waits until that server has ended, and how it did is written; "listen" listens on a port, and writes which: what
is started on that port is handed the socket, as systemd does. What is served, and how, is what
`python -m app serve` serves: only the reading of the pack is done once.
"""

import gc
import json
import os
import socket
import sys

import uvicorn
from fastapi import FastAPI

from app import cli, main
from app.settings import Settings


def run() -> None:
    guide = FastAPI()
    main._add_guide(guide, Settings())

    def share(app: FastAPI, _settings: Settings) -> None:
        for name in ("walker", "guides", "flow_pictures"):
            setattr(app.state, name, getattr(guide.state, name))

    main._add_guide = share
    uvicorn.Config(guide).load()  # imports what serving needs
    gc.freeze()
    listening: dict[str, socket.socket] = {}
    while line := sys.stdin.readline():
        told = json.loads(line)
        if isinstance(told, int):
            say(os.waitpid(told, 0)[1])
            continue
        if told == "listen":
            new = socket.create_server(("127.0.0.1", 0), backlog=2048)
            listening[str(new.getsockname()[1])] = new
            say(new.getsockname()[1])
            continue
        child = os.fork()
        if not child:
            os.environ.update(told)
            if told["WHICH_CELLS_PORT"] in listening:
                hand_over(listening[told["WHICH_CELLS_PORT"]])
            os._exit(cli.main(["serve"]))
        say(child)


def hand_over(listens: socket.socket) -> None:
    os.dup2(listens.fileno(), 3)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run()
