"""What a language model wrote, sentence by sentence, and what became of each when it was checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.records import Quote

# Why a sentence is not supported by what it cites.
Reason = Literal[
    "no citation",  # it cites nothing
    "no such quote",  # a number that no quote has
    "quotation",  # between quote marks stands what no cited quote has, character for character
    "number",  # a number, date or percentage that no cited quote has
    "name",
    "markup",  # a link, a picture or HTML that no cited quote has
    "turned around",  # a negation, a comparison or a reservation was dropped or added
    "claim",  # none of the above, and still not found in the cited quotes
    "cut off",  # the model's answer ended within it
]
State = Literal["writing", "whole", "cut off", "declined", "failed"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without its citation marks, as it was checked and is to be shown.

    `given` are the numbers that the model cited. Where it is supported, `reasons` is empty and `citations` are the
    quotes that support it: those given, fewer, or another where exactly one supports it. Else `citations` is empty.
    """

    text: str
    given: tuple[int, ...]
    citations: tuple[int, ...]
    reasons: tuple[Reason, ...]

    @property
    def supported(self) -> bool:
        """Whether every check was passed."""
        return not self.reasons

    @property
    def moved(self) -> bool:
        """Whether it cites another quote than the model said."""
        return self.supported and not set(self.citations) <= set(self.given)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written so far; citation n is `sources[n - 1]`.

    `state` is "declined" where the model said that the quotes do not answer, "failed" where it could not be reached
    or broke off, with the reason in `note`. `model` and `where` say who wrote, and where that runs.
    """

    model: str
    where: str
    sources: tuple[Quote, ...]
    sentences: tuple[Sentence, ...]
    state: State
    note: str = ""

    @property
    def supported(self) -> tuple[Sentence, ...]:
        """The sentences that passed."""
        return tuple(sentence for sentence in self.sentences if sentence.supported)
