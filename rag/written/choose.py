"""The options that name a language model, the same on every command that takes one."""

from __future__ import annotations

import argparse

from rag.written.model import LanguageModel, choice_of, open_model


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """`--llm`, `--llm-model` and `--unsupported`; without the first nothing is written, imported or asked."""
    parser.add_argument(
        "--llm", metavar="openai:URL|hf:NAME",
        help="a language model that writes answers, each sentence checked: an OpenAI-compatible server, or a model "
        "on this machine (none by default) / 撰写书面回答的语言模型",
    )  # fmt: skip
    parser.add_argument("--llm-model", metavar="NAME", help="the model's name on that server")
    parser.add_argument(
        "--unsupported", choices=("strike", "drop"), default="strike",
        help="what becomes of sentences that the sources do not support: shown struck, or dropped (default: strike)",
    )  # fmt: skip


def model_of(options: argparse.Namespace) -> LanguageModel | None:
    """The model that was named, opened; None where none was. Raises LanguageModelFailed."""
    return None if options.llm is None else open_model(choice_of(options.llm, options.llm_model))
