"""What the rules of a pack mean, feature by feature; the packs stand in `features` under the names of the tests."""

from app.guide.answers import Answer
from app.guide.formulas import Formula, Ternary, compiled
from app.guide.sort import Sorter


def holds(sorter: Sorter, formula: Formula, answers: dict[str, Answer]) -> bool:
    return compiled(formula)(sorter.state(sorter.vocabulary.checked(answers)))


def said(sorter: Sorter, statement: Ternary, answers: dict[str, Answer]) -> str:
    """yes, no or open; that exactly one of them holds is part of every test."""
    found = [name for name in ("yes", "no", "open") if holds(sorter, getattr(statement, name), answers)]
    assert len(found) == 1
    return found[0]


def asked(sorter: Sorter, question: str, answers: dict[str, Answer]) -> str:
    return said(sorter, sorter.rules.asked(question), answers)


def clash(sorter: Sorter, answers: dict[str, Answer]) -> str:
    return said(sorter, sorter.rules.contradiction(sorter.pack.rules.contradictions[0]), answers)


def need(sorter: Sorter, variant: str, question: str, answers: dict[str, Answer]) -> str:
    """met, not met or open, for the need of this variant on this question."""
    found = next(n for _, v in sorter.pack.variants if v.id == variant for n in v.needs if n.question == question)
    met = holds(sorter, sorter.rules.met(found), answers)
    still_open = holds(sorter, sorter.rules.need_open(found), answers)
    assert not (met and still_open)
    return "met" if met else "open" if still_open else "not met"


# -- needs


def test_a_need_is_met_not_met_or_open(tiny: Sorter) -> None:
    for place, expected in (("vein", "met"), ("nose", "not met"), ("unsure", "open"), ("no_clear_answer", "not met")):
        assert need(tiny, "trial", "offer.place", {"offer.place": place}) == expected
    assert need(tiny, "trial", "offer.place", {}) == "open"


def test_a_need_for_an_answer_takes_any_clear_one(tiny: Sorter) -> None:
    for place, expected in (("brain", "met"), ("nose", "met"), ("not_asked", "open"), ("no_clear_answer", "not met")):
        assert need(tiny, "trial", "offer.place", {"offer.place": place}) == expected


def test_a_need_on_a_question_not_asked_is_not_met(tiny: Sorter) -> None:
    # The goal is asked of care only. In a trial its answer is set aside, and open is not what it is either.
    for given in ({}, {"offer.goal": "support"}, {"offer.goal": "unsure"}):
        assert need(tiny, "trial", "offer.goal", {"offer.status": "trial", **given}) == "not met"
    assert need(tiny, "care", "offer.goal", {"offer.status": "care", "offer.goal": "support"}) == "met"
    assert need(tiny, "care", "offer.goal", {"offer.goal": "support"}) == "open"
    # So this trial is never reached, and an offer that says it is one can only be a warning sign.
    assert tiny.sort({"offer.status": "trial"}).result == "warning_sign"


# -- what is asked


def test_asked_when_with_a_list(tiny: Sorter) -> None:
    for status, expected in (("trial", "yes"), ("sold", "yes"), ("care", "no")):
        assert asked(tiny, "offer.papers", {"offer.status": status}) == expected
    assert tiny.recorded({"offer.status": "care"}).asked == ("offer.status",)
    assert tiny.recorded({"offer.status": "trial"}).asked == ("offer.status", "offer.papers")


def test_asked_when_with_not_in(tiny: Sorter) -> None:
    for status, expected in (("trial", "yes"), ("sold", "yes"), ("care", "no"), ("unsure", "open")):
        assert asked(tiny, "offer.papers", {"offer.status": status}) == expected


def test_asked_when_chained(tiny: Sorter) -> None:
    assert asked(tiny, "offer.place", {"offer.status": "trial", "offer.goal": "replace"}) == "yes"
    assert asked(tiny, "offer.place", {"offer.status": "trial", "offer.goal": "support"}) == "no"
    assert asked(tiny, "offer.place", {"offer.status": "trial"}) == "open"
    # Neither an answer set aside, nor the absence of one, satisfies "not in": the question before is not asked.
    assert asked(tiny, "offer.place", {"offer.status": "care", "offer.goal": "replace"}) == "no"
    assert asked(tiny, "offer.place", {"offer.status": "care"}) == "no"
    # An answer on a question that is not shown yet settles nothing.
    assert asked(tiny, "offer.place", {"offer.goal": "support"}) == "open"


def test_asked_when_resting_on_an_open_answer(tiny: Sorter) -> None:
    for papers in ({}, {"offer.papers": "told"}, {"offer.papers": "unsure"}):
        answers: dict[str, Answer] = {"offer.status": "trial", "offer.place": "nose", **papers}
        assert asked(tiny, "offer.place", answers) == "open"
        assert "offer.place" not in tiny.recorded(answers).asked
        # It reads as open, whatever was answered there before; so the trial is still possible.
        assert need(tiny, "trial", "offer.place", answers) == "open"
        assert tiny.sort(answers).possible == ("regulated_trial", "warning_sign")
        assert tiny.sort(answers).of("caution") == []


def test_asked_when_resting_on_a_vague_answer(tiny: Sorter) -> None:
    answers: dict[str, Answer] = {"offer.status": "trial", "offer.goal": "no_clear_answer"}
    assert asked(tiny, "offer.place", answers) == "open"
    assert need(tiny, "trial", "offer.place", answers) == "open"
    # The goal has its answer, and nothing that is still open can get the place asked: so rule 3, not rule 4.
    assert tiny.sort(answers).result == "warning_sign"
    assert tiny.sort({**answers, "offer.place": "brain"}).result == "warning_sign"
    assert tiny.sort({**answers, "offer.status": "care"}).result == "supportive_care"


# -- contradictions


def test_a_contradiction_is_present_absent_or_open(tiny: Sorter) -> None:
    for goal, place, expected in (
        ("replace", "vein", "yes"),
        ("replace", "nose", "yes"),
        ("replace", "brain", "no"),
        ("replace", "unsure", "open"),
        ("replace", "no_clear_answer", "open"),
        ("no_clear_answer", "vein", "open"),
        ("support", "unsure", "no"),
        ("not_asked", "brain", "no"),
    ):
        assert clash(tiny, {"offer.goal": goal, "offer.place": place}) == expected
    # Only a contradiction that is present warns.
    answers: dict[str, Answer] = {"offer.status": "trial", "offer.goal": "replace"}
    assert tiny.sort({**answers, "offer.place": "no_clear_answer"}).result == "regulated_trial"
    warned = tiny.sort({**answers, "offer.place": "vein"})
    assert (warned.result, [r.rule for r in warned.of("contradiction")]) == ("warning_sign", ["clash_1"])


def test_a_contradiction_with_any(tiny: Sorter) -> None:
    trial: dict[str, Answer] = {"offer.status": "trial"}
    assert clash(tiny, {**trial, "offer.goal": "support"}) == "yes"
    assert clash(tiny, {**trial, "offer.place": "vein", "offer.goal": "replace"}) == "yes"
    assert clash(tiny, {**trial, "offer.place": "brain", "offer.goal": "replace"}) == "no"
    assert clash(tiny, {**trial, "offer.goal": "replace"}) == "open"
    assert clash(tiny, {**trial, "offer.goal": "replace", "offer.place": "no_clear_answer"}) == "open"
    assert clash(tiny, {"offer.status": "care", "offer.goal": "support"}) == "no"
    assert clash(tiny, {"offer.goal": "support"}) == "open"


def test_a_contradiction_with_a_question_not_asked_is_absent(tiny: Sorter) -> None:
    trial: dict[str, Answer] = {"offer.status": "trial", "offer.place": "vein"}
    assert clash(tiny, {**trial, "offer.goal": "replace"}) == "yes"
    assert clash(tiny, {**trial, "offer.goal": "support"}) == "no"
    assert clash(tiny, trial) == "open"
    assert tiny.sort({**trial, "offer.goal": "support"}).result == "regulated_trial"
