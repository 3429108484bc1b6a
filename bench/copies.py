"""A whole database copied while people write to it: `python -m bench.copies --preparations 1000000`.

Fills one of each kind, lets the real commands copy it as often as they can be used on it, and looks at the people who
write meanwhile. Beside each stands a floor: `cp` with fsync, or plain COPY. A million takes half an hour and 45 GB.
"""

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg

from app.guide.pack import load_pack
from app.guide.sort import Sorter
from app.guide.walk import Walker
from app.settings import ROOT, Settings
from bench.contestants import GUIDE, Setting
from bench.fill import fill
from bench.play import play
from bench.postgres import Cluster, cluster
from bench.twelve import Asked, twelve
from bench.writers import Writers

QUIET = 30.0  # seconds of writing before and after, to compare with
TABLES = ("preparation", "person", "entry")


def run(*arguments: str | Path, database: str) -> None:
    """Runs a command of ours to its end, and says what it took."""
    begun, told = time.monotonic(), {**os.environ, "WHICH_CELLS_DATABASE": database}
    process, most = subprocess.Popen([sys.executable, "-m", "app", *map(str, arguments)], env=told), "?"
    # What the kernel says in the end is never less than we hold ourselves.
    while process.poll() is None:
        most = Path(f"/proc/{process.pid}/status").read_text().partition("VmHWM:")[2].partition("\n")[0].strip() or most
        time.sleep(0.05)
    print(f"{arguments[0]}: {time.monotonic() - begun:.1f} s, {most} at most", flush=True)
    assert process.returncode == 0, process.returncode


def floor(name: str, copy: Callable[[], object]) -> None:
    """The same without any of ours."""
    begun = time.monotonic()
    copy()
    print(f"floor, {name}: {time.monotonic() - begun:.1f} s", flush=True)


def cp(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    with target.open("rb") as written:
        os.fsync(written.fileno())


def backed_up(setting: Setting, asked: list[Asked], file: Path) -> None:
    """A backup while people write: how they fare before, meanwhile and after, and whether it holds what they said."""
    log = Path(setting.database + "-wal")
    with GUIDE.start(setting) as server, Writers(server, asked) as writers:
        time.sleep(5)  # what is looked through at the start
        begun = time.monotonic()
        time.sleep(QUIET)
        before, since, sizes, over = Counter(writers.acknowledged), time.monotonic(), [0], threading.Event()

        def look() -> None:
            while not over.wait(0.5):
                sizes.append(log.stat().st_size if log.exists() else 0)

        looking = threading.Thread(target=look)
        looking.start()
        run("backup", file, database=setting.database)
        until = time.monotonic()
        time.sleep(QUIET)
        over.set()
        looking.join()
        ended = time.monotonic()
    print(f"writers before: {writers.said(begun, since)}\nmeanwhile: {writers.said(since, until)}")
    print(f"after: {writers.said(until, ended)}; refused: {writers.refused}; log: {max(sizes) / 1e6:.0f} MB at most")
    with closing(sqlite3.connect(file)) as copied:
        held = "SELECT count(*) FROM entry WHERE preparation_id = ?"
        lost = [name for name, count in before.items() if copied.execute(held, [name]).fetchone()[0] < count]
    print(f"acknowledged before it began: {sum(before.values()):,}; lost: {len(lost)}", flush=True)
    assert not lost


def of_files(count: int, asked: list[Asked], own: Path) -> Path:
    """SQLite: filled, backed up while it is written to, checked, brought back. Returns the backup."""
    setting, kept = Setting(own, str(own / "guide.db")), own / "kept.db"
    with GUIDE.start(setting) as server:
        play(server, GUIDE.talk, asked, 1, 1)
    fill(setting.database, count - 1)
    print(f"a file of {Path(setting.database).stat().st_size / 1e6:,.0f} MB", flush=True)
    floor("cp and fsync", lambda: cp(Path(setting.database), own / "floor.db"))
    (own / "floor.db").unlink()
    backed_up(setting, asked, kept)
    Path(setting.database).unlink()
    run("verify", kept, database=str(own / "none.db"))
    run("restore", kept, database=str(own / "new.db"))
    (own / "new.db").unlink()
    return kept


def of_postgres(file: Path, asked: list[Asked], own: Path, there: Cluster) -> None:
    """PostgreSQL: a file is moved there, backed up while it is written to, brought back into another, checked."""
    moved, again, kept = there.create("moved"), there.create("again"), own / "of-postgres.db"
    run("move", file, database=moved)
    for name in TABLES:
        floor(f"COPY {name} TO a file", partial(_copy_out, moved, name, own / name))
    backed_up(Setting(own, moved), asked, kept)
    run("verify", kept, database=str(own / "none.db"))
    run("restore", kept, database=again)
    run("verify", database=again)
    bare = there.create("bare")
    run("sweep", database=bare)  # which brings the tables there
    for name in TABLES:
        floor(f"COPY {name} FROM it", partial(_copy_in, bare, name, own / name))


def _copy_out(address: str, table: str, file: Path) -> None:
    copying = f"COPY {table} TO STDOUT".encode()
    with psycopg.connect(address) as there, there.cursor().copy(copying) as copy, file.open("wb") as written:
        written.writelines(copy)
        written.flush()
        os.fsync(written.fileno())


def _copy_in(address: str, table: str, file: Path) -> None:
    copying = f"COPY {table} FROM STDIN".encode()
    with psycopg.connect(address) as there, there.cursor().copy(copying) as copy, file.open("rb") as read:
        while part := read.read(1 << 18):
            copy.write(part)


def main() -> None:
    """All of it, in a temporary folder on the disk that the project is on."""
    parser = argparse.ArgumentParser(prog="python -m bench.copies", description=__doc__.partition("\n")[0])
    parser.add_argument("--preparations", type=int, default=1_000_000)
    count = parser.parse_args().preparations
    asked = twelve(Walker(Sorter(load_pack(Settings().pack))))
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="copies-", dir=ROOT / "var") as name:
        kept = of_files(count, asked, Path(name))
        with cluster() as there:
            of_postgres(kept, asked, Path(name), there)


if __name__ == "__main__":
    main()
