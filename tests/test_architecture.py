"""Which way the arrows point, and what the documents say of the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCES = sorted([*(ROOT / "index").rglob("*.py"), *(ROOT / "rag").rglob("*.py"), ROOT / "ui.py"])


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names.add(node.module)
    return names


def within(path: Path, package: str) -> bool:
    return path.is_relative_to(ROOT / package)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_write_side_knows_nothing_of_the_read_side(path: Path) -> None:
    packages = {name.partition(".")[0] for name in imported(path)}
    assert not packages & {"tests", "benchmarks"}
    if within(path, "index"):
        assert not packages & {"rag", "ui", "gradio"}
    if within(path, "rag"):
        assert not packages & {"ui", "gradio"}


@pytest.mark.parametrize("command", [["index", "list"], ["index", "show", "x"], ["index", "status"]])
def test_a_command_without_a_model_imports_none(command: list[str], tmp_path: Path) -> None:
    code = (
        "import runpy, sys\n"
        f"sys.argv = {['x', *command[1:], '--library', str(tmp_path)]!r}\n"
        f"try:\n    runpy.run_module({command[0]!r}, run_name='__main__')\n"
        "except SystemExit as stop:\n    assert stop.code == 2, stop.code\n"
        "loaded = {'torch', 'sentence_transformers', 'transformers', 'faiss', 'gradio'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)


def documented_commands() -> list[str]:
    texts = [(ROOT / "README.md"), *sorted((ROOT / "docs").glob("*.md"))]
    found = set()
    for path in texts:
        found |= set(
            re.findall(r"python -m ((?:index|rag|benchmarks|training) [a-z]+)", path.read_text(encoding="utf-8"))
        )
    return sorted(found)


@pytest.mark.parametrize("command", documented_commands())
def test_every_command_in_the_documents_exists(command: str) -> None:
    package, name = command.split()
    outcome = subprocess.run(
        [sys.executable, "-m", package, name, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.startswith("usage:")


def test_documents_name_files_that_exist() -> None:
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:\s]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_requirements_are_pinned() -> None:
    for path in (*ROOT.glob("requirements*.txt"), ROOT / "constraints.txt"):
        lines = path.read_text(encoding="utf-8").splitlines()
        pins = [line.split(";")[0].strip() for line in lines if line.strip() and not line.startswith(("#", "-"))]
        assert pins
        assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[^=\s]+", pin) for pin in pins), path.name
