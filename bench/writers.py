"""People who write to the guide at their own pace, as they do in the busiest hours, while something else goes on.

Knows what was acknowledged, and how long each waited. Does not know what else goes on.
"""

import threading
import time
from collections import Counter
from collections.abc import Generator, Sequence

from bench.client import drive
from bench.contestants import GUIDE
from bench.servers import Server
from bench.talks import Place
from bench.twelve import Asked
from bench.wire import Reply

CLIENTS, EVERY = 4, 0.1  # each of so many answers every tenth of a second


class Writers:
    """They go on for as long as this is open. What came late counts from when it was due, so that nobody's wait hides
    that of those behind them."""

    def __init__(self, server: Server, asked: Sequence[Asked]) -> None:
        self._server, self._asked, self._over = server, asked, threading.Event()
        self.late: list[tuple[float, float]] = []
        self.acknowledged: Counter[str] = Counter()
        self.refused = 0
        self._threads = [threading.Thread(target=self._write) for _ in range(CLIENTS)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _write(self) -> None:
        drive(self._server.port, [self._answers()])

    def _answers(self) -> Generator[bytes, Reply, None]:
        due = time.monotonic()
        while not self._over.is_set():
            place = Place(b"127.0.0.1:%d" % self._server.port, b"/preparations")
            yield from GUIDE.talk.begin(place)
            name = place.address.split(b"/")[2].decode()
            for one in self._asked[:-1]:
                due = max(due + EVERY, time.monotonic() - 60)
                time.sleep(max(0.0, due - time.monotonic()))
                while (yield from GUIDE.talk.answer(place, one, one.answer_of(place.number))).status != 200:
                    self.refused += 1
                    time.sleep(EVERY)
                self.late.append((due, time.monotonic() - due))
                self.acknowledged[name] += 1

    def said(self, since: float, until: float) -> str:
        """How long those waited whose turn came in this time."""
        took = sorted(late for due, late in self.late if since <= due < until) or [0.0]
        p50, p99, longest = (1000 * one for one in (took[len(took) // 2], took[len(took) * 99 // 100], took[-1]))
        return f"p50 {p50:.0f}, p99 {p99:.0f}, longest {longest:.0f} ms of {len(took):,}"
