"""python -m benchmarks retrieval|weight|encodings --data DIR [--json]; article --questions FILE [--json]"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

WEIGHTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


def main(arguments: list[str] | None = None) -> int:
    """Run one benchmark and print its table, or with --json one object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=("retrieval", "weight", "article", "encodings"))
    parser.add_argument("--data", type=Path, help="folder with the question-answering sets")
    parser.add_argument("--questions", type=Path, help="questions on the first article, a JSON object a line")
    parser.add_argument("--model", default=None, help="another embedding model than the default")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)

    needed = options.questions if options.name == "article" else options.data
    if needed is None:
        parser.error(f"{options.name} needs {'--questions FILE' if options.name == 'article' else '--data DIR'}")

    if options.name == "encodings":
        from benchmarks.encodings import measure_encodings

        _show([asdict(row) for row in measure_encodings(options.data)], options)
        return 0

    from benchmarks.article import measure_article
    from benchmarks.retrieval import measure, tune_weight
    from index.bundled import BUNDLED_NAME
    from index.embed import load_embedder

    embedder = load_embedder(options.model or BUNDLED_NAME)
    figures: Any
    if options.name == "retrieval":
        figures = [asdict(row) for row in measure(options.data, embedder)]
    elif options.name == "article":
        figures = [asdict(measure_article(options.questions, embedder))]
    else:
        figures = [
            {"pair": pair, **{str(weight): value for weight, value in zip(WEIGHTS, values, strict=True)}}
            for pair, values in tune_weight(options.data, embedder, WEIGHTS).items()
        ]
    _show(figures, options)
    return 0


def _show(figures: list[dict[str, Any]], options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps({"benchmark": options.name, **context(), "figures": figures}, ensure_ascii=False))
    else:
        print(_table(figures))
        print(f"\n{_sentence(context())}")


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
