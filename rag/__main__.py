"""python -m rag: ask, search. stdout is data, talk goes to stderr; exit 0 found, 1 not found, 2 error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from index.places import default_library, text_of
from index.talk import EXIT_FOUND, EXIT_NOT_FOUND, print_json, run_command, say
from rag.records import Answer, NotFound, Quote


def main(arguments: list[str] | None = None) -> int:
    """Run one command."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rag", description="Ask the library. 向文档库提问。")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("question", metavar="QUESTION", help="the question; - reads one a line from stdin")
        added.add_argument(
            "--library", type=Path, default=default_library(), metavar="DIR", help="the library's folder"
        )
        added.add_argument("--model", help="embedding model (default: the library's own)")
        added.add_argument(
            "--in",
            dest="within",
            action="append",
            type=text_of,
            metavar="COLLECTION_OR_DOCUMENT",
            help="look only in this collection or document; may be given several times / 只在该合集或文档中查找",
        )
        added.add_argument("--json", action="store_true", help="print one JSON object a question")
        added.set_defaults(run=run)
        return added

    command("ask", _ask, "answer a question with quotes / 提问并引用原文")
    search = command("search", _search, "the nearest passages, unread / 检索最接近的段落")
    search.add_argument("--top", type=int, default=10, metavar="N", help="how many passages (default 10)")
    return parser


def _ask(options: argparse.Namespace) -> int:
    from rag.answer import open_assistant
    from rag.present import answer_json

    say("Loading the models … 正在载入模型……")
    assistant = open_assistant(options.library, options.model)
    found = True
    for question in _questions(options.question):
        result = assistant.ask(question, options.within)
        found = found and isinstance(result, Answer)
        # Many questions are answered for a program: a line each, also without --json.
        if options.json or options.question == "-":
            print_json(answer_json(result))
        else:
            _print_result(result)
    return EXIT_FOUND if found else EXIT_NOT_FOUND


def _search(options: argparse.Namespace) -> int:
    from rag.answer import open_assistant
    from rag.present import hit_json

    say("Loading the models … 正在载入模型……")
    assistant = open_assistant(options.library, options.model)
    found = True
    for question in _questions(options.question):
        hits = assistant.search(question, options.top, options.within)
        found = found and bool(hits)
        if options.json or options.question == "-":
            print_json({"question": question, "hits": [hit_json(hit) for hit in hits]})
            continue
        for hit in hits:
            print(f"{hit.rank}. {hit.score:.3f}  {hit.passage.title}  {hit.passage.heading}\n{hit.passage.text}\n")
    return EXIT_FOUND if found else EXIT_NOT_FOUND


def _questions(given: str) -> Iterator[str]:
    """The question given, or the lines of stdin that are not blank, as they come."""
    if given != "-":
        # Where the locale is C, Python has kept the bytes of an argument as surrogates.
        yield given.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
        return
    for line in iter(sys.stdin.readline, ""):
        if line.strip():
            yield line.strip()


def _print_result(result: Answer | NotFound) -> None:
    searched = f"{result.searched.documents} documents / 篇文档, {result.searched.passages} passages / 个段落"
    if isinstance(result, Answer):
        print(f"{result.text}    ({result.confidence:.0%})\n")
        for number, entry in enumerate(result.quotes, start=1):
            print(f"[{number}] {entry.text}\n    {_address(entry)}\n")
        return
    print(f"Not in the documents. 文档中没有答案。 ({searched})\n\nNearest passages / 最接近的段落:\n")
    for entry in result.nearest:
        print(f"  · {entry.text}\n    {_address(entry)}\n")


def _address(entry: Quote) -> str:
    parts = [entry.title, entry.heading]
    if entry.page is not None:
        parts.append(f"page {entry.page} / 第 {entry.page} 页")
    if entry.cell is not None:
        parts.append(f"cell {entry.cell} / 单元格 {entry.cell}")
    if entry.paragraph is not None:
        parts.append(
            f"paragraph {entry.paragraph}, sentence {entry.sentence} / 第 {entry.paragraph} 段第 {entry.sentence} 句"
        )
    parts.append(f"{entry.document}:{entry.start}-{entry.end}")
    return " · ".join(part for part in parts if part)


if __name__ == "__main__":
    sys.exit(main())
