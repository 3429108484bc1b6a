"""A text that is translated when its template is compiled says just what it would have said on the page."""

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError

from app.guide.pack import Pack
from app.languages import gettext, ngettext, use
from app.web.render import environment

TEXTS = {
    "alone": "{% trans %}Back{% endtrans %}",
    "in an attribute": """<a title="{{ _('Back') }}">{{ _("Back") }}</a>""",
    "a value": """{{ [_("Back"), who] | join(" & ") }}{{ _("Back") if who else _("People") }}""",
    "beside others": """{{ "<" ~ _("<b>Back</b>") ~ who }}{{ "(" ~ _("<b>Back</b>") ~ ")" }}""",
    "with what was typed": "{% trans name=who %}{{ name }} gave this answer.{% endtrans %}",
    "with markup of ours": '{% trans people=who %}Only you see it. If the summary may show it too, say so in <a href="{{ people }}">People and links</a>.{% endtrans %}',  # noqa: E501
    "counted": "{% trans count=n %}Up to {{ count }} more to answer.{% pluralize %}Up to {{ count }} more to answer.{% endtrans %}",  # noqa: E501
    "not in any catalogue": "{% trans who %}100% of {{ who }} and {{ who }}, 5 %(x)s{% endtrans %}",
    "inside of another": "{% trans said=who or _('nothing') %}You said: {{ said }}{% endtrans %}",
    "chosen on the page": "{{ _(which) }}",
}
VALUES = {"who": '<i>"Eve" & %(co)s 100%</i>', "n": 3, "which": "Back"}


def on_the_page(text: str, language: str) -> str:
    """As Jinja says it by itself."""
    env = Environment(extensions=["jinja2.ext.i18n"], autoescape=True, undefined=StrictUndefined)
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    with use(language):
        return env.from_string(text).render(VALUES)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_says_what_jinja_says(pack: Pack, text: str, language: str) -> None:
    env = environment(pack, language, local_script=True)
    with use(language):
        assert env.from_string(text).render(VALUES) == on_the_page(text, language)


def test_it_is_translated_before_anybody_asks_for_it(pack: Pack) -> None:
    template = environment(pack, "es", local_script=True).from_string(TEXTS["alone"])
    with use("en"):
        assert template.render() == "Volver"


def test_a_value_that_is_not_there_is_still_a_fault(pack: Pack) -> None:
    template = environment(pack, "es", local_script=True).from_string(TEXTS["with what was typed"])
    with pytest.raises(UndefinedError):
        template.render()
