"""The recipe of docs/running.md with a real nginx, and an upgrade from an earlier release while people write.

    make upgrade FROM=COMMIT

Not one of the tests: it needs nginx, openssl and the history of this repository.
"""

import http.client
import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from browser.serving import PATIENCE, ROOT, GuideServer, faults, free_port
from databases import lasting

from .browsers import Browser, Someone
from .test_upgrade import Traffic

RECIPE = ROOT / "docs" / "running.md"
AROUND = """
pid {folder}/nginx.pid;
error_log {folder}/outside.log notice;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include /etc/nginx/mime.types;
{recipe}
}}
"""


class Secure(Browser):
    """A browser that speaks https, and believes any certificate."""

    def _connection(self) -> http.client.HTTPConnection:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=120, context=context)


class Nginx:
    """The recipe, at free ports of this machine, with a certificate of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self._plain = free_port(), free_port()
        told = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=guide.example.org"]
        subprocess.run([*told, "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True)

    def leads_to(self, *ports: int) -> None:
        """Starts it, or tells it where the guide is now; whoever is under way stays where they are."""
        found, several = re.findall(r"```nginx\n(.*?)```", RECIPE.read_text(encoding="utf-8"), re.DOTALL)
        (one,) = re.findall("upstream .*?}", found, re.DOTALL)
        if len(ports) > 1:
            found = found.replace(one, several)
        for stands, port in zip(re.findall(r"[\d.]+:8000", found), ports, strict=True):
            found = found.replace(stands, f"127.0.0.1:{port}")
        for stands, here in (
            ("listen 443 ", f"listen {self.port} "),
            ("listen 80;", f"listen {self._plain};"),
            ("/etc/ssl/guide.example.org.pem", f"{self.folder}/cert.pem"),
            ("/etc/ssl/private/guide.example.org.key", f"{self.folder}/key.pem"),
            ("/var/log/nginx/error.log", f"{self.folder}/error.log"),
        ):
            assert stands in found, stands
            found = found.replace(stands, here)
        recipe = self.folder / "nginx.conf"
        recipe.write_text(AROUND.format(folder=self.folder, recipe=found), encoding="utf-8")
        more = ["-s", "reload"] if (self.folder / "nginx.pid").exists() else []
        subprocess.run(["nginx", "-p", self.folder, "-c", recipe, *more], check=True)

    def stop(self) -> None:
        if (pid := self.folder / "nginx.pid").exists():
            os.kill(int(pid.read_text(encoding="ascii")), signal.SIGQUIT)

    def logged(self) -> str:
        return "".join(log.read_text(encoding="utf-8") for log in self.folder.glob("*.log"))


class Earlier(GuideServer):
    """The guide as it was."""

    def __init__(self, root: Path, folder: Path, **settings: str) -> None:
        super().__init__(folder, **settings)
        self.root = root
        self._log = folder / "earlier.log"


@contextmanager
def earlier(commit: str, folder: Path) -> Iterator[Path]:
    """The program as it was at a commit."""
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def begin(port: int, name: str) -> Someone:
    browser = Secure(port)
    return Someone(browser, browser.post("/preparations").leads_to.split("/")[2], name)


def upgrade(nginx: Nginx, old: GuideServer, new: GuideServer, database: str) -> None:
    """The new release takes the place of the old while people write; nothing fails and nothing is lost."""
    old.start()
    nginx.leads_to(old.port)
    time.sleep(1)
    traffic = Traffic([begin(nginx.port, name) for name in ("Maria", "Ana", "Luis")])
    counts = []
    with traffic.flows():
        both = partial(nginx.leads_to, old.port, new.port)
        for step in (new.start, both, partial(nginx.leads_to, new.port), old.stop):
            traffic.passes(10)
            counts.append(traffic.answers)
            step()
        traffic.passes(10)
    traffic.check(database)
    print(
        f"upgrade: {traffic.answers} answers and {traffic.read} pages, none failed, none lost; at the steps: {counts}"
    )


def look(nginx: Nginx) -> None:
    """What else the recipe promises."""
    connection = Secure(nginx.port)._connection()
    connection.request("GET", "/", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    packed = len(answer.read())
    assert answer.headers["content-encoding"] == "gzip"
    print(f"packed: the start page comes in {packed} bytes")
    plain = http.client.HTTPConnection("127.0.0.1", nginx._plain)
    plain.request("GET", "/about")
    moved = plain.getresponse()
    assert (moved.status, moved.headers["location"]) == (301, "https://guide.example.org/about")
    # Who asks too often stays who they are, whatever they say of where they come from.
    seen = []
    for n in range(20):
        connection = Secure(nginx.port)._connection()
        connection.request("POST", "/api/sort", "{}", {"X-Forwarded-For": f"198.51.{n % 250}.7"})
        seen.append(connection.getresponse().status)
        connection.close()
        if seen[-1] == 429:
            break
    assert seen == [200] * (len(seen) - 1) + [429], seen
    print(f"limited: request {len(seen)} of one address was turned away, whatever it said of where it came from")
    for secret in ("preparations/", "198.51.", "client:"):
        assert secret not in nginx.logged(), secret
    print("logged: nothing of anybody")


def main(commit: str) -> None:
    with tempfile.TemporaryDirectory() as made, earlier(commit, Path(made, "earlier")) as root:
        folder = Path(made)
        nginx, old, new = Nginx(folder), Earlier(root, folder), GuideServer(folder)
        strict = GuideServer(folder, WHICH_CELLS_LIMITS="0.02")
        for each in (old, new, strict):
            each.patience = 4 * PATIENCE  # the people beside it take their share of the machine
        try:
            upgrade(nginx, old, new, lasting(folder / "preparations.db"))
            new.stop()
            strict.start()
            nginx.leads_to(strict.port)
            time.sleep(1)
            look(nginx)
            assert faults(old.log) + faults(new.log) == []
        finally:
            nginx.stop()
            old.stop()
            new.stop()
            strict.stop()


if __name__ == "__main__":
    main(sys.argv[1])
