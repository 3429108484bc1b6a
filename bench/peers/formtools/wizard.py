"""The twelve questions as a wizard of django-formtools: once as its documentation begins, where the answer to a POST
is the next question; and once with an address for each question, where a POST leads to it, as ours does.

Reads the questions from PEER_QUESTIONS, a file.
"""

import json
import os
from pathlib import Path

from django import forms
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from formtools.wizard.views import NamedUrlSessionWizardView, SessionWizardView

QUESTIONS = {one["id"]: one for one in json.loads(Path(os.environ["PEER_QUESTIONS"]).read_text(encoding="utf-8"))}


def form_of(asked: dict) -> type[forms.Form]:
    """A form with one field."""
    choices = [(value, f"{label} {hint}") for value, label, hint in asked["options"]]
    answer = (
        forms.ChoiceField(choices=choices, widget=forms.RadioSelect, label=asked["question"])
        if asked["kind"] == "one"
        else forms.CharField(max_length=2000, label=asked["question"])
    )
    return type("Answer", (forms.Form,), {"answer": answer})


class Shown:
    """What both wizards show."""

    template_name = "question.html"

    def get_context_data(self, form: forms.Form, **kwargs: object) -> dict:
        return super().get_context_data(form=form, **kwargs) | {"asked": QUESTIONS[self.steps.current]}

    def done(self, form_list: object, form_dict: dict, **kwargs: object) -> HttpResponse:
        kept = {step: form.cleaned_data["answer"] for step, form in form_dict.items()}
        return render(self.request, "kept.html", {"kept": kept})


class Plain(Shown, SessionWizardView):
    """The next question is the answer to a POST."""


class Named(Shown, NamedUrlSessionWizardView):
    """Each question has an address."""


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


_FORMS = [(name, form_of(asked)) for name, asked in QUESTIONS.items()]
_named = Named.as_view(_FORMS, url_name="step", done_step_name="done")

urlpatterns = [
    path("healthz", healthz),
    path("plain/", Plain.as_view(_FORMS)),
    path("named/", _named),
    path("named/<str:step>/", _named, name="step"),
]

application = get_wsgi_application()
