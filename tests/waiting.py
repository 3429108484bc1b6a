"""Waiting for what another thread or process does, without guessing how long that takes."""

import time
from collections.abc import Callable


def soon(holds: Callable[[], bool]) -> bool:
    """It holds within some seconds."""
    until = time.monotonic() + 20
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
