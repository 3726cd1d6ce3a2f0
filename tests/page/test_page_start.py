"""`python ui.py` as a person starts it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import psutil

from index.database import FILE_NAME
from rag import calibrate
from rag.judge import write_calibration
from tests.conftest import ROOT
from tests.page.conftest import OpenPage, ask
from tests.page.test_page_documents import FILES
from tests.page.test_page_settings import CURVE
from ui import free_port


def start(*arguments: str) -> subprocess.Popen[str]:
    """The program, its stderr to be read."""
    return subprocess.Popen(
        [sys.executable, "ui.py", *arguments],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )


def lines_until(process: subprocess.Popen[str], beginning: str) -> list[str]:
    """What it says, up to a line that begins so."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith(beginning):
            return said
    raise AssertionError(f"ended without {beginning!r}: {''.join(said)}")


def least_used(process: subprocess.Popen[str]) -> float:
    """The seconds of a processor that it takes per second in the quietest of a few stretches."""
    watched = psutil.Process(process.pid)
    found: list[float] = []
    for _ in range(5):
        before, began = watched.cpu_times(), time.monotonic()
        time.sleep(2)
        after = watched.cpu_times()
        found.append((after.user + after.system - before.user - before.system) / (time.monotonic() - began))
        if found[-1] < 0.06:
            break
    return min(found)


def test_the_first_start_makes_the_library_and_the_page_answers(tmp_path: Path, open_page: OpenPage) -> None:
    from rag.reader.shipped import SHIPPED, fingerprint  # here: what else uses this file needs no torch

    folder = tmp_path / "library"
    folder.mkdir()
    calibration = replace(calibrate.unfitted(fingerprint(SHIPPED)), curve=CURVE)
    write_calibration(calibration, folder / calibrate.FILE_NAME)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("--library", str(folder), "--port", str(port))
        try:
            said = lines_until(process, "ready")
            assert any("wuhan-small-firms.md" in line for line in said)
            [address] = re.findall(r"http://127\.0\.0\.1:(\d+)/", said[-1])
            assert int(address) != port  # that one is taken
            with urlopen(f"http://127.0.0.1:{address}/") as response:
                assert response.status == 200
            page = open_page(f"http://127.0.0.1:{address}/")
            page.set_default_timeout(60_000)  # the question is asked before the model is there
            ask(page, "光谷东智从成立到投产用了多长时间？")
            assert "6个月" in page.inner_text(".answer .short")
            # The process of the models has told the page what its confidence is worth, and is told what to ask of it.
            page.wait_for_selector("#settings summary")
            page.click("#settings summary")
            page.focus("#settings input")
            page.keyboard.press("End")
            page.keyboard.press("Escape")
            page.click(".answer .tools [data-ask]")
            page.wait_for_selector(".turn:nth-child(2) .not-found")
            # Added with the models of that process, a file answers at once.
            page.click("#view-documents")
            page.set_input_files("#shelf .file", FILES / "libreoffice-guide.pdf")
            page.wait_for_selector("#shelf .outcomes .added")
            page.click("#view-ask")
            page.click("#settings summary")
            page.focus("#settings input")
            page.keyboard.press("Home")
            page.keyboard.press("Escape")
            ask(page, "What was used on the survey of 1884?")
            assert "chronometer" in page.inner_text(".turn:nth-child(3) .answer")
            assert page.inner_text(".turn:nth-child(3) .quotes").count("第 2 页")
            assert least_used(process) < 0.06  # nothing is asked of it now, though the page is open
        finally:
            process.send_signal(signal.SIGTERM)
            remaining = process.communicate(timeout=30)[1]
    assert process.returncode in (0, 2)
    assert "Traceback" not in remaining and "Warning" not in remaining


def test_a_library_that_cannot_be_used_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all" * 100)
    process = start("--library", str(tmp_path))
    said = process.communicate(timeout=60)[1].splitlines()
    assert process.returncode == 2
    assert len(said) == 1 and str(tmp_path) in said[0]


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port("127.0.0.1", port) > port
