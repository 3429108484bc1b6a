"""Templates to pages: one Jinja environment, strict about names, escaping everything.

Knows where templates and static files are. Does not know what any page says.
"""

import hashlib
import re
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Match

from app.guide.countries import country_names
from app.guide.glossary import Glossary
from app.guide.pack import Pack
from app.languages import all_of, current, date_order, day, gettext, ngettext, number, one_of, own_name, tag
from app.settings import ROOT
from app.summary.pdf import Paper, PdfMissing, to_pdf
from app.summary.sheet import Sheet
from app.summary.words import in_line, moment, shortened, source_words
from app.web import reading, security
from app.web.fixed import Fixed
from app.web.forms import LINES, Beside, Draft
from app.web.places import ExamplePlace
from app.web.spoken import Translated

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
SVG = "image/svg+xml; charset=utf-8"


@cache
def asset(name: str) -> str:
    """The address of a static file, with a mark of its content so that browsers may keep it for long."""
    content = (STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


class _Environment(Environment):
    """All templates in one language.

    Every template sees the same names: Jinja puts a layer of its own for each around them, and looks through both
    at every import of every page.
    """

    def __init__(self, language: str, **options: Any) -> None:
        super().__init__(**options)
        self._language, self.fixed = language, Fixed(self)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed: nodes.Template = Translated(self._language, self.fixed).visit(super()._parse(source, name, filename))
        return parsed

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def environment(
    pack: Pack, language: str, *, local_script: bool, look_up_host: str = "", offered: Sequence[str] = ()
) -> Environment:
    """Makes the environment that all pages of one language share; the pack speaks it too. `look_up_host` is whom people
    can have asked about a trial's number; nothing if nobody. `offered` are the languages to choose from."""
    env = _Environment(
        language,
        extensions=["jinja2.ext.i18n"],
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals |= {
        "asset": asset,
        "date_order": date_order,
        "language": lambda: tag(current()),
        "other_languages": lambda: [(tag(o), o, own_name(o)) for o in offered if o != current()],
        "overdue": lambda: datetime.now(UTC).date() > pack.cover.due_on,
        "look_up_host": look_up_host,
        # What a request says instead: where it is, and what was chosen of the settings.
        "here": lambda: "/",
        "looks": (),
        "classes": "",
        "settings": reading.groups,
        "countries": country_names,
        "lines": LINES,
        "no_draft": Draft(),
        "no_notes": Beside(),
        "fixed": env.fixed,
        "pack": pack,
        "glossary": Glossary(pack),
        "script": {
            "local": local_script,
            "url": asset(security.HTMX_FILE) if local_script else security.HTMX_URL,
            "integrity": security.HTMX_INTEGRITY,
        },
    }
    env.filters |= {
        "all_of": all_of,
        "day": day,
        "in_line": in_line,
        "mark": _mark,
        "moment": moment,
        "number": number,
        "one_of": one_of,
        "shortened": shortened,
        "source": partial(source_words, seller_article=pack.evidence.seller_article),
    }
    return env


def _mark(question_id: str) -> str:
    """The id of a question's row on the page of all answers."""
    return "q-" + question_id.replace(".", "-")


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """Renders a template of `templates/`. Raises jinja2.UndefinedError for a name it was not given."""
    # With htmx, a page that says what went wrong is no new step in the history: Back leads where it did.
    headers = {"hx-push-url": "false"} if status >= 400 else None
    return HTMLResponse(_text(request, template, values), status_code=status, headers=headers)


def pdf(
    request: Request, template: str, paper: Paper, *, name: str, landscape: bool = False, **values: object
) -> Response:
    """The same page as a PDF to keep, called `name`. Where none can be made, a page that says how to get there."""
    try:
        made = to_pdf(_text(request, template, values), STATIC, paper, landscape=landscape)
    except PdfMissing as missing:
        return page(request, "message.html", 503, kind="no_pdf", says=str(missing), written=[])
    disposition = f'attachment; filename="{name}.pdf"'
    return Response(made, media_type="application/pdf", headers={"content-disposition": disposition})


def _text(request: Request, template: str, values: Mapping[str, object]) -> str:
    env: Environment = request.app.state.env[current()]
    looks = reading.chosen(request)
    return env.get_template(template).render(
        values, here=partial(_here, request), looks=looks, classes=reading.classes(looks)
    )


def _here(request: Request) -> str:
    """The address that shows this page, or, for one that came back after a form, the page that the form was on."""
    shows: str | None = getattr(request.state, "shows", None)
    if shows:  # what came back is another page than the one that the form was on
        return shows
    path, query = request.url.path, request.url.query
    if request.method in ("GET", "HEAD"):
        return path + ("?" + query if query else "")
    while path.count("/") > 1 and not _shows(request, path):
        path = path.rpartition("/")[0]
    return path if _shows(request, path) else "/"


def _shows(request: Request, path: str) -> bool:
    scope = {**request.scope, "method": "GET", "path": path}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)


_PAPER = re.compile("<article.*?</article>", re.DOTALL)


def sheets_alone(pack: Pack, sheets: Sequence[Sheet], *, large: bool = False) -> str:
    """The printed summaries of these sheets, one after another, as one page that needs no server and no other file."""
    env = environment(pack, current(), local_script=True)
    template = env.get_template("summary.html")
    # Only the paper: what stands around it on the screen leads to pages that are not there.
    values = {"example": None, "place": ExamplePlace(""), "today": None, "large": large}
    pages = [template.render(values, sheet=sheet) for sheet in sheets]
    papers = [Markup(paper) for page in pages for paper in _PAPER.findall(page)]  # noqa: S704
    style = Markup((STATIC / "style.css").read_text(encoding="utf-8"))  # noqa: S704
    return env.get_template("alone.html").render(title=gettext("Summary"), style=style, sheets=papers)
