"""Why a file failed and why the library refuses, in Chinese: every message of index/ has a form there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
import regex

from index.database import what_to_do_when_damaged
from index.readers import _REFUSED
from index.readers.pdf import _numbered, _own
from index.readers.source import _WORDS
from page.reasons import in_language
from tests.conftest import ROOT

HAN = regex.compile(r"\p{Han}")
# Said on the command line alone: the page has no limits to set, no names of documents to type, and no library to make.
NOT_OF_THE_PAGE = {
    "__main__.py",
    "backup.py",
    "copying.py",
    "bundled.py",
    "embed.py",
    "limits.py",
    "encoder.py",
    "manifest.py",
}
NAMED = {"UnreadableFile", "UnknownCollection", "LibraryError"}
CLASSES = NAMED | {f"Library{kind}" for kind in ("Mismatch", "Damaged", "Busy", "ReadOnly", "Full", "Unreachable")}


def messages() -> Iterator[tuple[str, str]]:
    """The module and a sample of every message that the classes above are made with, somewhere in index/."""
    for path in sorted((ROOT / "index").rglob("*.py")):
        if path.name in NOT_OF_THE_PAGE:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES and node.args:
                for sample in samples(node.args[0]):
                    yield f"{path.name}:{node.lineno}", sample


def samples(argument: ast.expr) -> Iterator[str]:
    """What an argument may say: each part in braces becomes a word, or what the function that stands there gives."""
    if isinstance(argument, ast.Constant):
        yield str(argument.value)
    if not isinstance(argument, ast.JoinedStr):
        return  # another message handed on
    found = [""]
    for part in argument.values:
        if isinstance(part, ast.Constant):
            said = [str(part.value)]
        else:
            assert isinstance(part, ast.FormattedValue)
            said = standing_for(ast.unparse(part.value))
        found = [before + words for before in found for words in said]
    yield from found


def standing_for(expression: str) -> list[str]:
    match expression:
        case "_REFUSED[kind]":
            return list(_REFUSED.values())
        case "_WORDS[limit]":
            return ["*"]  # the words and the limit go together: the next test has them
        case "what_to_do_when_damaged()":
            return [what_to_do_when_damaged()]
        case "notes":
            return ["", " (page 1 holds no text)"]
        case "_unknown(library, name)":
            return ["'x' is no collection of this library (it has none)"]
        case _:
            return ["x1"]


@pytest.mark.parametrize(("where", "message"), [found for found in messages() if "*" not in found[1]])
def test_every_message_has_a_chinese_form(where: str, message: str) -> None:
    said = in_language(message, "zh")
    assert said != message and HAN.search(said), where
    assert in_language(message, "en") == message


def test_there_are_messages_to_look_at() -> None:
    found = list(messages())
    assert len(found) > 45 and len({where for where, _ in found}) > 35


@pytest.mark.parametrize("limit", list(_WORDS))
def test_a_limit_of_what_is_counted(limit: str) -> None:
    words = _WORDS[limit]
    message = f"a: b.docx: more than 20,000 {words} (the limit {limit!r}); divide the file, or raise the limit"
    assert in_language(message, "zh").endswith(f"（限制项 {limit}）；请拆分文件，或调高限制")
    assert in_language(message, "zh").startswith("a: b.docx：") and "20,000" in in_language(message, "zh")


@pytest.mark.parametrize("pages", [[1], [3, 5, 6, 7], [2, 3], [1, 3, 5, 9]])
def test_notes_on_pages(pages: list[int]) -> None:
    advice = "install Tesseract (Debian: apt-get install tesseract-ocr tesseract-ocr-chi-sim) and add the file again"
    for note in (
        f"{_numbered(pages)} no text of {_own(pages)}; it was read from the picture by Tesseract",
        f"{_numbered(pages)} no text; {advice}",
        f"{_numbered(pages)} no text; install Tesseract's data for chi_sim and eng and add the file again",
        f"{_numbered(pages)} no text and came after 500 others (the limit 'recognised_pages'); raise it, or divide "
        "the file",
    ):
        said = in_language(note, "zh")
        assert regex.match(r"第 [\d、-]+ 页", said), said
        assert regex.findall(r"\d+", said.partition("页")[0]) == regex.findall(r"\d+", note.partition(" hold")[0])


def test_a_reason_within_a_reason() -> None:
    message = "扫描.pdf: there is no text in it (pages 1 and 2 hold no text) (attached and not read: a.bin)"
    assert in_language(message, "zh") == "扫描.pdf：其中没有文字（第 1、2 页没有文字；附件未读取：a.bin）"


def test_what_is_not_known_stays_as_it_is() -> None:
    assert in_language("Something else went wrong.", "zh") == "Something else went wrong."
