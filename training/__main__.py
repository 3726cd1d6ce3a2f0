"""python -m training reader --data DIRECTORY: make the reader again from its data."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from training.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training", description="Train what the project ships.")
    commands = parser.add_subparsers(dest="command", required=True)
    reader = commands.add_parser("reader", help="train the reader; a run that was stopped goes on")
    reader.add_argument("--data", type=Path, required=True, help="folder of the question-answering sets")
    reader.add_argument("--work", type=Path, default=Path("build/reader"), help="folder of checkpoints and log")
    reader.add_argument("--constant-tokens", type=int, help="tokens trained before the rate falls")
    reader.add_argument("--decay-tokens", type=int, help="tokens trained while the rate falls")
    given = parser.parse_args(arguments)
    settings = Settings()
    if given.constant_tokens is not None:
        settings = replace(settings, constant_tokens=given.constant_tokens)
    if given.decay_tokens is not None:
        settings = replace(settings, decay_tokens=given.decay_tokens)
    _reader(given.data, given.work, settings)
    return 0


def _reader(data: Path, work: Path, settings: Settings) -> None:
    from index.bundled import bundled_model_folder
    from rag.reader.tokens import load_tokenizer
    from training.evaluate import dev_features, quick_figures
    from training.mix import Mix
    from training.rows import read_sets
    from training.train import train

    sets = read_sets(data)
    bundled = bundled_model_folder()
    tokenizer = load_tokenizer(bundled)
    groups = dev_features(sets, tokenizer, settings.window)
    work.mkdir(parents=True, exist_ok=True)
    with (work / "train.log").open("a", encoding="utf-8") as log:

        def say(line: str) -> None:
            for file in (log, sys.stderr):
                file.write(line + "\n")
                file.flush()

        train(Mix(sets, settings), tokenizer, settings, bundled, work, say, lambda net: quick_figures(net, groups))


if __name__ == "__main__":
    sys.exit(main())
