"""python -m index: what is in the library. stdout is data, talk goes to stderr."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from index.bundled import BUNDLED_NAME
from index.database import FILE_NAME
from index.library import Library
from index.places import default_library
from index.talk import EXIT_ERROR, EXIT_FOUND, Counter, print_json, run_command, say


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Exit code 0, or 2 where something failed."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m index", description="Manage the library of documents. 管理文档库。"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument(
            "--library", type=Path, default=default_library(), metavar="DIR", help="the library's folder"
        )
        added.add_argument("--json", action="store_true", help="print JSON")
        added.set_defaults(run=run)
        return added

    add = command("add", _add, "add files, and the readable files in folders / 添加文件或文件夹")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    add.add_argument("--model", help="embedding model: a folder or a hub's name (default: the library's own)")
    command("list", _list, "list the documents / 列出文档")
    show = command("show", _show, "show one document's text / 显示文档全文")
    show.add_argument("document", metavar="DOCUMENT", help="id (or its beginning), name, or path")
    command("status", _status, "say what the library holds and was built with / 文档库状态")
    remove = command("remove", _remove, "take documents out / 移除文档")
    remove.add_argument("documents", nargs="+", metavar="DOCUMENT", help="id (or its beginning), name, or path")
    rebuild = command("rebuild", _rebuild, "make the library anew from its own texts / 重建文档库")
    rebuild.add_argument("--model", help=f"embedding model from now on (default: {BUNDLED_NAME})")
    return parser


def _add(options: argparse.Namespace) -> int:
    from index.embed import load_embedder
    from index.ingest import add_file, files_below
    from index.library import create_library

    missing = [path for path in options.paths if not path.exists()]
    if missing:
        say(f"error / 错误: there is no {', '.join(map(str, missing))}; nothing was added")
        return EXIT_ERROR
    model = options.model
    if model is None and (options.library / FILE_NAME).is_file():
        model = Library(options.library).manifest.model
    say("Loading the embedding model (the first time it is unpacked) … 正在载入向量模型……")
    embedder = load_embedder(model or BUNDLED_NAME)
    library = create_library(options.library, embedder.name, embedder.fingerprint, embedder.dimension)
    library.require_model(embedder.fingerprint, embedder.name)
    files = list(files_below(options.paths))
    if not files:
        say("No readable file in there. 没有可读取的文件。")
    failed = 0
    for number, path in enumerate(files, start=1):
        result = add_file(library, embedder, path, Counter(f"{path.name}, passages / 段落"))
        failed += result.state == "failed"
        say(f"[{number}/{len(files)}] {result.state}: {result.detail if result.state == 'failed' else path}")
        if options.json:
            print_json({**asdict(result), "path": str(result.path)})
    library.vector_index()  # so that the next start finds the FAISS file made
    return EXIT_ERROR if failed else EXIT_FOUND


def _list(options: argparse.Namespace) -> int:
    documents = Library(options.library).documents()
    if options.json:
        print_json([asdict(document) for document in documents])
        return EXIT_FOUND
    for document in documents:
        print(f"{document.id}  {document.passages:5}  {document.characters:8}  {document.name}  {document.title}")
    say(f"{len(documents)} documents / 篇文档 (id, passages, characters, name, title)")
    return EXIT_FOUND


def _show(options: argparse.Namespace) -> int:
    document = Library(options.library).find_document(options.document)
    if options.json:
        print_json(asdict(document))
    else:
        say(f"{document.title}\n{document.source}\nSHA-256 {document.sha256}\n")
        print(document.text)
    return EXIT_FOUND


def _status(options: argparse.Namespace) -> int:
    library = Library(options.library)
    counts = library.counts()
    content = {
        "library": str(options.library),
        **asdict(counts),
        **asdict(library.manifest),
        "bytes": sum(path.stat().st_size for path in options.library.iterdir() if path.is_file()),
    }
    if options.json:
        print_json(content)
    else:
        for key, value in content.items():
            print(f"{key}: {value}")
    return EXIT_FOUND


def _remove(options: argparse.Namespace) -> int:
    library = Library(options.library)
    for document in [library.find_document(given) for given in options.documents]:
        library.remove(document.id)
        say(f"removed / 已移除: {document.name}")
        if options.json:
            print_json({"removed": document.id, "name": document.name})
    return EXIT_FOUND


def _rebuild(options: argparse.Namespace) -> int:
    from index.embed import load_embedder
    from index.rebuild import rebuild

    say("Loading the embedding model … 正在载入向量模型……")
    embedder = load_embedder(options.model or BUNDLED_NAME)
    library = rebuild(options.library, embedder, Counter("documents / 文档"))
    library.vector_index()
    counts = library.counts()
    say(f"Rebuilt / 已重建: {counts.documents} documents, {counts.passages} passages, model {embedder.name}")
    if options.json:
        print_json({**asdict(counts), **asdict(library.manifest)})
    return EXIT_FOUND


if __name__ == "__main__":
    sys.exit(main())
