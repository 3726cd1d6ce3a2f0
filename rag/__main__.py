"""python -m rag: ask, search, calibrate. stdout is data, talk goes to stderr; exit 0 found, 1 not found, 2 error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from index.places import LIBRARY_HELP, default_library, text_of
from index.talk import EXIT_FOUND, EXIT_NOT_FOUND, print_json, run_command, say
from rag import commands_evidence
from rag.judge import FALSE_ANSWERS
from rag.records import Answer, NotFound, Quote
from rag.written.choose import add_model_options, model_of
from rag.written.records import Written

_RELATIONS = {
    "several": "Several answers. 有多个答案。",
    "parts": "One answer for each part. 逐项回答。",
    "differing": "The documents contradict each other. 文档说法不一。",
    "either": "Two places answer this about as well. 原文有两处都像答案。",
    "gathered": "No single place answers; quotes that bear on it, by section. 没有一处能单独回答，按章节列出相关原文。",
}
_REASONS = {
    "no citation": "cites nothing / 没有引用",
    "no such quote": "cites a quote that does not exist / 引用了不存在的原文",
    "quotation": "its quotation is not in the quote / 引号里的话不在原文中",
    "number": "a number is not in the quote / 数字不在原文中",
    "name": "a name is not in the quote / 名称不在原文中",
    "markup": "a link or markup that is not in the quote / 含原文没有的链接或标记",
    "turned around": "the quote says otherwise / 与原文意思相反",
    "claim": "not found in the quote / 原文没有这样说",
    "cut off": "the model broke off / 未写完",
}


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
        added.add_argument("--library", type=Path, default=default_library(), metavar="DIR", help=LIBRARY_HELP)
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

    ask = command("ask", _ask, "answer a question with quotes / 提问并引用原文")
    ask.add_argument("--reader", metavar="NAME", help="an extractive model of the hub, or its folder, that reads")
    ask.add_argument(
        "--false-answers", type=_share, metavar="SHARE",
        help="of questions that the documents do not answer, at most this share is answered (default 0.05)",
    )  # fmt: skip
    add_model_options(ask)
    ask.add_argument(
        "--conversation", action="store_true",
        help="the questions of stdin are one conversation: each may lean on those before / 各问题前后相连",
    )  # fmt: skip
    search = command("search", _search, "the nearest passages, unread / 检索最接近的段落")
    search.add_argument("--top", type=int, default=10, metavar="N", help="how many passages (default 10)")
    calibrate = commands.add_parser(
        "calibrate",
        help="fit the confidence to questions of your own / 用自己的问题校准把握",
        description="Fit the confidence and the thresholds to questions whose answers you know.",
    )
    calibrate.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl", help="question and answers, one a line")
    calibrate.add_argument("--library", type=Path, default=default_library(), metavar="DIR", help=LIBRARY_HELP)
    calibrate.add_argument("--reader", metavar="NAME", help="an extractive model of the hub, or its folder, that reads")
    calibrate.add_argument("--json", action="store_true", help="print one JSON object")
    calibrate.set_defaults(run=_calibrate)
    commands_evidence.register(commands)
    return parser


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("a share is between 0 and 1")
    return value


def _ask(options: argparse.Namespace) -> int:
    from rag.answer import open_assistant
    from rag.follow_up import Said, whole_question
    from rag.present import answer_json, written_json
    from rag.written.write import written

    say("Loading the models … 正在载入模型……")
    assistant = open_assistant(options.library, options.model, options.reader)
    share = options.false_answers
    threshold = None if share is None else assistant.calibration.threshold(share)
    model = model_of(options)
    found = True
    earlier: list[Said] = []
    for asked in _questions(options.question):
        question = whole_question(earlier, asked, model) if options.conversation else asked
        result = assistant.ask(question, threshold, options.within)
        earlier.append(Said(question, result.text if isinstance(result, Answer) else ""))
        found = found and isinstance(result, Answer)
        answers = written(question, result, model, assistant.supports) if model is not None else iter(())
        # Many questions are answered for a program: a line each, also without --json.
        if options.json or options.question == "-":
            whole = list(answers)
            kept = written_json(whole[-1], options.unsupported) if whole else None
            print_json({**answer_json(result), "asked": asked, "written": kept})
        else:
            if isinstance(result, Answer):
                _print_written(answers, options.unsupported)
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


def _calibrate(options: argparse.Namespace) -> int:
    from rag.answer import open_assistant
    from rag.calibrate import calibration_error, own_calibration, read_questions, refitted, tried_rows
    from rag.judge import write_calibration

    rows = read_questions(options.questions)
    say("Loading the models … 正在载入模型……")
    assistant = open_assistant(options.library, reader=options.reader)
    trials = []
    for done, row in enumerate(rows, start=1):
        trials += tried_rows(assistant, row)
        say(f"{done} of {len(rows)} questions asked … 已问 {done}/{len(rows)} 题……")
    before = assistant.calibration
    after = refitted(before, trials)
    path = own_calibration(options.library)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_calibration(after, path)
    points = {"before": before.at(FALSE_ANSWERS), "after": after.at(FALSE_ANSWERS)}
    errors = {"before": calibration_error(before, trials), "after": calibration_error(after, trials)}
    if options.json:
        figures = {name: {**asdict(points[name]), "error": round(errors[name], 4)} for name in points}
        print_json({"trials": len(trials), "file": str(path), **figures})
        return EXIT_FOUND
    for name, text in (("before", "before / 之前"), ("after", "now / 现在")):
        point = points[name]
        print(
            f"{text}: threshold / 阈值 {point.threshold:.3f}, false answers / 误答 {point.false_answers:.1%}, "
            f"answered / 作答 {point.answered:.1%}, calibration error / 校准误差 {errors[name]:.3f}"
        )
    say(f"Written to {path}; delete it to go back. 已写入 {path}；删除它即恢复原样。")
    return EXIT_FOUND


def _questions(given: str) -> Iterator[str]:
    """The question given, or the lines of stdin that are not blank, as they come."""
    if given != "-":
        yield text_of(given)
        return
    for line in iter(sys.stdin.readline, ""):
        if line.strip():
            yield line.strip()


def _print_written(answers: Iterator[Written], unsupported: str) -> None:
    """Sentence by sentence as it is checked, so that none is shown that was not."""
    done, last = 0, None
    for last in answers:
        if done == 0:
            where = last.where or "this machine / 本机"
            print(f"Written by {last.model} ({where}), not a quotation. 由模型撰写，不是原文：\n")
        for sentence in last.sentences[done:]:
            if sentence.supported:
                cited = "".join(f"[{number}]" for number in sentence.citations)
                print(f"  {sentence.text} {cited}", flush=True)
            elif unsupported == "strike":
                why = "; ".join(_REASONS[reason] for reason in sentence.reasons)
                print(f"  ✗ {sentence.text}\n    not supported by the sources / 原文不支持: {why}", flush=True)
        done = max(done, len(last.sentences))
    if last is None:
        return
    if last.state == "declined":
        print("  The model found no answer in the quotes. 模型认为引文没有回答这个问题。")
    if last.note:
        say(last.note)
    used = {number for sentence in last.sentences for number in sentence.citations}
    for number in sorted(used):
        source = last.sources[number - 1]
        print(f"\n  [{number}] {source.text}\n      {_address(source)}")
    print()


def _print_result(result: Answer | NotFound) -> None:
    searched = f"{result.searched.documents} documents / 篇文档, {result.searched.passages} passages / 个段落"
    if isinstance(result, Answer):
        if result.relation != "one":
            print(_RELATIONS[result.relation])
        for part in result.missing:
            print(f"Not in the documents / 文档中没有答案: {part}")
        for finding in result.findings if result.relation != "gathered" else ():
            cited = "".join(f"[{number}]" for number in finding.citations)
            print(f"{finding.text}    ({finding.confidence:.0%}) {cited}")
        print()
        section = None
        for number, entry in enumerate(result.quotes, start=1):
            if result.relation == "gathered" and section != (section := (entry.title, entry.heading)):
                print(f"## {entry.heading or entry.title}\n")
            print(f"[{number}] {entry.text}\n    {_address(entry)}\n")
        return
    print(f"Not in the documents. 文档中没有答案。 ({searched})")
    if result.unseen:
        print(f"Found nowhere / 文档中从未出现: {', '.join(result.unseen)}")
    print("\nNearest passages / 最接近的段落:\n")
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
