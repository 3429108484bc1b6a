"""Two people post at once, on the same question: nothing is lost, nothing overwritten, and the history is complete."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random

from app.store.opened import Opened

from .browsers import Answer, Someone, begin, kept
from .servers import QuickServer

WHO_OFFERS = "offer.provider"  # may be any text, so that every answer can be told from all others
ON_PAPER = "trial.status"
OPTIONS = ["regulated_trial", "authorised_product", "special_access", "treatment"]
OTHER_WINDOW = "You answered this in another window"


def at_once(*tasks: Callable[[], None]) -> None:
    """Runs them all, begun at the same moment."""
    ready = threading.Barrier(len(tasks))

    def run(task: Callable[[], None]) -> None:
        ready.wait()
        task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        for done in [pool.submit(run, task) for task in tasks]:
            done.result()


def said(found: Opened, question_id: str, who: int) -> list[object]:
    """All that one person said to a question, in order."""
    return [e.value for e in found.offer(1).history.get(question_id, ()) if e.who == who]


def numbered(found: Opened) -> list[int]:
    return [row.number for row in found.rows]


def taken(answer: Answer) -> bool:
    """It was acknowledged; or refused with a page, and never with a fault."""
    assert answer.status in (303, 409), f"{answer.status}: {answer.page.text}"
    return answer.status == 303


def test_two_people_answer_the_same_question_500_times_each_at_once(server: QuickServer) -> None:
    maria = begin(server.port)
    ana = maria.invite("Ana")

    together = threading.Barrier(2)

    def answers(person: Someone) -> None:
        for n in range(500):
            together.wait(60)
            assert taken(person.answer(WHO_OFFERS, text=f"{person.name} {n}"))

    at_once(lambda: answers(maria), lambda: answers(ana))
    found = kept(server.database, maria)
    assert numbered(found) == list(range(1, 1001))
    for who, name in ((1, "Maria"), (2, "Ana")):
        assert said(found, WHO_OFFERS, who) == [f"{name} {n}" for n in range(500)]
    # Both last answers are there to be seen, whoever looks.
    assert {(v.who, v.value) for v in found.offer(1).voices(WHO_OFFERS)} == {(1, "Maria 499"), (2, "Ana 499")}
    for person in (maria, ana):
        page = person.see(f"{person.address(WHO_OFFERS)}/both")
        assert "Maria 499" in page.text
        assert "Ana 499" in page.text


def test_two_people_who_change_their_minds_500_times_lose_no_change(server: QuickServer) -> None:
    maria = begin(server.port)
    ana = maria.invite("Ana")
    acknowledged: dict[str, list[str]] = {"Maria": [], "Ana": []}

    def changes(person: Someone) -> None:
        random, mine = Random(person.name), acknowledged[person.name]  # noqa: S311
        for _ in range(250):
            # As a person does it: open the page, choose something else, save.
            seen = person.seen(ON_PAPER)
            choice = random.choice([o for o in OPTIONS if o not in mine[-1:]])
            assert taken(person.answer(ON_PAPER, choice=choice, seen=seen))
            mine.append(choice)

    at_once(lambda: changes(maria), lambda: changes(ana))
    found = kept(server.database, ana)
    last = {who: mine[-1] for who, mine in ((1, acknowledged["Maria"]), (2, acknowledged["Ana"]))}
    assert said(found, ON_PAPER, 1) == acknowledged["Maria"]
    # Whoever is the second to say something may have said what the first had said: that is no new answer.
    mine = said(found, ON_PAPER, 2)
    assert mine == acknowledged["Ana"][-len(mine) :]
    assert len(mine) > 240
    assert numbered(found) == list(range(1, len(found.rows) + 1))
    assert {v.who: v.value for v in found.offer(1).voices(ON_PAPER)} == last


def test_what_is_refused_shows_both_answers_and_is_taken_when_saved_again(server: QuickServer) -> None:
    """Two people with two windows each: whoever saves over an answer of their own that this window has not seen is
    asked, whatever the other person says in between."""
    maria = begin(server.port)
    ana = maria.invite("Ana")
    acknowledged: dict[str, dict[str, int]] = {"Maria": {}, "Ana": {}}
    refused: list[str] = []

    def answers(window: Someone, mark: str) -> None:
        for n in range(50):
            text, seen = f"{window.name} {mark}{n}", window.seen(WHO_OFFERS)
            while not taken(answer := window.answer(WHO_OFFERS, text=text, seen=seen)):
                page = answer.page
                assert OTHER_WINDOW in page.text
                # What was said there, one's own; and what was chosen here, to be saved by a press.
                there = page.inside("error").partition("There you said: ")[2].partition(". It was saved")[0]
                assert there.startswith(window.name)
                assert page.ask.filled == [("text", text)]
                refused.append(text)
                seen = page.ask.hidden["seen"]
            acknowledged[window.name][text] = int(seen)

    windows = [(p.another_window(), mark) for p in (maria, ana) for mark in ("left ", "right ")]
    at_once(*(lambda w=w, m=m: answers(w, m) for w, m in windows))
    assert len(refused) > 10  # or the test has tried nothing
    found = kept(server.database, maria)
    assert numbered(found) == list(range(1, 201))
    for who, name in ((1, "Maria"), (2, "Ana")):
        mine = said(found, WHO_OFFERS, who)
        assert sorted(map(str, mine)) == sorted(acknowledged[name])
        entries = [e for e in found.offer(1).history[WHO_OFFERS] if e.who == who]
        for before, entry in pairwise(entries):
            # It took the place of an answer that its window had shown.
            assert acknowledged[name][str(entry.value)] >= before.number
        for mark in ("left ", "right "):
            of_it = [m for m in mine if mark in str(m)]
            assert of_it == [f"{name} {mark}{n}" for n in range(50)]
