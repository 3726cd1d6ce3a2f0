"""From a checkpoint to the file that ships: cut down, calibrated, measured before and after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rag.reader.model import SpanReader
from rag.reader.network import ReaderNetwork, bundled_network
from rag.reader.tokens import load_tokenizer
from rag.reader.weights import Calibration, add_difference, fingerprint
from training.calibrate import Trial, calibration_error, fitted, trials
from training.cases import cases
from training.compress import difference, write
from training.evaluate import dev_features, quick_figures
from training.rows import Dataset
from training.settings import Settings

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_CASES = 12  # a group, from each slice
_RAW = Calibration(1.0, 0.0, 0.0)


def pack(
    trained: ReaderNetwork,
    sets: dict[str, Dataset],
    settings: Settings,
    bundled: Path,
    out: Path,
    say: Callable[[str], None],
) -> Calibration:
    """Write `out` and say the dev figures of the whole and of the cut-down network."""
    tokenizer = load_tokenizer(bundled)
    groups = dev_features(sets, tokenizer, settings.window)
    say(f"whole dev {quick_figures(trained, groups)}")
    tensors = difference(trained, bundled_network(bundled), settings.rank)
    small = bundled_network(bundled)
    add_difference(small, tensors)
    say(f"rank {settings.rank} dev {quick_figures(small, groups)}")
    calibration = _calibrated(small, tokenizer, sets, say)
    write(tensors, calibration, out)
    say(f"wrote {out.name}, {out.stat().st_size} bytes, sha256 {fingerprint(out)}")
    return calibration


def _calibrated(
    network: ReaderNetwork, tokenizer: Tokenizer, sets: dict[str, Dataset], say: Callable[[str], None]
) -> Calibration:
    reader = SpanReader(network, tokenizer, _RAW, "")
    kept = trials(reader, cases(sets, "calibration", _CASES))
    chosen = trials(reader, cases(sets, "dev", _CASES))
    calibration = fitted(kept, chosen)
    say(
        f"slope {calibration.slope:.4f} offset {calibration.offset:.4f} threshold {calibration.threshold:.4f} "
        f"ece calibration {calibration_error(kept, calibration):.4f} dev {calibration_error(chosen, calibration):.4f}"
    )
    for group in dict.fromkeys(trial.group for trial in chosen):
        say(_line(group, [trial for trial in chosen if trial.group == group], calibration))
    say(_line("all", chosen, calibration))
    return calibration


def _line(group: str, tried: list[Trial], calibration: Calibration) -> str:
    """A group's rates, in percent, at the threshold."""
    held = [trial for trial in tried if trial.held]
    absent = [trial for trial in tried if not trial.held]

    def rate(among: list[Trial], holds: Callable[[Trial], bool]) -> float:
        return 100 * sum(map(holds, among)) / max(1, len(among))

    return (
        f"dev {group}: {len(held)} held, {len(absent)} absent; "
        f"right passage first {rate(held, lambda t: t.first):.1f}, "
        f"answered {rate(held, lambda t: t.logit > calibration.threshold):.1f}, "
        f"answered rightly {rate(held, lambda t: t.right and t.logit > calibration.threshold):.1f}, "
        f"answered falsely {rate(absent, lambda t: t.logit > calibration.threshold):.1f}"
    )
