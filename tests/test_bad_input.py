"""Every bad file ends in a document or in one clear sentence, within the limits; the next file is read as ever."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index import apart
from index.apart import read_apart
from index.errors import UnreadableFile
from index.limits import Limits
from page.reasons import in_language
from tests.bad_input import SECRET, BadFile, bad_files
from tests.conftest import ROOT
from tests.test_readers import assert_sound

LIMITS = Limits(
    file_bytes=50_000_000,
    seconds=20.0,
    memory_bytes=2_000_000_000,
    characters=2_000_000,
    unpacked_bytes=20_000_000,
    members=2_000,
    blocks=20_000,
    places=20_000,
    recognised_pages=0,
)
BAD = bad_files()


def test_there_are_enough_and_always_the_same() -> None:
    assert len(BAD) >= 200
    assert bad_files() == BAD
    assert len({bad.name.rpartition(".")[2] for bad in BAD}) > 10


def assert_one_clear_sentence(error: UnreadableFile) -> None:
    message = str(error)
    assert message.isprintable()
    assert 20 < len(message) < 600
    assert ": " in message
    assert "Traceback" not in message
    assert in_language(message, "zh") != message


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.wrong} {ascii(bad.name)[1:40]}")
def test_a_bad_file_ends_in_a_document_or_a_sentence(bad: BadFile) -> None:
    began = time.monotonic()
    try:
        found = read_apart(bad.data, bad.name, limits=LIMITS)
    except UnreadableFile as error:
        assert_one_clear_sentence(error)
        assert "crashed" not in str(error)
    else:
        assert_sound(found)
        assert len(found.text) <= LIMITS.characters
        assert SECRET not in found.text
        assert found.title.isprintable()
    assert time.monotonic() - began < LIMITS.seconds + 10


def test_a_hundred_megabytes_of_one_line() -> None:
    with pytest.raises(UnreadableFile, match="50,000,000 characters of text \\(the limit 'characters'\\)"):
        read_apart(b"word " * 20_000_000, "line.txt")


@pytest.mark.parametrize(
    ("limits", "limit"), [(Limits(seconds=0.5), "seconds"), (Limits(memory_bytes=400_000_000), "memory_bytes")]
)
def test_the_limits_of_the_process_end_it_and_are_named(limits: Limits, limit: str) -> None:
    data = b"# A heading\n" * 1_000_000
    began = time.monotonic()
    if limit == "memory_bytes":
        apart.end_workers()  # one that has read much has the address space already
        read_apart(b"warm", "a.txt", limits=limits)
    with pytest.raises(UnreadableFile, match=rf"headings\.md: reading it .*\(the limit '{limit}'\)"):
        read_apart(data, "headings.md", limits=limits)
    assert time.monotonic() - began < 30
    assert read_apart("之后照常。".encode(), "next.txt").text == "之后照常。"


def test_a_reader_that_crashes_is_said_and_the_next_file_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    apart.end_workers()
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "__init__.py").write_text("")
    (tmp_path / "index" / "worker.py").write_text("import os\nmain = os.abort\n")
    monkeypatch.setattr(apart, "ROOT", tmp_path)
    with pytest.raises(UnreadableFile, match=r"a\.txt: its reader crashed on it"):
        read_apart(b"text", "a.txt")
    monkeypatch.undo()
    assert read_apart(b"text", "a.txt").text == "text"


def test_a_worker_that_died_before_it_was_asked_is_ended_quietly() -> None:
    worker = apart._Worker()
    worker._process.kill()
    worker._process.wait()
    assert worker._process.stdin is not None and worker._process.stdout is not None
    worker._process.stdin.write(b"not sent yet")  # and cannot be
    worker.end()
    assert worker._process.stdin.closed and worker._process.stdout.closed


def test_a_worker_outlives_the_thread_that_asked_for_it() -> None:
    apart.end_workers()
    asking = threading.Thread(target=read_apart, args=(b"text", "a.txt"))
    asking.start()
    asking.join()
    [worker] = apart._idle
    with pytest.raises(subprocess.TimeoutExpired):
        worker._process.wait(0.5)
    assert read_apart(b"text", "b.txt").text == "text"
    assert apart._idle == [worker]


def test_a_worker_that_something_ended_while_it_waited_takes_no_file_with_it() -> None:
    apart.end_workers()
    read_apart(b"text", "a.txt")
    [worker] = apart._idle
    worker._process.kill()
    worker._process.wait()
    assert read_apart(b"text", "b.txt").text == "text"
    assert worker._process.stdin is not None and worker._process.stdin.closed


def test_a_worker_imports_no_model_and_is_kept() -> None:
    code = (
        "import time\n"
        "from index import apart\n"
        "apart.read_apart(b'text', 'a.txt')\n"
        "[worker] = apart._idle\n"
        "for number in range(50):\n"
        "    apart.read_apart(b'# Title\\n\\nText.', f'{number}.md')\n"
        "assert apart._idle == [worker]\n"
        "maps = open(f'/proc/{worker._process.pid}/maps').read()\n"
        "assert 'torch' not in maps and 'faiss' not in maps\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_workers_end_with_the_process_that_started_them() -> None:
    code = (
        "import os, signal\n"
        "from index import apart\n"
        "apart.read_apart(b'text', 'a.txt')\n"
        "print(apart._idle[0]._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    worker = int(done.stdout)
    for _ in range(100):
        if subprocess.run(["kill", "-0", str(worker)], capture_output=True, check=False).returncode:
            return
        time.sleep(0.05)
    pytest.fail("the worker outlived its parent")
