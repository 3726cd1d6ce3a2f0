"""Make the models again from their data: `python -m training reader --data DIRECTORY`.

`reader` trains, with checkpoints and a log in `--work`, and then packs; `further` goes on from what `reader` packed,
with rows made harder, and leaves its checkpoint for a mean; `pack` only packs what the last checkpoint holds, also of a
run that still goes on. `embedder` does both for what the embedder learned.
`calibrate` asks questions kept out of training with the models that ship, and fits what readings are worth;
`support` fits when a quote is taken to hold a claim that a language model wrote; `ranges` measures what computing in
8 bits has to know, and is to be run again when either model changes, and then `calibrate`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from training.settings import EMBEDDER_FURTHER, FURTHER, Settings

_LOG = "train.log"


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training", description="Train what the project ships.")
    commands = parser.add_subparsers(dest="command", required=True)
    usual = Settings()
    for name, text in (
        ("reader", "train the reader and pack it; a run that was stopped goes on"),
        ("pack", "pack what the last checkpoint holds"),
    ):
        command = _command(commands, name, text)
        command.add_argument("--out", type=Path, help="the packed file (default: reader.safetensors in --work)")
        command.add_argument(
            "--mean", type=Path, action="append", default=[], metavar="CHECKPOINT",
            help="pack the mean of the last checkpoint and this one, or this packed reader; may be given again",
        )  # fmt: skip
        if name == "reader":
            command.add_argument("--constant-tokens", type=int, default=usual.constant_tokens, metavar="N")
            command.add_argument("--decay-tokens", type=int, default=usual.decay_tokens, metavar="N")
    further = commands.add_parser("further", help="go on from a packed reader; a run that was stopped goes on")
    further.add_argument("--data", type=Path, required=True, help="folder of the question-answering sets")
    further.add_argument("--begin", type=Path, required=True, metavar="READER", help="the packed reader")
    further.add_argument("--kind", choices=FURTHER, required=True, help="which mix of rows")
    further.add_argument("--work", type=Path, required=True, help="folder of checkpoints and log")
    embedder = commands.add_parser("embedder", help="train the embedder and pack it; a run that was stopped goes on")
    embedder.add_argument("--data", type=Path, required=True, help="folder of the question-answering sets")
    embedder.add_argument("--work", type=Path, default=Path("build/embedder"), help="folder of checkpoint and log")
    embedder.add_argument("--out", type=Path, help="the packed file (default: embedder.safetensors in --work)")
    embedder.add_argument(
        "--begin", type=Path, metavar="EMBEDDER", help="a packed embedder, to go on from with more rows"
    )
    embedder.add_argument(
        "--kind", choices=EMBEDDER_FURTHER, default="composed", help="with which rows to go on (default: %(default)s)"
    )
    fit = _command(commands, "calibrate", "fit the confidence and the thresholds of the reader that ships")
    fit.add_argument("--questions", type=int, default=40, metavar="N", help="a group and slice (default 40)")
    for name, text in (
        ("support", "fit when a quote is taken to hold a written claim"),
        ("ranges", "measure what computing in 8 bits has to know of both models' values"),
    ):
        _command(commands, name, text)
    given = parser.parse_args(arguments)
    given.work.mkdir(parents=True, exist_ok=True)
    if given.command == "further":
        _train(given.data, given.work, FURTHER[given.kind], given.begin)
        return 0
    if given.command == "embedder":
        _embedder(given.data, given.work, given.out or given.work / "embedder.safetensors", given.begin, given.kind)
        return 0
    if given.command == "ranges":
        _ranges(given.data, given.work)
        return 0
    if given.command == "support":
        _support(given.data, given.work)
        return 0
    if given.command == "calibrate":
        _calibrate(given.data, given.work, given.questions)
        return 0
    out = given.out if given.out is not None else given.work / "reader.safetensors"
    if given.command == "reader":
        settings = replace(usual, constant_tokens=given.constant_tokens, decay_tokens=given.decay_tokens)
        _train(given.data, given.work, settings)
    else:
        settings = usual
    _pack(given.data, given.work, given.mean, out, settings)
    return 0


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str
) -> argparse.ArgumentParser:
    """One that reads the sets, and works where the reader is made."""
    command = commands.add_parser(name, help=text)
    command.add_argument("--data", type=Path, required=True, help="folder of the question-answering sets")
    command.add_argument("--work", type=Path, default=Path("build/reader"), help="folder of checkpoints and logs")
    return command


def _train(data: Path, work: Path, settings: Settings, begin: Path | None = None) -> None:
    from index.bundled import bundled_model_folder
    from index.encoder import load_tokenizer
    from training.evaluate import dev_features, quick_figures
    from training.mix import Mix
    from training.rows import read_sets
    from training.train import train

    sets = read_sets(data)
    bundled = bundled_model_folder()
    tokenizer = load_tokenizer(bundled)
    groups = dev_features(sets, tokenizer, settings.window)
    with _log(work / _LOG) as say:
        mix = Mix(sets, settings)
        train(mix, tokenizer, settings, bundled, work, say, lambda net: quick_figures(net, groups), begin)


def _embedder(data: Path, work: Path, out: Path, begin: Path | None, kind: str) -> None:
    from index.bundled import bundled_model_folder
    from training.composed import NAME, composed_set
    from training.embedder import pack_embedder, train_embedder
    from training.rows import read_sets
    from training.settings import EmbedderSettings

    settings, bundled = EMBEDDER_FURTHER[kind] if begin else EmbedderSettings(), bundled_model_folder()
    sets = read_sets(data) | {NAME: composed_set(families=settings.composed)}
    with _log(work / _LOG) as say:
        train_embedder(sets, settings, bundled, work, say, begin)
        pack_embedder(sets, settings, bundled, work, out, say, begin)


def _ranges(data: Path, work: Path) -> None:
    from training.ranges import measure_ranges

    with _log(work / "ranges.log") as say:
        measure_ranges(data, say)


def _support(data: Path, work: Path) -> None:
    from rag.written.support import SHIPPED
    from training.support import write_support

    with _log(work / "support.log") as say:
        for line in write_support(data, SHIPPED):
            say(line)


def _pack(data: Path, work: Path, others: Sequence[Path], out: Path, settings: Settings) -> None:
    from index.bundled import bundled_model_folder
    from training.pack import pack
    from training.rows import read_sets
    from training.train import LAST, trained_network

    bundled = bundled_model_folder()
    with _log(work / "pack.log") as say:
        pack(trained_network(bundled, [work / LAST, *others]), read_sets(data), settings, bundled, out, say)


def _calibrate(data: Path, work: Path, questions: int) -> None:
    from rag.judge import SHIPPED
    from training.calibrate import calibrate
    from training.rows import read_sets

    with _log(work / "calibrate.log") as say:
        calibrate(read_sets(data), work, SHIPPED, questions, say)


@contextmanager
def _log(path: Path) -> Iterator[Callable[[str], None]]:
    """A function that says a line to the file and to stderr."""
    with path.open("a", encoding="utf-8") as log:

        def say(line: str) -> None:
            for file in (log, sys.stderr):
                file.write(line + "\n")
                file.flush()

        yield say


if __name__ == "__main__":
    sys.exit(main())
