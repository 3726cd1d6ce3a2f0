"""The training loop: steps, log, checkpoints; a run that was killed goes on where it was."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from rag.reader.network import ReaderNetwork, bundled_network, quickest_precision
from rag.reader.weights import load_network
from training.features import Batch, batches
from training.load import Load
from training.mix import Mix
from training.obstacles import Obstacles
from training.settings import Settings

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BEFORE_DECAY = "before-decay.pt"  # from here a later run can go on at the full rate
LAST = "last.pt"


@dataclass(slots=True)
class Progress:
    """Where a run is: the next batch is `batch` of `block`."""

    step: int = 0
    tokens: int = 0
    block: int = 0
    batch: int = 0


def train(
    mix: Mix,
    tokenizer: Tokenizer,
    settings: Settings,
    bundled: Path,
    folder: Path,
    say: Callable[[str], None],
    figures: Callable[[ReaderNetwork], str],
    begin: Path | None = None,
) -> ReaderNetwork:
    """Train until the budgets are spent; `folder` keeps the checkpoints, `say` gets the log lines.

    `begin` is the packed reader to go on from; without one the encoder is as it is bundled.
    """
    torch.set_num_threads(settings.threads)
    network = load_network(begin, bundled) if begin else bundled_network(bundled, settings.seed)
    optimizer = _optimizer(network, settings)
    obstacles = Obstacles(settings)
    obstacles.leave_out_layers(network)
    progress = _resumed(network, optimizer, obstacles, folder / LAST, settings.first_block)
    total = settings.constant_tokens + settings.decay_tokens
    began, saved, ahead = time.monotonic(), time.monotonic(), progress.tokens
    load = Load()
    while progress.tokens < total:
        for batch in batches(mix.example, tokenizer, settings, progress.block)[progress.batch :]:
            torch.set_num_threads(load.threads(settings.threads))
            rate = rate_at(progress, settings)
            losses = _step(network, optimizer, obstacles.hide(batch), rate, settings)
            before, progress.tokens = progress.tokens, progress.tokens + int(batch.attention.sum())
            progress.step, progress.batch = progress.step + 1, progress.batch + 1
            if progress.step <= 300 or progress.step % 20 == 0:
                speed = (progress.tokens - ahead) / (time.monotonic() - began)
                say(
                    f"step {progress.step} tokens {progress.tokens} rate {rate:.3e} "
                    f"span {losses[0]:.4f} answerable {losses[1]:.4f} tokens/s {speed:.0f} "
                    f"threads {torch.get_num_threads()}"
                )
            if before < settings.constant_tokens <= progress.tokens:
                _save(network, optimizer, obstacles, progress, folder / BEFORE_DECAY)
            if time.monotonic() - saved > settings.save_seconds:
                _save(network, optimizer, obstacles, progress, folder / LAST)
                saved = time.monotonic()
            if progress.step % settings.evaluate_steps == 0:
                say(f"step {progress.step} dev {figures(network)}")
            if progress.tokens >= total:
                break
        else:
            progress.block, progress.batch = progress.block + 1, 0
    _save(network, optimizer, obstacles, progress, folder / LAST)
    return network


def trained_network(bundled: Path, checkpoints: Sequence[Path]) -> ReaderNetwork:
    """The mean of the weights of checkpoints and packed readers. Raises FileNotFoundError where one is missing.

    Ends of one run, gone on with from a common checkpoint, lie in one valley, and their mean deeper in
    it than either: Wortsman et al. 2022, "Model soups".
    """
    network = bundled_network(bundled)
    states = [
        load_network(path, bundled).state_dict()
        if path.suffix == ".safetensors"
        else torch.load(path, weights_only=True)["network"]
        for path in checkpoints
    ]
    means = {name: sum(state[name].float() for state in states) / len(states) for name in states[0]}
    network.load_state_dict(means, strict=False)
    return network.eval()


def rate_at(progress: Progress, settings: Settings) -> float:
    """Warm-up by steps, then constant, then down to zero in a line by tokens."""
    warm = min(1.0, (progress.step + 1) / settings.warmup_steps)
    left = 1 - (progress.tokens - settings.constant_tokens) / settings.decay_tokens
    return settings.learning_rate * warm * min(1.0, max(0.0, left))


def losses_of(network: ReaderNetwork, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """The span's cross-entropy over the rows with an answer; the other head's over all rows, and over twins."""
    with quickest_precision():
        reading = network(batch.tokens, batch.attention, batch.open_)
    answered = batch.starts >= 0
    judged = functional.binary_cross_entropy_with_logits(reading.answerable, answered.float())
    judged = judged + told_apart(reading.answerable, answered, batch.twins)
    if not bool(answered.any()):
        return judged * 0, judged
    span = functional.cross_entropy(reading.start[answered], batch.starts[answered])
    span = span + functional.cross_entropy(reading.end[answered], batch.ends[answered])
    return span / 2, judged


def told_apart(judged: torch.Tensor, answered: torch.Tensor, twins: torch.Tensor) -> torch.Tensor:
    """How far the question with an answer stands above its twin without one: Burges et al. 2005, "RankNet".

    The sum over the pairs, as a share of the rows: a pair weighs what two rows do.
    """
    pairs = torch.nonzero((twins[:-1] == twins[1:]) & (twins[1:] >= 0) & (answered[:-1] != answered[1:]))[:, 0]
    ahead = (judged[pairs] - judged[pairs + 1]) * torch.where(answered[pairs], 1.0, -1.0)
    return 2 * functional.softplus(-ahead).sum() / len(judged)


def _step(
    network: ReaderNetwork, optimizer: torch.optim.Optimizer, batch: Batch, rate: float, settings: Settings
) -> tuple[float, float]:
    network.train()
    for group in optimizer.param_groups:
        group["lr"] = rate * group["factor"]
    span, judged = losses_of(network, batch)
    # A batch's share of answered rows varies; the span's weight follows it.
    share = float((batch.starts >= 0).float().mean())
    (span * share * 1.8 + judged).backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(span.detach()), float(judged.detach())


def _optimizer(network: ReaderNetwork, settings: Settings) -> torch.optim.Optimizer:
    """The embeddings stay as they are: the embedder shares them, and rare words keep their meaning."""
    network.encoder.embeddings.requires_grad_(False)
    heads = [*network.span.parameters(), *network.answerable.parameters()]
    body = list(network.encoder.encoder.parameters())
    groups: list[dict[str, Any]] = [
        {"params": [one for one in body if one.ndim > 1], "factor": 1.0, "weight_decay": settings.weight_decay},
        {"params": [one for one in body if one.ndim == 1], "factor": 1.0, "weight_decay": 0.0},
        {"params": heads, "factor": settings.head_factor, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.98), fused=True)


def _save(
    network: ReaderNetwork,
    optimizer: torch.optim.Optimizer,
    obstacles: Obstacles,
    progress: Progress,
    path: Path,
) -> None:
    """Whole or not at all: written beside, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    weights = {name: value for name, value in network.state_dict().items() if ".embeddings." not in name}
    state = {
        "network": weights,
        "optimizer": optimizer.state_dict(),
        "progress": (progress.step, progress.tokens, progress.block, progress.batch),
        "obstacles": obstacles.state(),
    }
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _resumed(
    network: ReaderNetwork, optimizer: torch.optim.Optimizer, obstacles: Obstacles, path: Path, first_block: int
) -> Progress:
    if not path.is_file():
        return Progress(block=first_block)
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"], strict=False)
    optimizer.load_state_dict(state["optimizer"])
    obstacles.go_on(state["obstacles"])
    return Progress(*state["progress"])
