"""Every number of the reader's training, in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.composed import FIFTH, FIRST, FOURTH, NEWER, READING, SECOND, THIRD


@dataclass(frozen=True, slots=True)
class Settings:
    """What makes a run: the same settings and data give the same rows in the same order.

    The two budgets decide only when the learning rate falls and when the run ends, so a run
    that was stopped may go on with larger ones from its checkpoint.
    """

    seed: int = 20261124
    window: int = 256  # tokens of question, heading and passage together
    switched_from: int = 37_376  # rows from this on have English words among their Chinese ones
    block: int = 512  # rows drawn at a time, then sorted by length and cut into batches
    batch_tokens: int = 3072  # padded tokens of a batch, some 16 to 20 rows
    learning_rate: float = 1.5e-4
    head_factor: float = 4.0  # the two heads begin from nothing and may move faster
    weight_decay: float = 0.01
    warmup_steps: int = 80
    clip: float = 1.0
    constant_tokens: int = 10_000_000  # trained at the full rate, warm-up included
    decay_tokens: int = 1_200_000  # then the rate falls to zero in a line
    threads: int = 2
    save_seconds: int = 180
    evaluate_steps: int = 400
    first_block: int = 0  # of the stream of rows
    layers_left_out: float = 0.0  # the share of the layers, others at each step: Fan et al. 2019, "LayerDrop"
    hidden: float = 0.0  # of the tokens of half of the rows, the answer's spared, the mask stands in place of
    mix: str = "usual"  # of `training.mix.MIXES`
    composed: tuple[str, ...] = ()  # which families of composed passages, none for all


_FURTHER = Settings(
    learning_rate=1e-4, constant_tokens=1_200_000, decay_tokens=1_200_000, layers_left_out=0.1, hidden=0.12
)
_MORE = replace(_FURTHER, composed=(*SECOND, READING), constant_tokens=1_000_000, decay_tokens=600_000)
_MOST = replace(_FURTHER, composed=FOURTH, constant_tokens=2_600_000, decay_tokens=1_000_000)
_AGAIN = replace(_MOST, constant_tokens=1_900_000, decay_tokens=700_000)
_WIDE = replace(_FURTHER, composed=FIFTH, constant_tokens=4_600_000, decay_tokens=1_400_000)
_TWINS = replace(_FURTHER, composed=NEWER, constant_tokens=1_350_000, decay_tokens=650_000, evaluate_steps=1_000)
# What goes on from a packed reader: ends that differ enough for their mean to be better than each.
FURTHER = {
    "usual": replace(_FURTHER, first_block=300),
    "across": replace(_FURTHER, first_block=700, mix="across"),
    "reports": replace(_FURTHER, first_block=1100, mix="reports"),
    "reports-across": replace(_FURTHER, first_block=1500, mix="reports-across"),
    "implied": replace(_FURTHER, first_block=2700, mix="implied", constant_tokens=900_000, decay_tokens=900_000),
    "implied-across": replace(
        _FURTHER, first_block=3100, mix="implied-across", constant_tokens=900_000, decay_tokens=900_000
    ),
    "composed": replace(_FURTHER, first_block=3500, mix="composed", composed=FIRST, decay_tokens=600_000),
    "composed-across": replace(_FURTHER, first_block=3900, mix="composed-across", composed=FIRST, decay_tokens=600_000),
    "composed-more": replace(_MORE, first_block=4300, mix="composed"),
    "composed-more-across": replace(_MORE, first_block=4700, mix="composed-across"),
    "composed-most": replace(_MOST, first_block=5100, mix="composed-most"),
    "composed-most-across": replace(_MOST, first_block=5600, mix="composed-most-across"),
    "composed-again": replace(_AGAIN, first_block=6200, mix="composed-most"),
    "composed-again-across": replace(_AGAIN, first_block=6600, mix="composed-most-across"),
    "composed-wide": replace(_WIDE, first_block=7000, mix="composed-most"),
    "composed-wide-across": replace(_WIDE, first_block=7600, mix="composed-most-across"),
    "twins": replace(_TWINS, first_block=8200, mix="twins"),
    "twins-across": replace(_TWINS, first_block=8600, mix="twins-across"),
}


@dataclass(frozen=True, slots=True)
class EmbedderSettings:
    """What makes a run of the embedder, likewise."""

    seed: str = "c"
    shares: str = "usual"  # of `training.pairs.SHARES`
    composed: tuple[str, ...] = SECOND  # which families of composed passages, none for all
    steps: int = 390
    questions: int = 40  # a batch
    group: int = 16  # texts computed at once
    most_tokens: int = 256  # of a text; longer ones are cut
    temperature: float = 0.02
    backward: float = 0.3  # what finding the question for the passage counts, beside finding the passage
    learning_rate: float = 3e-5
    weight_decay: float = 0.01
    warmup_steps: int = 20
    decay: float = 0.3  # the share of the steps in which the rate falls to zero
    clip: float = 1.0
    threads: int = 2
    save_steps: int = 25
    evaluate_steps: int = 130
    kept: float = 0.7  # of what was learned; the rest of it is taken back: better on `dev`, and most within a language
    rank: int = 16  # of each matrix's difference from the bundled weights


# What goes on from a packed embedder, one after the other.
EMBEDDER_FURTHER = {
    "composed": EmbedderSettings(seed="d", shares="composed", steps=130),
    "mixed": EmbedderSettings(seed="e", shares="mixed", composed=THIRD, steps=300),
}
