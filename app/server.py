"""One connection: uvicorn's, and an end to its patience with clients that are slow on purpose.

uvicorn waits for ever for the head of a request, and takes a head of any length. Knows no routes and no people, and
not how many processes there are.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

# Below the 1,024 files that a process may usually have open, so that the database still finds some.
CONNECTIONS = 800
HEAD_SECONDS = 10
# Of all that is no body: request line, headers, and what a chunked body has around its chunks.
HEAD_BYTES = 64 * 1024
# Whoever is sent something takes at least so much of it in so long, until it is all gone.
UNREAD_SECONDS = 30
UNREAD_BYTES = 16 * 1024
# When the server stops, whoever has come in and not asked yet has so long to do it.
LATE_SECONDS = 1


class Patient(HttpToolsProtocol):
    """One connection. It is closed when there are too many, when the head of a request is too slow or too long, and
    when an answer is not read."""

    # What stands in the head of every answer.
    extra: Mapping[str, str] = MappingProxyType({})
    _head: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _underway: RequestResponseCycle | None = None
    _beside_body = 0
    _stopping = False

    def send_400_response(self, msg: str) -> None:
        """What is no request never gets to the application, and is answered here: with the same headers."""
        told = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store", "connection": "close"}
        head = {**self.extra, **told, "content-length": str(len(msg))}
        lines = ["HTTP/1.1 400 Bad Request", *(f"{name}: {value}" for name, value in head.items()), "", msg]
        self.transport.write("\r\n".join(lines).encode("ascii"))
        self.transport.close()

    # -- the head of a request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        if len(self.connections) > CONNECTIONS:
            # uvicorn's own limit would answer, but keep the connection, and with it a file.
            self.transport.abort()
        else:
            self._await_head()

    def data_received(self, data: bytes) -> None:
        if self._idle() and self._head is None:
            self._await_head()
        super().data_received(data)
        self._beside_body += len(data)
        if self._beside_body > HEAD_BYTES:
            self._cut_off()

    def on_body(self, body: bytes) -> None:
        self._beside_body -= len(body)
        super().on_body(body)

    def on_headers_complete(self) -> None:
        self._beside_body = 0
        self._head = _stopped(self._head)
        self._unread = _stopped(self._unread)
        super().on_headers_complete()
        if self._stopping:
            super().shutdown()

    def _await_head(self) -> None:
        self._head = self.loop.call_later(HEAD_SECONDS, self._head_is_late)

    def _head_is_late(self) -> None:
        if self._idle():
            self.transport.close()
        else:
            self._await_head()  # the next request came in before the answer to this one was done

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    # -- an answer that nobody reads

    def pause_writing(self) -> None:
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self._idle():  # there is more to come, and it is measured anew
            self._unread = _stopped(self._unread)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await_reader()

    def _await_reader(self) -> None:
        _stopped(self._unread)
        left = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self._look_at_reader, left)

    def _look_at_reader(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left > max(0, before - UNREAD_BYTES):
            self._cut_off()
        elif left:
            self._await_reader()

    # -- the end

    def shutdown(self) -> None:
        """The server stops, and takes nobody new. uvicorn would close on whoever came in a moment ago, or has sent
        half of a request: they are answered first."""
        self._stopping = True
        if self._idle() and self._head is not None:
            self.loop.call_later(LATE_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._underway = cycle
        super()._start_asgi_task(cycle, app)

    def _cut_off(self) -> None:
        self._forget()
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head, self._unread = _stopped(self._head), _stopped(self._unread)
        self._forget()
        super().connection_lost(exc)

    def _forget(self) -> None:
        # uvicorn tells the newest request alone that nobody listens any more. If it came in before the one that is
        # being answered was done, that one would write on, and each time leave a page of error in the log.
        if self._underway is not None:
            self._underway.disconnected = True
            self._underway.message_event.set()


def _stopped(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """Stops a timer, and returns what to keep of it: nothing."""
    if timer is not None:
        timer.cancel()
    return None
