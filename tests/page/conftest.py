"""A real browser on the real page: the default model, FAISS, the article, and two documents made here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page

from index.embed import Embedder
from index.ingest import add_file
from index.local import create_library
from page.answering import Answering
from page.look import look
from rag.answer import Assistant, open_assistant
from rag.judge import Calibration
from rag.records import Answer, NotFound
from rag.written.model import LanguageModel
from tests.conftest import ARTICLE
from tests.fakes import with_threshold
from tests.workers import FIRST_PORT
from ui import build, free_port

ARTIFACTS = Path(__file__).parent.parent.parent / "artifacts"
TITLE = "Saltmarsh <b>report</b> & $x$"
HOSTILE_TEXT = (
    f"# {TITLE}\r\n\r\n"
    "## Findings <img src=x onerror=alert(2)>\r\n\r\n"
    "The saltmarsh survey counted 412 avocets <script>alert(1)</script> in **September**,\r\n"
    "and <img src=x onerror=alert(1)> see [the register](javascript:alert(1)) for $\\frac{1}{2}$ "
    "and ${7*7} {{value}}.\r\n\r\n"
    'The warden of the saltmarsh is called Maud Pettigrew-O\'Hara & "Sons".\r\n'
)


@dataclass
class Seen:
    """What a page did besides showing itself."""

    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


class Gated:
    """An assistant whose loading and answering go on when a test says so."""

    def __init__(self, assistant: Assistant) -> None:
        self.library = assistant.library
        self.loaded, self.answers = threading.Event(), threading.Event()
        self._assistant = assistant

    @property
    def ready(self) -> bool:
        return self.loaded.is_set()

    @property
    def calibration(self) -> Calibration | None:
        return self._assistant.calibration if self.ready else None

    @property
    def embedder(self) -> Embedder:
        return self._assistant.embedder

    def wait(self) -> None:
        self.loaded.wait(30)

    def ask(
        self, question: str, threshold: float | None = None, within: Sequence[str] | None = None
    ) -> Answer | NotFound:
        self.answers.wait(30)
        return self._assistant.ask(question, threshold, within)

    def supports(self, claim: str, texts: Sequence[str]) -> Sequence[bool]:
        return self._assistant.supports(claim, texts)


OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def page_assistant(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant on the article and a document full of markup with CRLF line ends."""
    folder = tmp_path_factory.mktemp("page")
    hostile = folder / "saltmarsh.md"
    hostile.write_bytes(HOSTILE_TEXT.encode())
    library = create_library(folder / "library", embedder.name, embedder.fingerprint, embedder.dimension)
    for path in (ARTICLE, hostile):
        assert add_file(library, embedder, path).state == "added"
    library.close()
    return open_assistant(folder / "library")


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Serves a page over an assistant, with a language model where one is given; gives its address."""
    served = []

    def start(assistant: Assistant | Answering, model: LanguageModel | None = None) -> str:
        blocks = build(assistant, model)
        port = free_port("127.0.0.1", FIRST_PORT)
        _, url, _ = blocks.launch(
            server_name="127.0.0.1", server_port=port, prevent_thread_lock=True, quiet=True, **look()
        )
        served.append(blocks)
        return str(url)

    yield start
    for blocks in served:
        blocks.close(verbose=False)


@pytest.fixture(scope="session")
def url(page_assistant: Assistant, serve: Callable[..., str]) -> str:
    """The page as it is served to people."""
    return serve(page_assistant)


@pytest.fixture(scope="session")
def answering_url(page_assistant: Assistant, serve: Callable[..., str]) -> str:
    """The page over an assistant that always answers, so that a test of citations is not one of refusing."""
    return serve(with_threshold(page_assistant, 0.0))


@pytest.fixture(scope="session")
def refusing_url(page_assistant: Assistant, serve: Callable[..., str]) -> str:
    """The page over an assistant that never answers."""
    return serve(with_threshold(page_assistant, 1.01))


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Opens an address as a browser of some language, width and colour scheme.

    Afterwards nothing may have gone wrong in the page: no error in the console, no dialog, and
    no request to another host.
    """
    contexts = []
    seen = Seen()

    def dismiss(dialog: Dialog) -> None:
        seen.dialogs.append(dialog.message)
        dialog.dismiss()

    def start(address: str, locale: str = "zh-CN", width: int = 1366, scheme: str = "light") -> Page:
        context = chromium.new_context(
            locale=locale,
            viewport={"width": width, "height": 860},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("dialog", dismiss)
        page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname or ""))
        page.on("websocket", lambda socket: seen.hosts.add(urlsplit(socket.url).hostname or ""))
        page.goto(address)
        page.wait_for_selector("#conversation .welcome")
        return page

    yield start
    for context in contexts:
        context.close()
    assert seen.errors == []
    assert seen.dialogs == []
    assert seen.hosts <= {"127.0.0.1", ""}  # data: addresses have no host


def ask(page: Page, question: str) -> None:
    """Type a question, press Enter, and wait for what comes of it."""
    before = page.locator(".turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f".turn:nth-child({before + 1}) :is(.answer, .not-found, .failed)")


def marked(page: Page) -> str:
    """The highlighted text of the open document."""
    page.wait_for_selector("#document .document[data-state=verified] mark")
    texts: list[str] = page.locator("#document mark").evaluate_all("marks => marks.map(mark => mark.textContent)")
    return "".join(texts)


def picture(page: Page, name: str) -> None:
    """Keep a screenshot among the run's artefacts."""
    ARTIFACTS.mkdir(exist_ok=True)
    page.wait_for_timeout(400)  # smooth scrolling comes to rest
    page.screenshot(path=ARTIFACTS / f"{name}.png")
