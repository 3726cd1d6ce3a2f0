"""The commands for reports: evidence, export, verify, mentions, absence. `register` puts them beside ask and search."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import YinzhengError
from index.opening import open_library
from index.places import LIBRARY_HELP, default_library, text_of
from index.talk import EXIT_FOUND, EXIT_NOT_FOUND, print_json, say

if TYPE_CHECKING:
    from rag.evidence import Entry, Evidence

Run = Callable[[argparse.Namespace], int]


class UnusableArgument(YinzhengError):
    """An argument of a command that cannot be used as it is."""


def register(commands: Any) -> None:
    """Add the commands to the subparsers of python -m rag."""

    def command(among: Any, name: str, run: Run, text: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = among.add_parser(name, help=text, description=text)
        added.add_argument("--library", type=Path, default=default_library(), metavar="DIR", help=LIBRARY_HELP)
        added.add_argument("--json", action="store_true", help="print JSON")
        added.set_defaults(run=run)
        return added

    _register_evidence(commands, command)
    export = command(commands, "export", _export, "write a report's quotes to a file / 导出报告的引文")
    export.add_argument("report", metavar="REPORT", help="the report's name")
    export.add_argument("--to", type=Path, required=True, metavar="FILE", help="its suffix names the format")
    export.add_argument("--format", metavar="FORMAT", help="md, docx, odt, html, csv, xlsx, bib or json")
    export.add_argument("--style", metavar="STYLE", help="citation style: a CSL name or a .csl file")
    export.add_argument("--references", type=Path, metavar="FILE", help="your bibliography: .bib, .ris or CSL-JSON")
    export.add_argument("--language", choices=("zh", "en"), default="zh", help="of the words around the quotes")
    verify = command(commands, "verify", _verify, "check the quotations of a finished report / 核对成稿中的引文")
    verify.add_argument("file", type=Path, metavar="REPORT", help="a .md, .docx, .odt, .html, .pdf or .txt file")
    verify.add_argument("--mark", type=Path, metavar="FILE", help="write a marked-up copy: .docx (of a .docx) or .html")
    mentions = command(commands, "mentions", _mentions, "every place that holds a term / 列出词语的全部出处")
    mentions.add_argument("term", metavar="TERM")
    mentions.add_argument(
        "--in", dest="within", nargs="+", metavar="NAME", help="only in these collections and documents"
    )
    mentions.add_argument("--speaks", action="store_true", help="TERM is a question: what speaks to it, by the reader")
    mentions.add_argument("--add", metavar="REPORT", help="add the sentences to a report")
    absence = command(commands, "absence", _absence, "record that nothing answers a question / 记录“文档中没有答案”")
    absence.add_argument("question", nargs="?", metavar="QUESTION")
    absence.add_argument("--check", type=Path, metavar="FILE", help="compare a record with the library as it is")
    absence.add_argument("--to", type=Path, metavar="FILE", help="write the record: .json, or .md to be read")
    absence.add_argument("--model", help="embedding model (default: the library's own)")


def _register_evidence(commands: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    text = "the lists of quotes chosen for reports / 为报告收集的引文"
    group = commands.add_parser("evidence", help=text, description=text)
    actions = group.add_subparsers(required=True, metavar="ACTION")
    listed = command(actions, "list", _list, "the reports, or one report's quotes / 列出报告或其引文")
    listed.add_argument("report", nargs="?", metavar="REPORT")
    add = command(actions, "add", _add, "add a quote by its address / 按位置加入引文")
    add.add_argument("report", metavar="REPORT", help="made when there is none of that name")
    add.add_argument("address", metavar="DOCUMENT:START-END")
    add.add_argument("--note", default="")
    add.add_argument("--question", default="", help="the question it answers")
    note = command(actions, "note", _note, "set a quote's note / 修改备注")
    note.add_argument("entry", type=int, metavar="ENTRY")
    note.add_argument("note", metavar="TEXT")
    move = command(actions, "move", _move, "put a quote at another place / 调整次序")
    move.add_argument("entry", type=int, metavar="ENTRY")
    move.add_argument("place", type=int, metavar="PLACE")
    remove = command(actions, "remove", _remove, "take a quote out / 移除引文")
    remove.add_argument("entry", type=int, metavar="ENTRY")
    rename = command(actions, "rename", _rename, "give a report another name / 重命名报告")
    rename.add_argument("report", metavar="REPORT")
    rename.add_argument("name", metavar="NAME")
    delete = command(actions, "delete", _delete, "take a report out with its quotes / 删除报告")
    delete.add_argument("report", metavar="REPORT")


def _list(options: argparse.Namespace) -> int:
    from rag.evidence import states

    evidence = _evidence(options)
    if options.report is None:
        reports = evidence.reports()
        if options.json:
            print_json([asdict(report) for report in reports])
        else:
            _print_lines(f"{report.entries:5}  {report.name}" for report in reports)
        return EXIT_FOUND
    library = open_library(options.library)
    entries = evidence.entries(evidence.report(text_of(options.report)).id)
    found = states(library, entries)
    if options.json:
        print_json([{**asdict(entry), "state": asdict(now)} for entry, now in zip(entries, found, strict=True)])
        return EXIT_FOUND
    for entry, now in zip(entries, found, strict=True):
        _print_entry(entry, now.kind)
    return EXIT_FOUND


def _add(options: argparse.Namespace) -> int:
    from rag.caution import WORDS, cautions

    library, evidence = open_library(options.library), _evidence(options)
    name, _, span = options.address.rpartition(":")
    first, _, last = span.partition("-")
    if not (name and first.isdecimal() and last.isdecimal()):
        raise UnusableArgument(f"{options.address} is no address: DOCUMENT:START-END, as ask and search print them")
    document = library.find_document(text_of(name))
    try:
        entry = evidence.add(
            evidence.create(text_of(options.report)).id,
            document,
            int(first),
            int(last),
            text_of(options.note),
            text_of(options.question),
        )
    except ValueError as error:
        raise UnusableArgument(str(error)) from error
    for caution in cautions(document, entry.start, entry.end):
        english, chinese = WORDS[caution.kind]
        say(f"note / 注意: {english} / {chinese}: {document.text[caution.start : caution.end]}")
    if options.json:
        print_json(asdict(entry))
    else:
        _print_entry(entry, "current")
    return EXIT_FOUND


def _note(options: argparse.Namespace) -> int:
    return _changed(options, _evidence(options).annotate(options.entry, text_of(options.note)))


def _move(options: argparse.Namespace) -> int:
    evidence = _evidence(options)
    evidence.move(options.entry, options.place)
    return _changed(options, evidence.entry(options.entry))


def _remove(options: argparse.Namespace) -> int:
    _evidence(options).remove(options.entry)
    say(f"removed / 已移除: {options.entry}")
    return EXIT_FOUND


def _rename(options: argparse.Namespace) -> int:
    evidence = _evidence(options)
    evidence.rename(evidence.report(text_of(options.report)).id, text_of(options.name))
    return EXIT_FOUND


def _delete(options: argparse.Namespace) -> int:
    evidence = _evidence(options)
    evidence.delete(evidence.report(text_of(options.report)).id)
    say(f"removed / 已移除: {options.report}")
    return EXIT_FOUND


def _export(options: argparse.Namespace) -> int:
    from rag.export import export, kind_of
    from rag.export.listed import read_references

    evidence, library = _evidence(options), open_library(options.library)
    report = evidence.report(text_of(options.report))
    kind = kind_of(options.to, options.format)
    entries = evidence.entries(report.id)
    given = options.references
    known = () if given is None else read_references(_read(given), given.name)
    _write(options.to, export(report.name, entries, library, kind, options.style, options.language, known))
    say(f"{len(entries)} quotes / 条引文 → {options.to}")
    if options.json:
        print_json({"report": report.name, "quotes": len(entries), "file": str(options.to), "format": kind})
    return EXIT_FOUND


def _verify(options: argparse.Namespace) -> int:
    from rag.verify import read_report, verify
    from rag.verify.mark import mark_html, mark_word
    from rag.verify.present import report_json, report_lines

    library, data = open_library(options.library), _read(options.file)
    read = read_report(data, options.file.name)
    report = verify(library, read)
    if options.mark is not None:
        suffixes = (options.file.suffix.lower(), options.mark.suffix.lower())
        if suffixes[1] not in (".docx", ".html") or (suffixes[1] == ".docx" and suffixes[0] != ".docx"):
            raise UnusableArgument(f"{options.mark}: a marked-up copy is .html, or .docx of a .docx")
        _write(options.mark, mark_word(data, report) if suffixes[1] == ".docx" else mark_html(read, report))
        say(f"marked-up copy / 标注稿: {options.mark}")
    if options.json:
        print_json(report_json(report))
    else:
        _print_lines(report_lines(report))
    good = sum(one.ok for one in report.quotations)
    say(f"{good} of {len(report.quotations)} quotations hold / 条引文无误, {report.documents} documents / 篇文档")
    return EXIT_FOUND if report.ok else EXIT_NOT_FOUND


def _mentions(options: argparse.Namespace) -> int:
    from index.collections import scope
    from rag.mentions import mentions

    library = open_library(options.library)
    within = None if options.within is None else [text_of(given) for given in options.within]
    if options.speaks:
        from rag.answer import open_assistant
        from rag.speaking import speaking

        say("Loading the models … 正在载入模型……")
        spoken = speaking(open_assistant(options.library), text_of(options.term), within)
        say(f"{spoken.read} of {spoken.passages} passages read / 段中读了 {spoken.read} 段")
        found = list(spoken.groups)
    else:
        found = mentions(library, text_of(options.term), None if within is None else scope(library, within).documents)
    if options.add:
        evidence = _evidence(options)
        report = evidence.create(text_of(options.add)).id
        for group in found:
            document = library.document(group.document)
            for sentence in dict.fromkeys(group.sentences):
                evidence.add(report, document, sentence.start, sentence.end)
    if options.json:
        print_json([{**asdict(group), "count": len(group.spans)} for group in found])
    else:
        for group in found:
            text = library.document(group.document).text
            _print_lines([f"{len(group.spans)}  {group.title}  {group.document}"])
            for one in dict.fromkeys(group.sentences):
                _print_lines([f"    {group.document}:{one.start}-{one.end}  {text[one.start : one.end]}"])
    say(f"{sum(len(group.spans) for group in found)} mentions / 处, {len(found)} documents / 篇文档")
    return EXIT_FOUND if found else EXIT_NOT_FOUND


def _absence(options: argparse.Namespace) -> int:
    from rag.absence import absence_markdown, absence_state, read_absence, record_absence, write_absence

    if options.check is not None:
        state = absence_state(
            open_library(options.library), read_absence(_read(options.check).decode("utf-8", "replace"))
        )
        print_json({"unchanged": state.unchanged, **asdict(state)})
        return EXIT_FOUND if state.unchanged else EXIT_NOT_FOUND
    if options.question is None:
        raise UnusableArgument("name a question, or a record with --check")
    from rag.answer import open_assistant
    from rag.records import Answer

    say("Loading the models … 正在载入模型……")
    assistant = open_assistant(options.library, options.model)
    result = assistant.ask(text_of(options.question))
    if isinstance(result, Answer):
        say(f"The documents answer it. 文档中有答案: {result.text}")
        return EXIT_NOT_FOUND
    record = record_absence(assistant.library, result)
    if options.to is not None:
        text = absence_markdown(record) if options.to.suffix.lower() == ".md" else write_absence(record)
        _write(options.to, text.encode("utf-8", "surrogatepass"))
    else:
        _print_lines([write_absence(record).rstrip("\n")])
    return EXIT_FOUND


def _evidence(options: argparse.Namespace) -> Evidence:
    from rag.evidence import open_evidence

    return open_evidence(options.library)


def _changed(options: argparse.Namespace, entry: Entry) -> int:
    if options.json:
        print_json(asdict(entry))
    else:
        _print_entry(entry, "")
    return EXIT_FOUND


def _print_entry(entry: Entry, state: str) -> None:
    address = f"{entry.document}:{entry.start}-{entry.end}"
    lines = [f"{entry.place}. ({entry.id}) {entry.text}", f"    {entry.title}  {address}  {state}"]
    _print_lines([*lines, f"    {entry.note}"] if entry.note else lines)


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201 - what a command prints


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableArgument(f"{path}: cannot be read ({error.strerror})") from error


def _write(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    partial = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UnusableArgument(f"{path}: cannot be written ({error.strerror})") from error
