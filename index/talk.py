"""What commands say while they work: on stderr, so that stdout stays data."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from index.errors import YinzhengError

if TYPE_CHECKING:
    from index.ingest import Step

EXIT_FOUND, EXIT_NOT_FOUND, EXIT_ERROR = 0, 1, 2


def say(message: str) -> None:
    """A line for the person at the terminal."""
    print(message, file=sys.stderr, flush=True)


def print_json(content: Any) -> None:
    """One JSON value on one line of stdout, as it is ready."""
    print(json.dumps(content, ensure_ascii=False), flush=True)


class Counter:
    """Progress of one long step: a count, a share and an estimate, at most every two seconds."""

    EVERY_SECONDS = 2.0

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = self._said = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Report that `done` of `total` are done."""
        now = time.monotonic()
        if now - self._said < self.EVERY_SECONDS or done == 0:
            return
        self._said = now
        left = (now - self._began) / done * (total - done)
        say(f"  {self._what}: {done} of {total}, about {left:.0f} s left / 约剩 {left:.0f} 秒")


class FileCounter:
    """Progress of many files: counts, and an estimate from the share that is done, at most every two seconds."""

    def __init__(self) -> None:
        self._began = self._said = time.monotonic()

    def __call__(self, step: Step) -> None:
        """Report a step."""
        now = time.monotonic()
        if now - self._said < Counter.EVERY_SECONDS:
            return
        self._said = now
        line = f"  {step.number} of {step.files} files / 个文件, {step.path.name}"
        if step.passages:
            line += f": {step.done} of {step.passages} passages / 段落"
        if step.share > 0:
            left = (now - self._began) / step.share * (1 - step.share)
            line += f", about {left:.0f} s left / 约剩 {left:.0f} 秒"
        say(line)


def run_command(command: Callable[[], int]) -> int:
    """Run a command; an expected error becomes one line on stderr and exit code 2."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # texts in any language, also where the locale is C
            reconfigure(encoding="utf-8", errors="surrogateescape" if stream is sys.stdin else "backslashreplace")
    try:
        return command()
    except YinzhengError as error:
        say(f"error / 错误: {error}")
        return EXIT_ERROR
    except KeyboardInterrupt:
        say("interrupted / 已中断")
        return EXIT_ERROR
