"""kill -9 at random moments: tests/crash.py at 40 points, and the command itself with the real model."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from index.check import problems
from index.embed import Embedder
from index.ingest import add_files
from index.local import LocalLibrary
from index.states import file_states
from tests.conftest import ROOT
from tests.test_life import write


def test_killed_at_forty_points_all_is_well_after_each() -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--points", "40", "--seed", "7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "killed at 40 points, 0 of them not well" in outcome.stdout


def test_the_command_killed_goes_on_where_it_stopped(tmp_path: Path, embedder: Embedder) -> None:
    folder = tmp_path / "library"
    for place in range(4):  # a heading is a passage: enough for a batch, and quick to embed
        headings = "\n".join(f"## Lot {place}{number:03}" for number in range(100))
        write(tmp_path / "sources", f"{place}.md", f"# Sale {place}\n{headings}\n")
    adding = subprocess.Popen(
        [sys.executable, "-m", "index", "add", str(tmp_path / "sources"), "--library", str(folder)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert adding.stderr is not None
    for line in adding.stderr:
        if line.startswith("[1/4] added"):
            break
    os.kill(adding.pid, signal.SIGKILL)
    adding.stderr.close()
    adding.wait()
    library = LocalLibrary(folder)
    assert list(problems(library)) == []
    done = {entry.name for entry in library.documents()}
    assert "0.md" in done
    waiting = {entry.name for entry in file_states(library) if entry.state != "searchable"}
    assert done | waiting == {"0.md", "1.md", "2.md", "3.md"}
    results = list(add_files(library, embedder, sorted((tmp_path / "sources").iterdir())))
    assert {result.path.name for result in results if result.state == "unchanged"} == done
    assert {entry.state for entry in file_states(library)} == {"searchable"}
    assert list(problems(library)) == []
    library.close()
