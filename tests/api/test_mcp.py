"""The official MCP client: over HTTP to a server on a real port, and over stdio to a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from mcp import Client, StdioServerParameters

from index.local import LocalLibrary
from tests.api.conftest import serving
from tests.api.test_api import ABSENT, QUESTION
from tests.conftest import ROOT
from tests.workers import run_apart

TOOLS = {"ask", "search", "all_mentions", "get_quote", "verify_text"}


def with_client(server: Any, work: Callable[[Client], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Client(server, read_timeout_seconds=60) as client:
            await work(client)

    run_apart(run)


async def called(client: Client, tool: str, **given: Any) -> Any:
    result = await client.call_tool(tool, given)
    assert not result.is_error, result.content
    return result.structured_content


def test_every_tool_over_http(app: FastAPI, shelf: LocalLibrary) -> None:
    def stands(one: dict[str, Any]) -> bool:
        name, _, span = one["address"].rpartition(":")
        start, _, end = span.partition("-")
        return bool(shelf.document(name).text[int(start) : int(end)] == one["text"])

    async def work(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == TOOLS
        for tool in tools.values():
            assert tool.description and len(tool.description) > 60
            assert all("description" in one for one in tool.input_schema["properties"].values()), tool.name
        assert client.instructions is not None and "get_quote" in client.instructions

        found = await called(client, "ask", question=QUESTION)
        assert found["found"] and found["answers"][0]["text"] == "412"
        cited = found["quotes"][found["answers"][0]["citations"][0] - 1]
        assert "412" in cited["text"] and all(map(stands, found["quotes"] + found["nearest"]))

        absent = await called(client, "ask", question=ABSENT)
        assert not absent["found"] and not absent["quotes"]

        passages = (await called(client, "search", query="avocets", top_k=2))["result"]
        assert len(passages) == 2 and all(map(stands, passages))

        mentions = await called(client, "all_mentions", term="服務工作站")
        assert mentions["total"] == 1 and all(map(stands, mentions["sentences"]))

        again = await called(client, "get_quote", address=cited["address"])
        assert again == cited
        wider = await called(client, "get_quote", address=cited["address"], context=20)
        assert cited["text"] in wider["text"] and stands(wider) and len(wider["text"]) > len(cited["text"])

        text = f"He said “{cited['text']}” and “The survey counted 421 avocets in September.”"
        checked = await called(client, "verify_text", text=text)
        assert [one["ok"] for one in checked["quotations"]] == [True, False] and not checked["ok"]
        assert stands(checked["quotations"][1]["source"])

    with serving(app) as url:
        with_client(f"{url}/mcp", work)


def test_what_cannot_be_done_is_told_to_the_model(app: FastAPI) -> None:
    async def work(client: Client) -> None:
        for tool, given in (
            ("ask", {"question": " "}),
            ("ask", {"question": "x", "within": ["nowhere"]}),
            ("get_quote", {"address": "here"}),
            ("get_quote", {"address": "0000000000000000:0-5"}),
        ):
            result = await client.call_tool(tool, given)
            assert result.is_error and len(getattr(result.content[0], "text", "")) > 20

    with serving(app) as url:
        with_client(f"{url}/mcp", work)


def test_over_stdio_with_the_real_models(article_folder: Path) -> None:
    async def work(client: Client) -> None:
        found = await called(client, "ask", question="光谷东智从成立到投产用了多长时间？")
        assert found["answers"][0]["text"] == "6个月"

    command = ["-m", "api", "mcp", "--library", str(article_folder)]
    with_client(StdioServerParameters(command=sys.executable, args=command, cwd=ROOT, env={"PYTHONPATH": "."}), work)
