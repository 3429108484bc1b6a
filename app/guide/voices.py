"""Which of several people's answers about the same offer counts, until they have settled it.

Where answers to a question differ, the guide fails towards caution, in this order:

1. The result. Together, the answers that count lead to the most cautious result that any choice among the voices
   leads to: a warning sign before not settled, before supportive care, before a regulated trial.
2. An answer that is a warning in itself: one that reads warning, or vague on a core question.
3. As many warnings, vague core answers and contradictions as can be.
4. The reading: vague, open, caution, neutral. Of a list or a scale the worst part, then the next worst.
5. More needs not met or open, then more that is worth raising, then the answer given last.

The reading does not come first, because the answer that reads milder can be the one that warns. "A treatment" reads
neutral where "special access" reads caution, yet it may be the treatment that clashes with the kind of cells; and "I
am not sure" about what the offer is would set aside the questions whose answers warn. Hence 1 and 3 above 4.

For 1 all voices are looked at together, so a contradiction is found between questions that are both disputed, and
one more voice never makes the result less cautious, unless all that was said before yields to it. What comes after
is decided question by question, in the order of the pack, the others held at what counts so far.

Knows nothing of who the people are, of what they may do, or of what they have settled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, get_args

from app.guide.answers import Answer, is_given
from app.guide.choices import first_choice
from app.guide.models import Question, Reading
from app.guide.sort import Outcome, Sorter, parts_to_ask

# Readings and results from the mildest to the most cautious.
READINGS: tuple[Reading, ...] = get_args(Reading)
RESULTS = ("regulated_trial", "supportive_care", "not_settled", "warning_sign")
_CAUTION, _OPEN, _VAGUE, _WARNING = (READINGS.index(r) for r in ("caution", "open", "vague", "warning"))


@dataclass(frozen=True)
class Voice:
    """What one person answered. `who` is a number of the caller's, and decides nothing here."""

    who: int
    answer: Answer


@dataclass(frozen=True)
class Heard:
    """What several people's answers come to."""

    # The one answer to each question that counts, as the sort takes them. A question without any is left out.
    answers: dict[str, Answer]
    # The questions on which voices differ, in the order of the pack: the one that counts first, then the others, the
    # most cautious reading first. Whoever gave an equal answer earlier, or one that yields, is not among them.
    disputed: dict[str, tuple[Voice, ...]]


class _Caution(NamedTuple):
    """How cautious it would be that one voice counts, what weighs most first."""

    result: int
    itself_warns: bool
    warnings: int
    reading: tuple[int, ...]
    needs_lacking: int
    cautions: int


class Voices:
    """Weighs voices under one pack. Building it is cheap; the sorter is shared."""

    def __init__(self, sorter: Sorter) -> None:
        self._sorter, self._pack, self._vocabulary = sorter, sorter.pack, sorter.vocabulary
        self._outcome = cache(sorter.rules.outcome)
        self._reads = cache(self._readings_of)

    def agreed(self, voices: Mapping[str, Sequence[Voice]]) -> Heard:
        """The answers that count. Nothing is sorted unless voices differ.

        `voices` has each question's voices in the order in which they were given. Answers must have passed
        `vocabulary.checked` or `known`; an empty one, such as an answer taken back, is no voice. An answer that
        yields ("I have not asked yet") counts only where nobody gave any other.
        """
        answers: dict[str, Answer] = {}
        differing: dict[str, list[Voice]] = {}
        for question_id, given in voices.items():
            said = given if len(given) == 1 else self._different(question_id, given)
            if said and is_given(said[0].answer):
                answers[question_id] = said[0].answer
                if len(said) > 1:
                    differing[question_id] = self._by_reading(question_id, said)
        if not differing:
            return Heard(answers, {})
        open_questions = {q: differing[q] for q in self._pack.questions if q in differing}
        counting = self._weighed(answers, open_questions)
        disputed = {
            q: (counting[q], *(voice for voice in said if voice is not counting[q]))
            for q, said in open_questions.items()
        }
        return Heard({**answers, **{q: voice.answer for q, voice in counting.items()}}, disputed)

    # -- one question

    def _different(self, question_id: str, given: Sequence[Voice]) -> list[Voice]:
        """One voice for each different answer, the last that gave it, last given first."""
        question = self._pack.questions[question_id]
        found: dict[object, Voice] = {}
        for voice in reversed(given):
            if is_given(voice.answer):
                found.setdefault(self._form(question, voice.answer), voice)
        said = list(found.values())
        return [v for v in said if not self._vocabulary.yields(question_id, v.answer)] or said[:1]

    def _form(self, question: Question, answer: Answer) -> object:
        """The same for answers that say the same: ticks in another order, a number or a name typed otherwise."""
        if isinstance(answer, dict):
            return frozenset(answer.items())
        if isinstance(answer, list):
            return frozenset(answer) if question.kind == "many" else tuple(answer)
        if question.kind == "register_number" and (number := self._vocabulary.numbers.number(answer)):
            return number.id
        return " ".join(answer.split()).casefold()

    def _by_reading(self, question_id: str, said: Sequence[Voice]) -> list[Voice]:
        return sorted(said, key=lambda voice: self.reading(question_id, voice.answer), reverse=True)

    def reading(self, question_id: str, answer: Answer) -> tuple[int, ...]:
        """How cautiously an answer reads, to be compared with others to the same question: positions in READINGS of
        its parts, the worst first, neutral ones left out."""
        question, reads = self._pack.questions[question_id], self._reads(question_id)
        parts = [reads[t] for t in self._vocabulary.tokens(question_id, answer) if t in reads]
        parts += [_OPEN] * parts_to_ask(question, answer)
        if isinstance(answer, dict) and question.caution_at:
            rows = sum(point == question.caution_at.value for point in answer.values())
            parts += [_CAUTION] * (rows >= question.caution_at.count)
        return tuple(sorted(parts, reverse=True))

    def _readings_of(self, question_id: str) -> dict[str, int]:
        rules = self._sorter.rules
        return {t: rank for rank, r in enumerate(READINGS) if rank for t in rules.tokens_reading(question_id, r)}

    # -- all of them together

    def _weighed(self, settled: dict[str, Answer], differing: dict[str, list[Voice]]) -> dict[str, Voice]:
        """The voice that counts on each question; `differing` has the most cautious readings first."""
        counting = self._most_cautious_result(settled, differing)
        for question_id, said in differing.items():
            caution = {}
            for position, voice in enumerate(said):
                held = {q: v.answer for q, v in {**counting, question_id: voice}.items()}
                caution[position] = self._caution(question_id, voice, self._sorter.sort({**settled, **held}))
            # Of equals the first is taken: the one given last.
            counting[question_id] = said[max(caution, key=lambda position: caution[position])]
        return counting

    def _most_cautious_result(self, settled: dict[str, Answer], differing: dict[str, list[Voice]]) -> dict[str, Voice]:
        """A choice of voices with the most cautious result there is, and of those the most cautiously read."""
        plainly = {q: said[0] for q, said in differing.items()}
        start = {**settled, **{q: voice.answer for q, voice in plainly.items()}}
        result = self._sorter.sort(start).result
        # In the order of the pack, as the state is: so the earlier question keeps its more cautious reading.
        ways = {q: [tokens] for q, tokens in self._sorter.state(start).items()}
        for q, said in differing.items():
            if q in ways:
                ways[q] = [self._vocabulary.tokens(q, voice.answer) for voice in said]
        for worse in reversed(RESULTS[RESULTS.index(result) + 1 :]):
            if (chosen := first_choice(self._outcome(worse), ways)) is not None:
                return {q: said[chosen.get(q, 0)] for q, said in differing.items()}
        return plainly

    def _caution(self, question_id: str, voice: Voice, outcome: Outcome) -> "_Caution":
        """`outcome` is what the offer sorts into if this voice counts."""
        reading = self.reading(question_id, voice.answer)
        least = _VAGUE if self._pack.questions[question_id].core else _WARNING
        return _Caution(
            RESULTS.index(outcome.result),
            max(reading, default=0) >= least,
            len(outcome.of("warning", "vague", "contradiction")),
            reading,
            len(outcome.of("need_not_met", "need_open")),
            len(outcome.of("caution")),
        )
