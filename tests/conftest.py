"""What tests share: the real model and the real article, loaded once."""

from __future__ import annotations

import os

# Before any model library is imported: nothing may be looked for on a network.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from index.embed import Embedder, load_embedder
from index.ingest import add_file
from index.local import LocalLibrary, create_library
from rag.answer import Assistant, open_assistant
from tests.browser import CHROMIUM, FLAGS
from tests.fakes import TermEmbedder
from tests.milvus_lite import MilvusLite

ROOT = Path(__file__).parent.parent
ARTICLE = ROOT / "articles" / "wuhan-small-firms.md"

settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("project")


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The default model, really."""
    return load_embedder()


@pytest.fixture(scope="session")
def article_folder(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library's folder with the article in it. Only to be read."""
    folder = tmp_path_factory.mktemp("article-library")
    library = create_library(folder, embedder.name, embedder.fingerprint, embedder.dimension)
    assert add_file(library, embedder, ARTICLE).state == "added"
    library.close()
    return folder


@pytest.fixture(scope="session")
def assistant(article_folder: Path) -> Assistant:
    """The assistant on the article."""
    return open_assistant(article_folder)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of this process: Playwright allows no second."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusLite]:
    """A server for libraries in Milvus."""
    server = MilvusLite(tmp_path_factory.mktemp("milvus"))
    yield server
    server.stop()


@pytest.fixture
def fake() -> TermEmbedder:
    """A fast embedder for tests of storing and finding."""
    return TermEmbedder()


@pytest.fixture
def library(tmp_path: Path, fake: TermEmbedder) -> LocalLibrary:
    """An empty library for the fast embedder."""
    return create_library(tmp_path / "library", fake.name, fake.fingerprint, fake.dimension)
