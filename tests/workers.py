"""What tests need because they run in two processes, and many in one process after the other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")

# Each process looks for free ports from its own first one, so that none is taken between being found and being used.
FIRST_PORT = 17860 + 500 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def run_apart(made: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a coroutine in a thread of its own: where a browser was used, this one's loop goes on running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(made())).result()
