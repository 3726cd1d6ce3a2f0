"""From a checkpoint to the file that ships: cut down, measured before and after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from index.encoder import load_tokenizer
from rag.reader.network import ReaderNetwork, bundled_network
from rag.reader.shipped import fingerprint
from rag.reader.weights import load_network
from training.compress import difference_in_fours, write
from training.evaluate import dev_features, quick_figures
from training.rows import Dataset
from training.settings import Settings


def pack(
    trained: ReaderNetwork,
    sets: dict[str, Dataset],
    settings: Settings,
    bundled: Path,
    out: Path,
    say: Callable[[str], None],
) -> None:
    """Write `out` and say the dev figures of the whole and of the cut-down network."""
    tokenizer = load_tokenizer(bundled)
    groups = dev_features(sets, tokenizer, settings.window)
    say(f"whole dev {quick_figures(trained, groups)}")
    bare = bundled_network(bundled)
    write(difference_in_fours(dict(trained.named_parameters()), dict(bare.named_parameters())), out)
    say(f"in 4 bits dev {quick_figures(load_network(out, bundled), groups)}")
    say(f"wrote {out.name}, {out.stat().st_size} bytes, sha256 {fingerprint(out)}")
