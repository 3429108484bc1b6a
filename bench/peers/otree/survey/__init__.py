"""The twelve questions as an app of oTree, one on each page. Reads them from PEER_QUESTIONS, a file."""

import json
import os
from pathlib import Path

from otree.api import BaseConstants, BaseGroup, BasePlayer, BaseSubsession, Page, models, widgets

QUESTIONS = json.loads(Path(os.environ["PEER_QUESTIONS"]).read_text(encoding="utf-8"))

SHOWN = ("question", "why", "clear", "vague", "who")


def field_name(question_id: str) -> str:
    """A column's name: ids of ours have dots."""
    return question_id.replace(".", "_")


def field_of(asked: dict) -> object:
    if asked["kind"] != "one":
        return models.LongStringField(label=asked["question"])
    choices = [[value, f"{label} {hint}"] for value, label, hint in asked["options"]]
    return models.StringField(label=asked["question"], choices=choices, widget=widgets.RadioSelect)


class C(BaseConstants):
    NAME_IN_URL = "survey"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = 1


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


class Player(BasePlayer):
    for _asked in QUESTIONS:
        locals()[field_name(_asked["id"])] = field_of(_asked)
    del _asked


def page_of(asked: dict) -> type[Page]:
    """The page of one question."""
    return type(
        "Ask_" + field_name(asked["id"]),
        (Page,),
        {
            "__module__": __name__,
            "template_name": "survey/Question.html",
            "form_model": "player",
            "form_fields": [field_name(asked["id"])],
            "vars_for_template": staticmethod(lambda player: {part: asked[part] for part in SHOWN}),
        },
    )


class Kept(Page):
    @staticmethod
    def vars_for_template(player: Player) -> dict:
        return {"kept": [(one["id"], player.field_maybe_none(field_name(one["id"]))) for one in QUESTIONS]}


page_sequence = [*(page_of(asked) for asked in QUESTIONS), Kept]
