"""The page: a conversation, and beside it the documents that its answers quote; and the API on the same server.

python ui.py [--library DIR] [--model NAME] [--reader NAME] [--llm openai:URL|hf:NAME] [--host HOST] [--port PORT]
             [--open] [--log requests|questions]
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import YinzhengError
from index.opening import is_library, make_library, open_library
from index.places import default_library, shown_place
from index.talk import Counter, run_command, say
from page.answering import Answering, Elsewhere, Here
from rag.answer import Assistant
from rag.written.choose import add_model_options, model_of
from rag.written.model import LanguageModel
from rag.written.write import Unsupported

if TYPE_CHECKING:
    import gradio as gr

ARTICLES = Path(__file__).parent / "articles"
PORT = 7860
PORTS_TRIED = 100  # from the first on


def build(
    assistant: Assistant | Answering, model: LanguageModel | None = None, unsupported: Unsupported = "strike"
) -> gr.Blocks:
    """The page over an assistant; `model` writes answers. Launch it with `**page.look.look()`."""
    # Gradio reads this while it is imported, and would report its use to its makers.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from page.desk import desk

    return desk(Here(assistant) if isinstance(assistant, Assistant) else assistant, model, unsupported)


def main(arguments: list[str] | None = None) -> int:
    """Serve the page until it is interrupted. The library is made from the articles when there is none."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as an interrupt does, leaving nothing behind
    return run_command(lambda: _serve(options))


def _serve(options: argparse.Namespace) -> int:
    from api.log import log_to_stderr
    from api.serving import accounts_for, serve
    from api.watched import Watched

    log_to_stderr(options.log)
    model = model_of(options)
    accounts = accounts_for(options.library, options.host, options.open)  # said before anything is loaded
    if not _has_documents(options.library):
        _make_library(options.library, options.model)
    say("Starting the page; the models load meanwhile … 正在启动页面，同时载入模型……")
    elsewhere = Elsewhere(open_library(options.library), options.model, options.reader)
    answering = Watched(elsewhere)
    blocks = build(answering, model, options.unsupported)
    try:
        serve(answering, blocks, accounts, options.host, free_port(options.host, options.port), options.open)
    finally:
        blocks.close(verbose=False)
        elsewhere.close()
    return 0


def _has_documents(place: Path) -> bool:
    return is_library(place) and open_library(place).counts().documents > 0


def _make_library(folder: Path, model: str | None) -> None:
    """Put the articles that come with the program into a new library, or one that was left empty."""
    from index.embed import load_embedder
    from index.ingest import add_file, files_below

    say(f"There is no library in {shown_place(folder)} yet. Loading the model … 还没有资料库，正在载入模型……")
    embedder = load_embedder() if model is None else load_embedder(model)
    library = make_library(folder, embedder.name, embedder.fingerprint, embedder.dimension)
    for path in files_below([ARTICLES]):
        say(f"Adding {path.name} … 正在加入 {path.name}……")
        result = add_file(library, embedder, path, Counter("passages / 段"))
        say(f"  {result.state}: {result.detail if result.state == 'failed' else f'{result.passages} passages / 段'}")
    library.close()


def free_port(host: str, first: int) -> int:
    """The first port from `first` on that nothing listens on. Raises YinzhengError when none of a hundred is."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(first, first + PORTS_TRIED):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    last = first + PORTS_TRIED - 1
    raise YinzhengError(f"no port from {first} to {last} is free on {host}: name another with --port")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python ui.py", description="Ask your documents in a browser. 在浏览器中向文档提问。"
    )
    parser.add_argument(
        "--library",
        type=Path,
        default=default_library(),
        metavar="DIR",
        help="the library's folder, or milvus://HOST:PORT/NAME (default: %(default)s)",
    )
    parser.add_argument("--model", metavar="NAME", help="embedding model (default: the library's own)")
    parser.add_argument("--reader", metavar="NAME", help="an extractive model of the hub, or its folder, that reads")
    add_model_options(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to serve at (default: %(default)s, this machine)")
    parser.add_argument(
        "--open", action="store_true", help="let everyone who reaches it do everything, without accounts / 不设账户"
    )
    parser.add_argument(
        "--log", choices=("nothing", "requests", "questions"), default="nothing",
        help="JSON lines on stderr: requests without any text, or with the questions' words too / 日志",
    )  # fmt: skip
    parser.add_argument("--port", type=int, default=PORT, help="port (default: %(default)s, or the next that is free)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
