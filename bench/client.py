"""Many clients in one process: each has a connection of its own, and says the next thing as soon as it was answered.

Drives what is said; does not know what it means.
"""

import selectors
import socket
from collections.abc import Generator, Iterable
from typing import Any, TypeVar

from bench.wire import Reply, reply_in

_WAIT = 120
T = TypeVar("T")


class _Client:
    """One of them."""

    result: Any

    def __init__(self, port: int, talk: Generator[bytes, Reply, Any]) -> None:
        self._port, self._talk = port, talk
        self._received = b""
        self.socket = self._connected()

    def say(self, reply: Reply | None = None) -> bool:
        """Says what is to be said after this reply. Returns whether there was anything."""
        try:
            request = next(self._talk) if reply is None else self._talk.send(reply)
        except StopIteration as end:
            self.result = end.value
            self.socket.close()
            return False
        self.socket.sendall(request)
        return True

    def hear(self) -> bool:
        """Takes in what has come. Returns whether there is more to come. Raises RuntimeError when it was cut off."""
        if not (part := self.socket.recv(262_144)):
            raise RuntimeError(f"the server closed the connection after {self._received[:300]!r}")
        self._received += part
        if (reply := reply_in(self._received)) is None:
            return True
        self._received = b""
        if reply.closes:
            self.socket.close()
            self.socket = self._connected()
        return self.say(reply)

    def _connected(self) -> socket.socket:
        found = socket.create_connection(("127.0.0.1", self._port), timeout=_WAIT)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return found


def drive(port: int, talks: Iterable[Generator[bytes, Reply, T]]) -> list[T]:
    """Lets all of these go on at once, each over a connection of its own, and returns what each ends with."""
    clients = [_Client(port, talk) for talk in talks]
    with selectors.DefaultSelector() as selector:
        for client in clients:
            if client.say():
                selector.register(client.socket, selectors.EVENT_READ, client)
        while selector.get_map():
            ready = selector.select(_WAIT)
            if not ready:
                raise RuntimeError(f"no answer within {_WAIT} seconds")
            for key, _ in ready:
                more = key.data.hear()
                if not more or key.data.socket is not key.fileobj:
                    selector.unregister(key.fileobj)
                    if more:
                        selector.register(key.data.socket, selectors.EVENT_READ, key.data)
    return [client.result for client in clients]
