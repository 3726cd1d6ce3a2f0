"""The embedder's training: questions beside the passages that answer them, in twelve languages.

The loss is InfoNCE over the passages of a batch (van den Oord et al. 2018), with near passages by BM25 among them.
A share of what was learned can be taken back: a mean of the weights before and after may lose less elsewhere
(Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from index.bundled import E5_PROMPTS
from index.encoder import load_tokenizer
from index.learned import digest, with_difference
from rag.reader.network import bundled_network, quickest_precision
from training.compress import difference, write
from training.found import dev_figures
from training.pairs import Pairs, PairStream
from training.rows import Dataset
from training.settings import EmbedderSettings

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import BertModel

LAST = "last.pt"

Say = Callable[[str], None]


def train_embedder(
    sets: dict[str, Dataset],
    settings: EmbedderSettings,
    bundled: Path,
    folder: Path,
    say: Say,
    begin: Path | None = None,
) -> BertModel:
    """Train until the steps are made; `folder` keeps the checkpoint, `say` gets the log lines.

    `begin` is the packed embedder to go on from; without one the encoder is as it is bundled.
    """
    torch.set_num_threads(settings.threads)
    encoder, tokenizer = begun_encoder(bundled, begin), load_tokenizer(bundled)
    stream = PairStream(sets, settings.seed, settings.shares)
    body = list(encoder.encoder.parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": [one for one in body if one.ndim > 1], "weight_decay": settings.weight_decay},
            {"params": [one for one in body if one.ndim == 1], "weight_decay": 0.0},
        ],
        lr=0.0,
        betas=(0.9, 0.98),
        fused=True,
    )
    first = _resumed(encoder, optimizer, folder / LAST)
    began = time.monotonic()
    for step in range(first, settings.steps):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, settings)
        batch = stream.batch(step, settings.questions)
        loss = loss_of(encoder, tokenizer, batch, settings)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(body, settings.clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        left = (time.monotonic() - began) / (step + 1 - first) * (settings.steps - step - 1)
        say(f"step {step} {batch.source} loss {loss.item():.3f}, {left / 60:.0f} minutes left")
        if (step + 1) % settings.save_steps == 0 or step + 1 == settings.steps:
            _save(encoder, optimizer, step + 1, folder / LAST)
        if (step + 1) % settings.evaluate_steps == 0:
            say(f"after step {step} dev {_figures(encoder, tokenizer, sets, settings)}")
    return encoder


def pack_embedder(
    sets: dict[str, Dataset],
    settings: EmbedderSettings,
    bundled: Path,
    folder: Path,
    out: Path,
    say: Say,
    begin: Path | None = None,
) -> None:
    """Write what is kept of the last checkpoint to `out`, and say the dev figures of that, whole and cut down.

    Of what was learned on top of `begin` a share is kept, and all that it has itself.
    Raises FileNotFoundError where there is no checkpoint.
    """
    tokenizer = load_tokenizer(bundled)
    before, after = bundled_encoder(bundled), bundled_encoder(bundled)
    learned = torch.load(folder / LAST, weights_only=True)["network"]
    begun = begun_encoder(bundled, begin)
    start = begun.state_dict()
    if begin is not None:
        say(f"begun from {begin.name}: dev {_figures(begun, tokenizer, sets, settings)}")
    mixed = {name: start[name] + settings.kept * (value - start[name]) for name, value in learned.items()}
    after.load_state_dict(mixed, strict=False)
    say(f"{settings.kept} kept: dev {_figures(after, tokenizer, sets, settings)}")
    named = [{f"encoder.{name}": value for name, value in one.named_parameters()} for one in (after, before)]
    write(difference(named[0], named[1], settings.rank), out)
    bare = before.state_dict()
    small = with_difference({name: bare[name].numpy() for name in learned}, out)
    after.load_state_dict({name: torch.from_numpy(value) for name, value in small.items()}, strict=False)
    say(f"{settings.kept} kept, rank {settings.rank}: dev {_figures(after, tokenizer, sets, settings)}")
    say(f"wrote {out.name}, {out.stat().st_size} bytes, sha256 {digest(out)}")


def bundled_encoder(bundled: Path) -> BertModel:
    """The encoder as it is bundled; its embeddings stay as they are, as the reader shares them."""
    encoder = bundled_network(bundled).encoder
    encoder.embeddings.requires_grad_(False)
    return encoder


def begun_encoder(bundled: Path, begin: Path | None) -> BertModel:
    """The encoder as it is bundled, with what a packed embedder has learned where one is given."""
    encoder = bundled_encoder(bundled)
    if begin is not None:
        layers = {name: value.numpy() for name, value in encoder.state_dict().items()}
        changed = with_difference(layers, begin)
        encoder.load_state_dict({name: torch.from_numpy(value) for name, value in changed.items()})
    return encoder


def vectors_of(
    encoder: BertModel, tokenizer: Tokenizer, kind: str, texts: Sequence[str], settings: EmbedderSettings
) -> torch.Tensor:
    """(texts, width) unit vectors, in order; `kind` is "query" or "document"."""
    encoded = [encoding.ids for encoding in tokenizer.encode_batch([f"{E5_PROMPTS[kind]}{text}" for text in texts])]
    most = settings.most_tokens
    rows = [ids if len(ids) <= most else [*ids[: most - 1], ids[-1]] for ids in encoded]
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    parts = []
    for start in range(0, len(order), settings.group):
        group = [torch.tensor(rows[place]) for place in order[start : start + settings.group]]
        tokens = torch.nn.utils.rnn.pad_sequence(group, batch_first=True)
        there = torch.tensor([[place < len(row) for place in range(tokens.shape[1])] for row in group])
        shut = torch.zeros(tokens.shape).masked_fill(~there, -1e4)[:, None, None, :]
        with quickest_precision():
            hidden = encoder(input_ids=tokens, attention_mask=shut).last_hidden_state
        parts.append(functional.normalize((hidden.float() * there.unsqueeze(-1)).sum(1), dim=-1))
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(parts)[back]


def loss_of(encoder: BertModel, tokenizer: Tokenizer, batch: Pairs, settings: EmbedderSettings) -> torch.Tensor:
    """Of finding each question's passage among all, and, less, the question of each passage."""
    count = len(batch.questions)
    questions = vectors_of(encoder, tokenizer, "query", batch.questions, settings)
    passages = vectors_of(encoder, tokenizer, "document", batch.passages, settings)
    scores = questions @ passages.T / settings.temperature
    scores = scores.masked_fill(also_right(batch), -1e4)
    right = torch.arange(count)
    backward = functional.cross_entropy(scores[:, :count].T, right)
    return functional.cross_entropy(scores, right) + settings.backward * backward


def also_right(batch: Pairs) -> torch.Tensor:
    """(questions, passages): where a passage that is not the question's own in the batch is the same one."""
    return torch.tensor(
        [
            [place != row and number == batch.numbers[row] for place, number in enumerate(batch.numbers)]
            for row in range(len(batch.questions))
        ]
    )


def rate_at(step: int, settings: EmbedderSettings) -> float:
    """Warm-up, then constant, then down to zero in a line."""
    warm = (step + 1) / settings.warmup_steps
    falling = (settings.steps - step) / (settings.decay * settings.steps)
    return settings.learning_rate * min(1.0, warm, falling)


@torch.inference_mode()
def _figures(encoder: BertModel, tokenizer: Tokenizer, sets: dict[str, Dataset], settings: EmbedderSettings) -> str:
    encoder.eval()
    said = dev_figures(sets, lambda kind, texts: vectors_of(encoder, tokenizer, kind, texts, settings).numpy())
    encoder.train()
    return said


def _save(encoder: BertModel, optimizer: torch.optim.Optimizer, steps: int, path: Path) -> None:
    weights = {name: value for name, value in encoder.state_dict().items() if "embeddings." not in name}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save({"network": weights, "optimizer": optimizer.state_dict(), "steps": steps}, partial)
    partial.replace(path)


def _resumed(encoder: BertModel, optimizer: torch.optim.Optimizer, path: Path) -> int:
    """Steps made before; the state is taken up where there is one."""
    if not path.is_file():
        return 0
    state = torch.load(path, weights_only=True)
    encoder.load_state_dict(state["network"], strict=False)
    optimizer.load_state_dict(state["optimizer"])
    return int(state["steps"])
