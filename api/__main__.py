"""python -m api: the library for other programs. The HTTP API is served with the page, by python ui.py."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from index.places import LIBRARY_HELP, default_library
from index.talk import EXIT_FOUND, print_json, run_command, say


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Exit code 0, or 2 where something failed."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api", description="The library for programs. 供程序使用。")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("--library", type=Path, default=default_library(), metavar="DIR", help=LIBRARY_HELP)
        added.set_defaults(run=run)
        return added

    mcp = command("mcp", _mcp, "an MCP server on stdin and stdout, for a language model's program / MCP 服务")
    mcp.add_argument("--model", metavar="NAME", help="embedding model (default: the library's own)")
    mcp.add_argument("--reader", metavar="NAME", help="an extractive model of the hub, or its folder, that reads")
    command("openapi", _openapi, "print the description of the HTTP API / 打印接口描述")
    return parser


def _mcp(options: argparse.Namespace) -> int:
    from api.mcp_server import mcp_server
    from api.services import services_for
    from index.opening import open_library
    from page.answering import Elsewhere

    answering = Elsewhere(open_library(options.library), options.model, options.reader)
    say("Serving on stdin and stdout; the models load meanwhile … 正在通过标准输入输出提供服务……")
    try:
        mcp_server(services_for(answering)).run("stdio")
    finally:
        answering.close()
    return EXIT_FOUND


def _openapi(options: argparse.Namespace) -> int:
    from api.app import create_app
    from index.opening import open_library
    from page.answering import Elsewhere

    answering = Elsewhere(open_library(options.library), None, None)
    try:
        print_json(create_app(answering).state.programs.openapi())
    finally:
        answering.close()
    return EXIT_FOUND


if __name__ == "__main__":
    sys.exit(main())
