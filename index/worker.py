"""The process in which files are read, for `index.apart`: requests on stdin, answers on stdout, a frame each."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import signal
import sys
import warnings
from dataclasses import asdict, astuple
from typing import IO, Any

from index.apart import receive, send
from index.errors import UnreadableFile
from index.limits import Limits
from index.readers import read_source
from index.readers.pdf import page_boxes, page_picture
from index.readers.source import Source
from index.records import Place

GRACE_SECONDS = 10.0  # beyond the limit: then this process ends itself, if nobody is left to end it


def main() -> None:
    """Answer requests until there are no more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints must not print into an answer
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the program that started this one
    _end_with_parent()
    while (request := receive(sys.stdin.buffer)) is not None:
        send(answers, b"p", None, b"")  # so that the time to start is not taken for time to read
        _, asked, data = request
        limits = Limits(**asked.pop("limits"))
        _keep_to(limits.memory_bytes)
        _watch(limits)
        try:
            content, answer = _answer(asked, data, limits, answers)
            send(answers, b"r", content, answer)
        except UnreadableFile as error:
            send(answers, b"e", str(error), b"")
        except MemoryError:
            _keep_to(None)
            send(answers, b"m", None, b"")
        faulthandler.cancel_dump_traceback_later()
        del request, data


def _answer(asked: dict[str, Any], data: bytes, limits: Limits, answers: IO[bytes]) -> tuple[Any, bytes]:
    match asked["do"]:
        case "read":

            def progress() -> None:
                send(answers, b"p", None, b"")
                _watch(limits)

            read = read_source(Source(data, asked["name"], asked["encoding"], limits, progress))
            content = {
                "title": read.title,
                "blocks": [astuple(block) for block in read.blocks],
                "places": [astuple(place) for place in read.places],
                "origin": asdict(read.origin),
                "encoding": read.encoding,
                "notes": read.notes,
            }
            return content, read.text.encode("utf-8")
        case "boxes":
            places = [Place(*place) for place in asked["places"]]
            boxes = page_boxes(data, asked["text"], places, asked["start"], asked["end"])
            return [(found.page, [astuple(area) for area in found.areas]) for found in boxes], b""
        case _:
            return None, page_picture(data, asked["page"], asked["scale"])


def _watch(limits: Limits) -> None:
    """End this process when the limit is long over: whoever should have ended it was ended first."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        faulthandler.dump_traceback_later(limits.seconds + GRACE_SECONDS, exit=True, file=os.dup(nowhere.fileno()))


def _keep_to(memory_bytes: int | None) -> None:
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit; that of time remains
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = hard if memory_bytes is None else memory_bytes
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _end_with_parent() -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
