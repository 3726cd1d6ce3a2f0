"""The page: a conversation, and beside it the documents that its answers quote.

python ui.py [--library DIR] [--model NAME] [--host HOST] [--port PORT]
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from index.errors import YinzhengError
from index.library import FILE_NAME, Library
from page.answering import Answering, Elsewhere, Here
from rag.answer import Assistant

if TYPE_CHECKING:
    import gradio as gr

ARTICLES = Path(__file__).parent / "articles"
PORT = 7860
_PORTS = 100  # tried from the first on


def build(assistant: Assistant | Answering) -> gr.Blocks:
    """The page over an assistant; launch it with `**page.look.look()`."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read while Gradio is imported: it reports use to its makers
    from page.desk import desk

    return desk(Here(assistant) if isinstance(assistant, Assistant) else assistant)


def main(arguments: list[str] | None = None) -> int:
    """Serve the page until it is interrupted. The library is made from the articles when there is none."""
    options = _parser().parse_args(arguments)
    try:
        return _serve(options)
    except YinzhengError as error:
        print(f"yinzheng: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def _serve(options: argparse.Namespace) -> int:
    if not (options.library / FILE_NAME).is_file():
        _make_library(options.library, options.model)
    _say(f"Opening {options.library}; its model loads while the page starts ...")
    answering = Elsewhere(Library(options.library), options.model)
    blocks = build(answering)
    from page.look import look

    try:
        _, url, _ = blocks.launch(
            server_name=options.host,
            server_port=free_port(options.host, options.port),
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            ssr_mode=False,
            **look(),
        )
        print(f"ready: {url}", flush=True)
        answering.wait()
        _say("The model is loaded.")
        threading.Event().wait()
    finally:
        blocks.close(verbose=False)
        answering.close()
    return 0


def _make_library(folder: Path, model: str | None) -> None:
    from index.embed import load_embedder
    from index.ingest import add_file, files_below
    from index.library import create_library

    _say(f"There is no library in {folder} yet: making one from {ARTICLES}. Loading the model ...")
    embedder = load_embedder() if model is None else load_embedder(model)
    library = create_library(folder, embedder.name, embedder.fingerprint, embedder.dimension)
    for path in files_below([ARTICLES]):
        result = add_file(library, embedder, path, _progress(path))
        _say(f"{path.name}: {result.state}, {result.detail if result.state == 'failed' else f'{result.passages} passages'}")
    library.close()


def _progress(path: Path) -> Callable[[int, int], None]:
    return lambda done, total: _say(f"{path.name}: {done} of {total} passages embedded")


def free_port(host: str, first: int) -> int:
    """The first port from `first` on that nothing listens on. Raises YinzhengError when none of a hundred is."""
    for port in range(first, first + _PORTS):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise YinzhengError(f"no port from {first} to {first + _PORTS - 1} is free on {host}: name another with --port")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python ui.py", description="Ask your documents in a browser.")
    parser.add_argument("--library", type=Path, default=user_data_path("yinzheng") / "library", metavar="DIR")
    parser.add_argument("--model", metavar="NAME", help="a folder or a Hugging Face name; default: the library's")
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s, this machine alone")
    parser.add_argument("--port", type=int, default=PORT, help="default: %(default)s; the next one that is free")
    return parser


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.exit(main())
