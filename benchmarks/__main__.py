"""python -m benchmarks NAME: every figure of the documents comes from one of these; --json prints one object."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index.places import default_library
from rag.written.choose import add_model_options

WEIGHTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


def main(arguments: list[str] | None = None) -> int:
    """Run one benchmark and print its table, or with --json one object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="name", required=True, metavar="NAME")

    def command(name: str, run: Callable[[argparse.Namespace], Iterable[Any]], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("--json", action="store_true", help="print one JSON object")
        added.set_defaults(run=run)
        return added

    for name, run, text in (
        ("retrieval", _retrieval, "how often the right passage is found"),
        ("weight", _weight, "what the lexical and the translated score are worth, on train rows"),
        ("encodings", _encodings, "text files' encodings told apart"),
        ("verify", _verify, "spoilt quotations told from unaltered ones"),
        ("report", _report, "how long a report of 50 pages takes against 1,000 documents"),
        ("reader", _reader, "answers read from the right passage"),
        ("support", _support, "written claims checked: those that a quote holds, and those that it does not"),
        ("answers", _answers, "the whole path, with the right passage there and taken away"),
        ("precision", _precision, "what computing in fewer bits loses"),
    ):
        added = command(name, run, text)
        added.add_argument("--data", type=Path, required=True, help="folder with the question-answering sets")
        if name in ("reader", "answers", "support"):
            added.add_argument("--reader", help="another reader than the default")
        if name in ("reader", "answers", "support", "precision"):
            added.add_argument("--most", type=int, help="questions a pair (default: all)")
        if name not in ("reader", "encodings", "verify", "report", "precision"):
            added.add_argument("--model", help="another embedding model than the default")
    added = command("article", _article, "questions on the first article")
    added.add_argument("--questions", type=Path, required=True, help="a JSON object a line")
    added.add_argument("--reader", help="another reader than the default")
    added.add_argument("--model", help="another embedding model than the default")
    added = command("elsewhere", _elsewhere, "questions to a library in Milvus, beside the same one in a folder")
    added.add_argument("--library", type=Path, default=default_library(), help="the folder")
    added.add_argument("--at", type=Path, required=True, help="milvus://HOST:PORT/NAME, where it is copied to")
    added.add_argument("--questions", type=Path, required=True, help="a JSON object a line")
    added = command("written", _written, "written answers of a language model, each sentence checked")
    added.add_argument("--data", type=Path, required=True, help="folder with the question-answering sets")
    added.add_argument("--questions", type=Path, help="questions on the first article, a JSON object a line")
    added.add_argument("--most", type=int, help="questions a set (default: 150)")
    added.add_argument("--reader", help="another reader than the default")
    added.add_argument("--model", help="another embedding model than the default")
    add_model_options(added)
    added = command("ingest", _ingest, "adding, adding again and removing real documents")
    added.add_argument("--files", type=Path, required=True, help="folder with documents, for example /usr/share/doc")
    added.add_argument("--most", type=int, default=1000, help="how many of them")
    added.add_argument("--model", help="another embedding model than the default")
    added = command("feedback", _feedback, "what people said of answers, as rows of questions with known answers")
    added.add_argument("--library", type=Path, default=default_library(), help="the library that was asked")
    added.add_argument("--to", type=Path, required=True, help="the file of rows; those said to be wrong go beside it")
    _add_grown(command)
    options = parser.parse_args(arguments)

    figures = [row if isinstance(row, dict) else asdict(row) for row in options.run(options)]
    if options.json:
        print(json.dumps({"benchmark": options.name, **context(), "figures": figures}, ensure_ascii=False))
    else:
        print(_table(figures))
        print(f"\n{_sentence(context())}")
    return 0


def _add_grown(command: Callable[..., argparse.ArgumentParser]) -> None:
    """The commands over libraries that are grown in a folder, and kept there."""
    for name, run, text in (
        ("speed", _speed, "tokens, questions and starts a second, beside others, on the same machine"),
        ("load", _load, "many people asking at once"),
        ("scale", _scale, "cost against size, to a million passages"),
    ):
        added = command(name, run, text)
        added.add_argument("--data", type=Path, required=True, help="folder with the question-answering sets")
        added.add_argument("--folder", type=Path, required=True, help="where the library is grown, and kept")
        if name == "load":
            added.add_argument("--people", type=int, nargs="+", default=[1, 8, 32, 128], help="at once")
            added.add_argument("--seconds", type=int, default=60, help="of each number of people")
        else:
            added.add_argument("--most", type=int, default=100, help="questions")
        if name == "scale":
            added.add_argument("--picture", type=Path, help="an SVG to write: cost against size")
            added.add_argument("--sizes", type=int, nargs="+", default=[10**4, 10**5, 10**6], help="ascending")


def _retrieval(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.retrieval import measure

    return measure(options.data, _embedder(options))


def _weight(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.retrieval import tune_weights

    for (score, pair), values in tune_weights(options.data, _embedder(options), WEIGHTS).items():
        yield {
            "score": score,
            "pair": pair,
            **{str(weight): value for weight, value in zip(WEIGHTS, values, strict=True)},
        }


def _encodings(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.encodings import measure_encodings

    return measure_encodings(options.data)


def _verify(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.verify import measure_verify, with_totals

    return with_totals(measure_verify(options.data))


def _report(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.long_report import measure_report

    return measure_report(options.data)


def _reader(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.reader import measure_reader
    from rag.reader import load_reader

    return measure_reader(options.data, load_reader(options.reader), options.most)


def _support(options: argparse.Namespace) -> Iterable[Any]:
    from functools import partial

    from benchmarks.support import measure_support
    from rag.reader import load_reader
    from rag.written.support import read_weights, supported

    supports = partial(supported, load_reader(options.reader), _embedder(options), read_weights())
    return measure_support(options.data, supports, options.most)


def _answers(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.answers import measure_answers
    from rag.reader import load_reader

    return measure_answers(options.data, _embedder(options), load_reader(options.reader), options.most)


def _precision(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.precision import measure_precision

    return measure_precision(options.data, options.most)


def _feedback(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.feedback import write_feedback

    yield write_feedback(options.library, options.to)


def _speed(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.speed import measure_speed

    return measure_speed(options.data, options.folder, options.most)


def _load(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.load import measure_load

    return measure_load(options.data, options.folder, options.people, options.seconds)


def _scale(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.scale import measure_scale, picture

    costs = list(measure_scale(options.data, options.folder, options.sizes, options.most))
    if options.picture is not None:
        options.picture.write_text(picture(costs), encoding="utf-8")
    return costs


def _article(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.article import measure_article
    from rag.reader import load_reader

    yield measure_article(options.questions, _embedder(options), load_reader(options.reader))


def _written(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.written import measure_written
    from rag.reader import load_reader
    from rag.written.choose import model_of

    model = model_of(options)
    if model is None:
        raise SystemExit("name a language model with --llm")
    reader = load_reader(options.reader)
    return measure_written(options.data, options.questions, _embedder(options), reader, model, options.most)


def _elsewhere(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.elsewhere import measure_elsewhere

    return measure_elsewhere(options.library, options.at, options.questions)


def _ingest(options: argparse.Namespace) -> Iterable[Any]:
    from benchmarks.ingest import measure_ingest

    return measure_ingest(options.files, options.most, _embedder(options))


def _embedder(options: argparse.Namespace) -> Any:
    from index.bundled import BUNDLED_NAME
    from index.embed import load_embedder

    return load_embedder(options.model or BUNDLED_NAME)


def context() -> dict[str, str]:
    """The machine and the commit that figures belong to."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "commit": commit.stdout.strip() or "unknown",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _table(rows: list[dict[str, Any]]) -> str:
    """A Markdown table with a column for each key."""
    keys = list(rows[0])
    lines = ["| " + " | ".join(keys) + " |", "|" + " --- |" * len(keys)]
    return "\n".join(lines + ["| " + " | ".join(str(row[key]) for key in keys) + " |" for row in rows])


def _sentence(where: dict[str, str]) -> str:
    return f"Machine: {where['machine']}. Commit: {where['commit']}."


if __name__ == "__main__":
    sys.exit(main())
