"""Lighthouse on the pages that people see first, and how long a slow phone takes: `make lighthouse` prints the figures.

Our own copy of htmx is served, so that nothing depends on how far the CDN is just now.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from app.guide.pack import load_pack
from app.guide.sort import Sorter

from .conftest import CHROMIUM_FLAGS, find_chromium
from .preparing import prepare
from .serving import ROOT, GuideServer
from .watching import Visitor, cdn_answers

TOOL = ROOT / "tests" / "tools" / "node_modules" / "lighthouse" / "cli" / "index.js"
AIMS = {"accessibility": 100, "best-practices": 100, "performance": 98}
ANSWERS = {"offer.name": "Drip from the talk", "trial.status": "treatment", "cells.kind": "just_stem_cells"}
# Slow 3G as WebPageTest has it: bytes a second, and milliseconds there and back. The processor four times slower.
SLOW_3G = {"offline": False, "downloadThroughput": 50_000, "uploadThroughput": 50_000, "latency": 400}
SLOWER = {"rate": 4}


def judged(address: str, cookies: str, folder: Path) -> dict[str, float]:
    """What Lighthouse gives one page, in a hundred, and what it found wanting."""
    report = folder / "report.json"
    command = ["node", str(TOOL), address, "--quiet", "--output=json", f"--output-path={report}"]
    command += ["--only-categories=" + ",".join(AIMS), "--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    command += ["--extra-headers=" + json.dumps({"Cookie": cookies})] if cookies else []
    subprocess.run(command, check=True, timeout=180, env=os.environ | {"CHROME_PATH": find_chromium()})
    said = json.loads(report.read_text(encoding="utf-8"))
    for name, audit in said["audits"].items():
        weighs = any(r["weight"] for c in said["categories"].values() for r in c["auditRefs"] if r["id"] == name)
        if weighs and audit["score"] is not None and audit["score"] < 0.9:
            print(f"    {name}: {audit['title']} {audit.get('displayValue', '')}")
    return {name: round(100 * said["categories"][name]["score"]) for name in AIMS}


def seconds_on_a_slow_phone(browser: Browser, address: str, path: str, visitor: Visitor) -> float:
    """From opening the address of a question, with nothing in store, until its field can be used."""
    context = browser.new_context(storage_state=visitor.context.storage_state(), viewport={"width": 360, "height": 640})
    page = context.new_page()
    debugger = context.new_cdp_session(page)
    debugger.send("Network.enable")
    debugger.send("Network.emulateNetworkConditions", SLOW_3G)
    debugger.send("Emulation.setCPUThrottlingRate", SLOWER)
    page.goto(address + path)
    taken = page.evaluate(
        """Math.max(performance.getEntriesByName("first-contentful-paint")[0].startTime,
            performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd) / 1000"""
    )
    context.close()
    return float(taken)


def main() -> None:
    sorter = Sorter(load_pack(ROOT / "questions" / "parkinsons"))
    with tempfile.TemporaryDirectory() as served, sync_playwright() as playwright:
        guide = GuideServer(Path(served), WHICH_CELLS_LOCAL_SCRIPT="true")
        guide.start()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        try:
            visitor = Visitor(browser.new_context(), guide.address, cdn_answers)
            offer = prepare(visitor, sorter, ANSWERS)
            cookies = "; ".join(f"{c['name']}={c['value']}" for c in visitor.context.cookies())
            slow = seconds_on_a_slow_phone(browser, guide.address, f"{offer}/questions/offer.name", visitor)
            browser.close()
            print(f"first question on a slow phone: {slow:.1f} s")
            for path in ("/", f"{offer}/questions/cells.kind", f"{offer}/result", f"{offer}/summary"):
                found = judged(guide.address + path, cookies, Path(served))
                low = [name for name, aim in AIMS.items() if found[name] < aim]
                print(path.rpartition("/")[2] or "start", found, f"lower than it should be: {low}" if low else "")
        finally:
            guide.stop()


if __name__ == "__main__":
    main()
