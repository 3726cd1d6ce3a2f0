"""Conversations and feedback over HTTP; and two people at one page, who see nothing of each other's."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient

from accounts.store import Accounts
from api.app import create_app
from api.watched import Watched
from index.local import LocalLibrary
from page.answering import Here
from page.conversation import Turn
from page.judged import judgements
from page.kept import opened, own_place
from rag.records import Answer
from tests.api.conftest import PASSWORD, assistant_of, serving
from tests.page.conftest import ask
from tests.workers import run_apart
from ui import build

QUESTION = "How many avocets did the saltmarsh survey count?"


def test_a_conversation_is_listed_shown_named_exported_and_deleted(client: TestClient, shelf: LocalLibrary) -> None:
    result = assistant_of(shelf).ask(QUESTION)
    place = own_place(shelf.folder)
    with opened(place.folder) as mine:
        number = mine.save(place, (Turn(QUESTION, "answered", result=result, asked=QUESTION),), shelf).id
    [listed] = client.get("/api/v1/conversations", params={"search": "avocets"}).json()["items"]
    assert (listed["id"], listed["name"], listed["questions"]) == (number, QUESTION, 1)
    assert client.get("/api/v1/conversations", params={"search": "penguins"}).json()["total"] == 0
    path = f"/api/v1/conversations/{number}"
    assert client.get(path).json()["turns"][0]["result"]["findings"][0]["text"] == "412"
    assert client.patch(path, json={"name": "birds"}).json()["name"] == "birds"
    exported = client.get(f"{path}/export", params={"format": "md", "language": "en"})
    assert "> The saltmarsh survey counted 412 avocets in September" in exported.text
    assert client.delete(path).status_code == 204
    for missing in (client.get(path), client.delete(path), client.get(f"{path}/export")):
        assert missing.status_code == 404
        assert missing.json()["detail"].startswith(f"there is no conversation {number}")


def test_feedback_is_kept_with_what_is_found(client: TestClient, shelf: LocalLibrary) -> None:
    said = {"question": QUESTION, "verdict": "wrong", "reason": "quote", "words": "too short"}
    assert client.post("/api/v1/feedback", json=said).status_code == 201
    assert client.post("/api/v1/feedback", json={**said, "reason": "because"}).status_code == 422
    [kept] = judgements(shelf.folder)
    assert (kept.verdict, kept.reason, kept.words, kept.question) == ("wrong", "quote", "too short", QUESTION)
    expected = assistant_of(shelf).ask(QUESTION)
    assert isinstance(expected, Answer)
    assert [quote["text"] for quote in kept.result["quotes"]] == [quote.text for quote in expected.quotes]


@pytest.fixture
def whole(shelf: LocalLibrary, accounts: Accounts) -> FastAPI:
    """The page and the API with accounts, as they are served."""

    async def made() -> FastAPI:  # where no loop runs Gradio makes one, and never closes it
        answering = Watched(Here(assistant_of(shelf)))
        return create_app(answering, accounts, None, build(answering))

    return run_apart(made)


def test_two_people_see_nothing_of_each_other_s(whole: FastAPI, shelf: LocalLibrary, chromium: Browser) -> None:
    with serving(whole) as address:
        pages = {}
        for name in ("reader", "owner"):
            page = chromium.new_context(locale="en-US").new_page()
            page.goto(address)
            page.fill("[name=name]", name)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_selector("#conversation .welcome")
            pages[name] = page
        ask(pages["reader"], QUESTION)
        pages["reader"].locator("[data-judge=right]").click()
        expect(pages["reader"].locator(".judged")).to_be_visible()
        for name, count in (("reader", 1), ("owner", 0)):
            pages[name].click("#view-conversations")
            expect(pages[name].locator(".conversations .none")).to_have_count(1 - count)
            expect(pages[name].locator(".conversations li")).to_have_count(count)
        pages["reader"].wait_for_timeout(300)
        # Another's number opens nothing.
        pages["reader"].locator("[data-do=open]").click()
        expect(pages["reader"].locator(".turn .answer")).to_be_visible()
        for page in pages.values():
            page.context.close()
    [said] = judgements(shelf.folder)
    assert (said.person, said.verdict) == ("reader", "right")
