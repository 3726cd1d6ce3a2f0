"""What the documents say of the program is so: links lead somewhere, named tests and commands are there."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.conftest import ROOT

PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md"), ROOT / "rag/reader/weights/README.md"])
MODULES = "index|rag|accounts|benchmarks|training"
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / unquote(target)).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_named_tests_and_files_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    assert set(re.findall(r"`(test_\w+)`", text)) <= TESTS
    for name in re.findall(r"`((?:tests|index|rag|page|api|accounts|benchmarks|training|deploy)/[\w./-]+\.\w+)`", text):
        assert (ROOT / name).exists(), name


def test_every_command_that_is_shown_takes_what_it_is_shown_with() -> None:
    """The options and subcommands of `python -m …` lines; they are looked up in the commands' own help."""
    for page in PAGES:
        for line in re.findall(
            r"^ *python -m ((?:index|rag|accounts|benchmarks|training) .*)$", page.read_text("utf-8"), re.M
        ):
            words = line.split("#")[0].split()
            named = words[:3] if words[1:2] == ["evidence"] else words[:2]
            shown = _help(*named)
            for option in re.findall(r"(?<![\w-])--[a-z][\w-]*", " ".join(words)):
                assert option in shown, f"{page.name}: python -m {' '.join(named)} {option}"


@cache
def _help(*words: str) -> str:
    shown = subprocess.run(
        [sys.executable, "-m", *words, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, f"python -m {' '.join(words)}"
    return shown.stdout
