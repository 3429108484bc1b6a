"""NLM's LForms in a browser page: a client for FHIR forms that nobody here wrote.

`make lforms` installs it into tests/lforms/node_modules; its files are served from there and nothing else is.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

FOLDER = Path(__file__).resolve().parents[1] / "lforms" / "node_modules" / "lforms" / "dist" / "lforms"
ADDRESS = "http://lforms.test/"
_SCRIPTS = (
    "webcomponent/assets/lib/zone.min.js",
    "webcomponent/runtime.js",
    "webcomponent/polyfills.js",
    "webcomponent/main.js",
    "fhir/R4/lformsFHIR.min.js",
)
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>LForms</title>'
    '<link rel="stylesheet" href="/webcomponent/styles.css"></head><body><div id="form"></div>'
    + "".join(f'<script src="/{script}"></script>' for script in _SCRIPTS)
    + "</body></html>"
)
# Loads a form, with answers in it where there are some, and waits until it is drawn.
_SHOW = """async ([form, answers]) => {
    let shown = LForms.Util.convertFHIRQuestionnaireToLForms(form, "R4");
    if (answers) { shown = LForms.Util.mergeFHIRDataIntoLForms(answers, shown, "R4"); }
    await LForms.Util.addFormToPage(shown, "form", {prepopulate: false});
}"""
# What can be seen of each item: its label, by linkId.
_VISIBLE = """() => [...document.querySelectorAll("[id^='label-']")]
    .filter((label) => label.checkVisibility({checkVisibilityCSS: true}))
    .map((label) => label.id.replace(/^label-/, "").replace(/(\\/\\d+)+$/, ""))"""


class LForms:
    """One page with LForms on it. `foreign` holds what it asked for that is not its own."""

    def __init__(self, browser: Browser) -> None:
        self.foreign: list[str] = []
        self.faults: list[str] = []
        self.page: Page = browser.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.route("**/*", self._serve)
        self.page.goto(ADDRESS)

    @property
    def version(self) -> str:
        return str(self.page.evaluate("LForms.lformsVersion"))

    def show(self, form: dict[str, Any], answers: dict[str, Any] | None = None) -> None:
        """Shows a Questionnaire, with the answers of a QuestionnaireResponse in it."""
        self.page.evaluate(_SHOW, [form, answers])
        self.page.locator("#form .lhc-form-title").wait_for()

    def visible(self) -> set[str]:
        """The linkIds of the items that can be seen."""
        return set(self.page.evaluate(_VISIBLE))

    def response(self) -> dict[str, Any]:
        """What LForms gives as QuestionnaireResponse."""
        found: dict[str, Any] = self.page.evaluate("LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')")
        return found

    def _serve(self, route: Route) -> None:
        url = route.request.url
        file = FOLDER / url.removeprefix(ADDRESS).split("?")[0]
        if url == ADDRESS:
            route.fulfill(body=_PAGE, content_type="text/html")
        elif url.startswith(ADDRESS) and file.is_file():
            route.fulfill(path=file)
        else:
            # Browsers ask for an icon by themselves.
            self.foreign += [url] if not url.endswith("favicon.ico") else []
            route.abort()
