"""The library over HTTP: the same answers, the same quotes, the same states."""

from __future__ import annotations

import json
import time
from typing import Any

from starlette.testclient import TestClient

from index.local import LocalLibrary
from rag.present import answer_json
from rag.quote import quote
from tests.api.conftest import SALTMARSH, assistant_of, document_id

QUESTION = "How many avocets did the saltmarsh survey count?"
ABSENT = "Who wrote the opera?"


def ask(client: TestClient, **fields: Any) -> dict[str, Any]:
    response = client.post("/api/v1/ask", json={"question": QUESTION, **fields})
    assert response.status_code == 200, response.text
    return dict(response.json())


def finished(client: TestClient, addition: str) -> dict[str, Any]:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = client.get(f"/api/v1/additions/{addition}").json()
        if found["state"] not in ("waiting", "adding"):
            return dict(found)
        time.sleep(0.05)
    raise AssertionError("the addition did not end")


def upload(client: TestClient, name: str, text: str, **fields: str) -> dict[str, Any]:
    files = [("files", (name, text.encode(), "text/markdown"))]
    response = client.post("/api/v1/documents", files=files, data=fields)
    assert response.status_code == 202, response.text
    return finished(client, response.json()["id"])


def test_an_answer_is_what_the_assistant_says(client: TestClient, shelf: LocalLibrary) -> None:
    expected = json.loads(json.dumps(answer_json(assistant_of(shelf).ask(QUESTION))))
    assert ask(client) == expected
    assert expected["answer"] == "412"


def test_a_quote_is_looked_up_by_its_address(client: TestClient, shelf: LocalLibrary) -> None:
    for one in ask(client)["quotes"]:
        found = client.get(f"/api/v1/documents/{one['document']}/quote", params={k: one[k] for k in ("start", "end")})
        assert found.json() == one
        assert one["text"] == shelf.document(one["document"]).text[one["start"] : one["end"]]


def test_a_refusal_is_an_answer_and_no_error(client: TestClient) -> None:
    found = ask(client, question=ABSENT)
    assert (found["found"], found["answer"], found["quotes"]) == (False, None, [])
    assert found["nearest"]


def test_looking_nowhere_finds_nothing_and_looking_in_a_document_only_it(
    client: TestClient, shelf: LocalLibrary
) -> None:
    stations = document_id(shelf, "stations.md")
    assert ask(client, within=[])["nearest"] == []
    assert {one["document"] for one in ask(client, within=[stations])["nearest"]} <= {stations}
    assert client.post("/api/v1/ask", json={"question": QUESTION, "within": ["none"]}).status_code == 404


def test_a_streamed_answer_ends_with_the_whole(client: TestClient) -> None:
    with client.stream("POST", "/api/v1/ask/stream", json={"question": QUESTION}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        blocks = [block for block in "".join(response.iter_text()).split("\n\n") if block.startswith("event")]
    events = [tuple(line.partition(": ")[2] for line in block.splitlines()) for block in blocks]
    names = [name for name, _ in events]
    assert names[0] == "asked" and names[-1] == "answer" and set(names[1:-1]) == {"quote"}
    whole = json.loads(events[-1][1])
    assert whole == ask(client)
    assert [json.loads(data)["quote"] for name, data in events if name == "quote"] == whole["quotes"]


def test_a_stream_says_what_went_wrong(client: TestClient) -> None:
    body = {"question": QUESTION, "within": ["none"]}
    with client.stream("POST", "/api/v1/ask/stream", json=body) as response:
        said = "".join(response.iter_text())
    assert "event: problem" in said and '"status":404' in said


def test_search_gives_passages_in_order(client: TestClient, shelf: LocalLibrary) -> None:
    hits = client.post("/api/v1/search", json={"question": QUESTION, "top_k": 2}).json()["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2]
    for hit in hits:
        assert hit["text"] == shelf.document(hit["document"]).text[hit["start"] : hit["end"]]


def test_all_mentions_are_quotes_of_their_sentences(client: TestClient, shelf: LocalLibrary) -> None:
    found = client.get("/api/v1/mentions", params={"term": "服務工作站"}).json()
    [one] = found["items"]
    document = shelf.document(one["document"])
    assert document.text[one["spans"][0]["start"] : one["spans"][0]["end"]] == "服务工作站"
    assert one["sentences"][0]["text"] == "武汉市共建成中小企业服务工作站1325个。"
    assert one["sentences"][0]["text"] == quote(document, *(one["sentences"][0][key] for key in ("start", "end"))).text


def test_lists_come_in_parts(client: TestClient) -> None:
    first = client.get("/api/v1/documents", params={"limit": 1}).json()
    second = client.get("/api/v1/documents", params={"limit": 1, "offset": first["next"]}).json()
    assert (first["total"], first["next"], second["next"]) == (2, 1, None)
    assert first["items"][0]["id"] != second["items"][0]["id"]


def test_where_files_lie_on_the_server_is_not_said(client: TestClient, shelf: LocalLibrary) -> None:
    said = client.get("/api/v1/documents").text + client.get("/api/v1/files").text
    said += client.get("/api/v1/documents/0000000000000000").text
    assert str(shelf.folder.parent) not in said
    assert client.get("/api/v1/documents").json()["items"][0]["names"] == ["saltmarsh.md"]


def test_a_text_is_read_in_parts_by_code_points(client: TestClient, shelf: LocalLibrary) -> None:
    found = client.get(f"/api/v1/documents/{document_id(shelf, 'stations.md')}/text", params={"start": 2, "end": 5})
    assert found.json()["text"] == "服务站"
    beyond = client.get(f"/api/v1/documents/{document_id(shelf, 'stations.md')}/text", params={"start": 10**6})
    assert beyond.json()["text"] == ""


def test_a_file_is_added_once_replaced_and_removed(client: TestClient, shelf: LocalLibrary) -> None:
    first = upload(client, "notes.md", "The owl has 7 chicks.", collection="Birds")
    assert first["outcomes"][0]["state"] == "added"
    again = upload(client, "notes.md", "The owl has 7 chicks.")
    assert again["outcomes"][0]["state"] == "unchanged"
    owls = document_id(shelf, "notes.md")
    assert [one["id"] for one in client.get("/api/v1/documents?collection=Birds").json()["items"]] == [owls]
    newer = {"file": ("other-name.md", b"The owl has 9 chicks.")}
    replaced = client.put(f"/api/v1/documents/{owls}", files=newer)
    assert finished(client, replaced.json()["id"])["outcomes"][0]["state"] == "replaced"
    assert client.get(f"/api/v1/documents/{owls}").status_code == 404
    [after] = client.get("/api/v1/documents?collection=Birds").json()["items"]
    assert client.get(f"/api/v1/documents/{after['id']}/text").json()["text"] == "The owl has 9 chicks."
    removed = client.delete(f"/api/v1/documents/{after['id']}")
    assert removed.json() == {"removed": after["id"], "without_trace": True}
    assert client.get("/api/v1/documents").json()["total"] == 2


def test_a_file_that_cannot_be_read_says_why(client: TestClient) -> None:
    found = upload(client, "../../etc/passwd.xyz", "\x00\x01")
    assert found["outcomes"][0]["state"] == "failed" and found["outcomes"][0]["reason"]
    assert found["outcomes"][0]["name"] == "passwd.xyz"
    assert [one["state"] for one in client.get("/api/v1/files").json()["items"]].count("failed") == 1


def test_a_document_is_corrected_and_put_into_collections(client: TestClient, shelf: LocalLibrary) -> None:
    place = f"/api/v1/documents/{document_id(shelf, 'saltmarsh.md')}"
    changed = client.patch(place, json={"title": "Marsh", "author": "Maud", "collections": ["Birds", "A/B"]}).json()
    assert (changed["title"], changed["origin"]["author"]) == ("Marsh", "Maud")
    assert changed["collections"] == ["A/B", "Birds"]
    restored = client.patch(place, json={"title": None, "collections": ["Birds"]}).json()
    assert (restored["title"], restored["collections"]) == ("The saltmarsh", ["Birds"])
    assert restored["origin"]["author"] == "Maud"


def test_collections_are_made_renamed_and_dissolved(client: TestClient) -> None:
    assert client.post("/api/v1/collections", json={"name": "年报/2026"}).status_code == 201
    assert client.patch("/api/v1/collections/年报/2026", json={"name": "年报"}).json()["name"] == "年报"
    assert [one["name"] for one in client.get("/api/v1/collections").json()["items"]] == ["年报"]
    assert client.delete("/api/v1/collections/年报").status_code == 204
    assert client.delete("/api/v1/collections/年报").status_code == 404


def test_evidence_is_chosen_noted_moved_and_exported(client: TestClient, shelf: LocalLibrary) -> None:
    document = document_id(shelf, "saltmarsh.md")
    report = client.post("/api/v1/reports", json={"name": "Mine"}).json()["id"]
    start = SALTMARSH.index("The saltmarsh survey")
    entries = [
        client.post(f"/api/v1/reports/{report}/entries", json={"document": document, "start": at, "end": at + 20})
        for at in (start, start + 30)
    ]
    assert [one.status_code for one in entries] == [201, 201]
    second = entries[1].json()["entry"]["id"]
    changed = client.patch(f"/api/v1/reports/{report}/entries/{second}", json={"note": "first", "place": 1}).json()
    assert (changed["entry"]["place"], changed["state"]["kind"]) == (1, "current")
    listed = client.get(f"/api/v1/reports/{report}/entries").json()["items"]
    assert [one["entry"]["id"] for one in listed] == [second, entries[0].json()["entry"]["id"]]
    exported = client.get(f"/api/v1/reports/{report}/export", params={"format": "md", "language": "en"})
    assert listed[0]["entry"]["text"] in exported.text and exported.headers["content-type"].startswith("text/markdown")
    assert client.get(f"/api/v1/reports/{report}/export", params={"format": "docx"}).content[:2] == b"PK"
    assert client.delete(f"/api/v1/reports/{report}/entries/{second}").status_code == 204
    assert client.delete(f"/api/v1/reports/{report}").status_code == 204
    assert client.get(f"/api/v1/reports/{report}").status_code == 404


def test_an_address_beyond_the_text_is_not_there(client: TestClient, shelf: LocalLibrary) -> None:
    document = document_id(shelf, "saltmarsh.md")
    assert client.get(f"/api/v1/documents/{document}/quote?start=5&end=5").status_code == 404
    assert client.get(f"/api/v1/documents/{document}/quote?start=0&end={len(SALTMARSH) + 1}").status_code == 404
    assert client.get(f"/api/v1/documents/{document}/quote?start=0&end={len(SALTMARSH)}").status_code == 200


def test_a_report_is_checked(client: TestClient) -> None:
    good, bad = (
        "“The saltmarsh survey counted 412 avocets in September.”",
        "“The survey counted 421 avocets in September.”",
    )
    checked = client.post("/api/v1/verify", files={"file": ("r.md", f"{good}\n\n{bad}\n".encode())}).json()
    assert [one["verdict"] for one in checked["quotations"]] == ["exact", "altered"]
    assert checked["ok"] is False
    assert client.post("/api/v1/verify/text", json={"text": good}).json()["ok"] is True
    unreadable = client.post("/api/v1/verify", files={"file": ("r.exe", b"MZ")}).json()
    assert "r.exe" in unreadable["unreadable"] and not unreadable["ok"] and checked["unreadable"] is None


def test_every_error_is_a_problem(client: TestClient) -> None:
    cases = [
        client.get("/api/v1/nothing"),
        client.get("/elsewhere"),
        client.delete("/api/v1/ask"),
        client.post("/api/v1/ask", json={"question": " "}),
        client.post("/api/v1/ask", json={"question": "x", "unknown": 1}),
        client.post("/api/v1/ask", content=b"{"),
        client.get("/api/v1/documents/0000000000000000"),
        client.get("/api/v1/reports/99"),
        client.post("/v1/chat/completions", json={"messages": []}),
    ]
    assert [one.status_code for one in cases] == [404, 404, 405, 422, 422, 422, 404, 404, 422]
    for one in cases:
        assert one.headers["content-type"] == "application/problem+json"
        found = one.json()
        assert found["status"] == one.status_code and found["detail"] and found["title"]
    assert cases[-1].json()["error"]["message"]
