"""python -m index: what is in the library. stdout is data, talk goes to stderr."""

from __future__ import annotations

import argparse
import sys
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from index.bundled import BUNDLED_NAME
from index.errors import LibraryError
from index.library import Library
from index.limits import limits_of
from index.opening import is_library, make_library, open_library
from index.places import LIBRARY_HELP, default_library, milvus_address, shown_place, source_of, text_of
from index.store import EDITABLE
from index.talk import EXIT_ERROR, EXIT_FOUND, Counter, FileCounter, print_json, run_command, say

if TYPE_CHECKING:
    from index.backup import Backup
    from index.embed import Embedder

_DOCUMENT = "id (or its beginning), name, or path"


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Exit code 0, or 2 where something failed."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m index", description="Manage the library of documents. 管理文档库。"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str, of_one: bool = True) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        if of_one:
            added.add_argument("--library", type=Path, default=default_library(), metavar="DIR", help=LIBRARY_HELP)
        added.add_argument("--json", action="store_true", help="print JSON")
        added.set_defaults(run=run)
        return added

    add = command("add", _add, "add files, and the readable files in folders / 添加文件或文件夹")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    add.add_argument("--model", help="embedding model: a folder or a hub's name (default: the library's own)")
    add.add_argument(
        "--collection", type=text_of, metavar="NAME", help="put what is added into this collection / 放入合集"
    )
    add.add_argument("--encoding", metavar="CODEC", help="of text files, remembered; auto tells it anew / 指定文本编码")
    add.add_argument(
        "--limit", action="append", default=[], metavar="NAME=NUMBER",
        help="what one file may take, for example seconds=300 or file_bytes=500000000 / 读取限制",
    )  # fmt: skip
    add.add_argument(
        "--prune", action="store_true", help="take out files that are gone from the folders / 移除已删文件"
    )
    add.add_argument("--watch", action="store_true", help="then follow changes until interrupted / 持续跟踪变化")
    command("list", _list, "list the documents, and files that are waiting or failed / 列出文档")
    show = command("show", _show, "show one document's text / 显示文档全文")
    show.add_argument("document", metavar="DOCUMENT", help=_DOCUMENT)
    command("status", _status, "say what the library holds and was built with / 文档库状态")
    edit = command("edit", _edit, "correct a document's title, author, publisher, date, URL / 修改引用信息")
    edit.add_argument("document", metavar="DOCUMENT", help=_DOCUMENT)
    for field in EDITABLE:
        edit.add_argument(f"--{field}", type=text_of, metavar="TEXT", help=f"the {field} instead of the file's own")
    edit.add_argument("--restore", action="append", choices=EDITABLE, default=[], help="take the file's own again")
    remove = command("remove", _remove, "take documents out, without a trace / 移除文档")
    remove.add_argument(
        "documents", nargs="+", metavar="DOCUMENT", help=f"{_DOCUMENT}; a path takes out that name alone"
    )
    collection = command("collection", _collection, "named collections of documents / 文档合集")
    collection.add_argument("action", choices=("list", "add", "remove", "rename", "delete"))
    collection.add_argument("name", nargs="?", type=text_of, metavar="NAME", help="the collection")
    collection.add_argument("rest", nargs="*", metavar="DOCUMENT", help=f"{_DOCUMENT}; for rename, the new name")
    command("check", _check, "whether everything in the library agrees with itself / 检查文档库")
    backup = command("backup", _backup, "copy the library and what lies beside it, while it answers / 备份文档库")
    backup.add_argument("to", type=Path, metavar="FOLDER", help="a folder that is not there yet")
    restore = command("restore", _restore, "make a library of a backup, in an empty folder / 由备份恢复")
    restore.add_argument("backup", type=Path, metavar="FOLDER", help="the backup")
    copy = command(
        "copy", _copy, "copy a library into another, a folder or Milvus; goes on where it stopped / 复制文档库"
    )
    copy.add_argument("source", type=Path, metavar="FROM", help=LIBRARY_HELP)
    copy.add_argument("target", type=Path, metavar="TO", help="the same; it is made where there is none")
    rebuild = command("rebuild", _rebuild, "make the library anew from its own texts / 重建文档库")
    rebuild.add_argument("--model", help=f"embedding model from now on (default: {BUNDLED_NAME})")
    return parser


def _add(options: argparse.Namespace) -> int:
    from index.embed import load_embedder
    from index.folders import files_below

    limits_of(options.limit)  # a wrong one is said before anything is loaded
    missing = [path for path in options.paths if not path.exists()]
    if missing:
        say(f"error / 错误: there is no {', '.join(map(str, missing))}; nothing was added")
        return EXIT_ERROR
    model = options.model
    if is_library(options.library):
        library = open_library(options.library)
        library.require_writable()
        model = model or library.manifest.model
    say("Loading the embedding model (the first time it is unpacked) … 正在载入向量模型……")
    embedder = load_embedder(model or BUNDLED_NAME)
    library = make_library(options.library, embedder.name, embedder.fingerprint, embedder.dimension)
    library.require_model(embedder.fingerprint, embedder.name)
    left_out: Tally[str] = Tally()
    files = list(files_below(options.paths, lambda path, why: left_out.update([why])))
    for why, count in sorted(left_out.items()):
        say(f"Left out / 未加入: {count} × {why}")
    if not files:
        say("No readable file in there. 没有可读取的文件。")
    failed = _add_these(options, library, embedder, files)
    if options.prune:
        _prune(options, library, files)
    library.keep_vectors()  # so that the next start finds the FAISS file made
    if options.watch:
        _watch(options, library, embedder)
    return EXIT_ERROR if failed else EXIT_FOUND


def _add_these(options: argparse.Namespace, library: Library, embedder: Embedder, files: Sequence[Path]) -> int:
    """Add files and say what happened to each; how many failed."""
    from index.ingest import add_files

    failed = 0
    adding = add_files(
        library,
        embedder,
        files,
        collection=options.collection,
        encoding=options.encoding,
        limits=limits_of(options.limit),
        report=FileCounter(),
    )
    for number, result in enumerate(adding, start=1):
        failed += result.state == "failed"
        say(f"[{number}/{len(files)}] {result.state}: {result.detail if result.state == 'failed' else result.path}")
        if options.json:
            print_json({**asdict(result), "path": str(result.path)})
    return failed


def _prune(options: argparse.Namespace, library: Library, files: Sequence[Path]) -> None:
    """Take out the names below the folders that no file is there for any more."""

    there = {source_of(path) for path in files}
    folders = [path for path in options.paths if path.is_dir()]
    gone = [source for source in _known_at(library, folders) if source not in there]
    if gone and not files:
        say("The folders hold no readable file at all: nothing is taken out. 文件夹中没有可读文件，不作移除。")
        return
    _take_out(options, library, gone)


def _known_at(library: Library, paths: Sequence[Path]) -> list[str]:
    """The sources that the library knows at the paths or below them."""
    from index.states import file_states

    at = {source_of(path) for path in paths}
    below = tuple(f"{source}/" for source in at)
    return [entry.source for entry in file_states(library) if entry.source in at or entry.source.startswith(below)]


def _watch(options: argparse.Namespace, library: Library, embedder: Embedder) -> None:
    """Follow changes until the user has had enough, which is no error."""
    import threading

    from index.watch import watch

    say("Following changes; Ctrl-C ends it. 正在跟踪变化，按 Ctrl-C 结束。")
    try:
        for changes in watch(options.paths, threading.Event()):
            _add_these(options, library, embedder, changes.changed)
            gone = _known_at(library, changes.gone)
            if options.prune:
                _take_out(options, library, gone)
            else:
                for source in gone:
                    say(f"{source} is gone; the library keeps it unless --prune is given / 文件已不在，文档库仍保留")
    except KeyboardInterrupt:
        say("No longer following. 已停止跟踪。")


def _list(options: argparse.Namespace) -> int:
    from index.states import file_states

    library = open_library(options.library)
    documents = library.documents()
    if options.json:
        print_json([asdict(document) for document in documents])
        return EXIT_FOUND
    for document in documents:
        print(f"{document.id}  {document.passages:5}  {document.characters:8}  {document.name}  {document.title}")
    for entry in file_states(library):
        if entry.state != "searchable":
            print(f"{entry.state:>16}  {entry.name}  {entry.reason}")
    say(f"{len(documents)} documents / 篇文档 (id, passages, characters, name, title)")
    return EXIT_FOUND


def _show(options: argparse.Namespace) -> int:
    document = open_library(options.library).find_document(options.document)
    if options.json:
        print_json(asdict(document))
    else:
        say(f"{document.title}\n{document.source}\nSHA-256 {document.sha256}\n")
        print(document.text)
    return EXIT_FOUND


def _status(options: argparse.Namespace) -> int:
    from index.states import file_states

    library = open_library(options.library)
    counts = library.counts()
    content = {
        "library": shown_place(options.library),
        **asdict(counts),
        **asdict(library.manifest),
        "bytes": library.size(),
    }
    unfinished = [entry for entry in file_states(library) if entry.state != "searchable"]
    if options.json:
        print_json({**content, "files": [asdict(entry) for entry in unfinished]})
    else:
        for key, value in content.items():
            print(f"{key}: {value}")
        for entry in unfinished:
            print(f"{entry.state}: {entry.source}  {entry.reason}")
    return EXIT_FOUND


def _edit(options: argparse.Namespace) -> int:
    library = open_library(options.library)
    given: dict[str, str | None] = {field: getattr(options, field) for field in EDITABLE}
    changes = {field: value for field, value in given.items() if value is not None or field in options.restore}
    if changes.get("title") == "":
        say("error / 错误: a document needs a title; --restore title takes the file's own again")
        return EXIT_ERROR
    document = library.find_document(options.document)
    library.edit(document.id, changes)
    document = library.document(document.id)
    if options.json:
        print_json({"id": document.id, "title": document.title, **asdict(document.origin)})
    else:
        say(f"{document.title}\n" + "\n".join(f"{key}: {value}" for key, value in asdict(document.origin).items()))
    return EXIT_FOUND


def _remove(options: argparse.Namespace) -> int:
    from index.states import file_states

    library = open_library(options.library)
    sources = {entry.source for entry in file_states(library)}
    names = [source_of(Path(given)) for given in options.documents if source_of(Path(given)) in sources]
    documents = [library.find_document(given) for given in options.documents if source_of(Path(given)) not in sources]
    if documents:
        if not library.remove(*(document.id for document in documents)):
            _say_traces_left()
        for document in documents:
            say(f"removed / 已移除: {document.name}")
            if options.json:
                print_json({"removed": document.id, "name": document.name})
    _take_out(options, library, names)
    return EXIT_FOUND


def _take_out(options: argparse.Namespace, library: Library, sources: Sequence[str]) -> None:
    """Take names out, the documents with their last one, and say so."""
    if not sources:
        return
    known = {source: library.document_at(source) for source in sources}
    if not library.remove_names(*sources):
        _say_traces_left()
    for source, document in known.items():
        say(f"removed / 已移除: {source}")
        if options.json:
            print_json({"removed": document, "name": Path(source).name})


def _say_traces_left() -> None:
    say(
        "Another program is still reading the library: traces of the text stay in its log until that is done and "
        "something is written again. 另一程序正在读取，日志中暂留痕迹。"
    )


def _collection(options: argparse.Namespace) -> int:
    from index.collections import collect, collections, dissolve, rename_collection, take_out

    library = open_library(options.library)
    if options.action == "list":
        found = collections(library)
        if options.json:
            print_json([asdict(entry) for entry in found])
        for entry in found if not options.json else ():
            print(f"{entry.documents:5}  {entry.name}")
        return EXIT_FOUND
    if options.name is None or (options.action in ("remove", "rename") and not options.rest):
        say(f"error / 错误: {options.action} what? python -m index collection --help says it")
        return EXIT_ERROR
    if options.action == "rename":
        rename_collection(library, options.name, text_of(" ".join(options.rest)))
    elif options.action == "delete":
        dissolve(library, options.name)
    else:
        documents = [library.find_document(given).id for given in options.rest]
        change = collect if options.action == "add" else take_out
        change(library, options.name, documents)
    if options.json:
        print_json([asdict(entry) for entry in collections(library)])
    return EXIT_FOUND


def _check(options: argparse.Namespace) -> int:
    found = list(open_library(options.library).problems())
    for problem in found:
        say(f"error / 错误: {problem}")
    if not found:
        say("All is well. 一切正常。")
    if options.json:
        print_json({"problems": found})
    return EXIT_ERROR if found else EXIT_FOUND


def _backup(options: argparse.Namespace) -> int:
    from index.backup import back_up

    _require_folder(options.library, f"python -m index copy {shown_place(options.library)} FOLDER")

    say("Copying, then checking the copy … 正在复制并校验……")
    made = back_up(options.library, options.to, Counter("bytes / 字节"))
    _say_backup(options, made, f"Backed up to / 已备份到: {options.to}")
    return EXIT_FOUND


def _restore(options: argparse.Namespace) -> int:
    from index.backup import restore

    _require_folder(
        options.library, f"restore into a folder, then python -m index copy FOLDER {shown_place(options.library)}"
    )
    say("Checking the backup, then copying … 正在校验备份并复制……")
    made = restore(options.backup, options.library, Counter("bytes / 字节"))
    _say_backup(options, made, f"Restored to / 已恢复到: {options.library}")
    return EXIT_FOUND


def _copy(options: argparse.Namespace) -> int:
    from index.copying import copy_library

    say("Copying, then comparing … 正在复制并比对……")
    copied = copy_library(options.source, options.target, Counter("documents / 文档"))
    if options.json:
        print_json(asdict(copied))
    say(
        f"Copied to / 已复制到: {shown_place(options.target)}\n{copied.documents} documents / 篇文档 "
        f"({copied.there} there already / 已在), {copied.passages} passages / 段, SHA-256 {copied.digest}"
    )
    return EXIT_FOUND


def _require_folder(place: Path, instead: str) -> None:
    if milvus_address(place) is not None:
        raise LibraryError(f"{shown_place(place)} is no folder: {instead}. 此命令只用于文件夹中的文档库")


def _say_backup(options: argparse.Namespace, made: Backup, where: str) -> None:
    if options.json:
        print_json(asdict(made))
    size = sum(file.bytes for file in made.files) / 1e6
    say(f"{where}\n{made.documents} documents / 篇文档, {made.passages} passages / 段, {size:.1f} MB, {made.made}")


def _rebuild(options: argparse.Namespace) -> int:
    from index.embed import load_embedder
    from index.rebuild import rebuild

    _require_folder(options.library, "rebuild the folder that it was copied from, and copy that to a new name")
    say("Loading the embedding model … 正在载入向量模型……")
    embedder = load_embedder(options.model or BUNDLED_NAME)
    library = rebuild(options.library, embedder, Counter("documents / 文档"))
    library.keep_vectors()
    counts = library.counts()
    say(f"Rebuilt / 已重建: {counts.documents} documents, {counts.passages} passages, model {embedder.name}")
    if options.json:
        print_json({**asdict(counts), **asdict(library.manifest)})
    return EXIT_FOUND


if __name__ == "__main__":
    sys.exit(main())
