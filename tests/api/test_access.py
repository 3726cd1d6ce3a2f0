"""Who may call what: every route and every role, and the ways around it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from accounts.records import ROLES, Role
from accounts.store import FILE_NAME, IDLE_SECONDS, LASTING_SECONDS, Accounts, accounts_folder
from api.access import COOKIE, is_loopback
from api.app import create_app
from api.serving import NoAccounts, accounts_for
from index.local import LocalLibrary
from page.answering import Here
from tests.api.conftest import PASSWORD, assistant_of, document_id
from tests.api.test_api import QUESTION

READ, EDIT, OWN = "reader", "editor", "owner"

# Every route for programs, and the least role that may call it; "" for anyone. A route that is not here fails a test.
WHO: dict[tuple[str, str], str] = {
    ("GET", "/api/openapi.json"): READ,
    ("GET", "/api/v1/status"): READ,
    ("POST", "/api/v1/ask"): READ,
    ("POST", "/api/v1/ask/stream"): READ,
    ("POST", "/api/v1/search"): READ,
    ("GET", "/api/v1/mentions"): READ,
    ("GET", "/api/v1/documents/{document}/quote"): READ,
    ("GET", "/api/v1/documents"): READ,
    ("GET", "/api/v1/files"): READ,
    ("POST", "/api/v1/documents"): EDIT,
    ("PUT", "/api/v1/documents/{document}"): EDIT,
    ("GET", "/api/v1/additions/{addition}"): EDIT,
    ("DELETE", "/api/v1/additions/{addition}"): EDIT,
    ("GET", "/api/v1/documents/{document}"): READ,
    ("GET", "/api/v1/documents/{document}/text"): READ,
    ("PATCH", "/api/v1/documents/{document}"): EDIT,
    ("DELETE", "/api/v1/documents/{document}"): EDIT,
    ("GET", "/api/v1/collections"): READ,
    ("POST", "/api/v1/collections"): EDIT,
    ("PATCH", "/api/v1/collections/{name:path}"): EDIT,
    ("DELETE", "/api/v1/collections/{name:path}"): EDIT,
    ("GET", "/api/v1/reports"): READ,
    ("POST", "/api/v1/reports"): READ,
    ("GET", "/api/v1/reports/{report}"): READ,
    ("PATCH", "/api/v1/reports/{report}"): READ,
    ("DELETE", "/api/v1/reports/{report}"): READ,
    ("GET", "/api/v1/reports/{report}/entries"): READ,
    ("POST", "/api/v1/reports/{report}/entries"): READ,
    ("PATCH", "/api/v1/reports/{report}/entries/{entry}"): READ,
    ("DELETE", "/api/v1/reports/{report}/entries/{entry}"): READ,
    ("GET", "/api/v1/reports/{report}/export"): READ,
    ("GET", "/api/v1/conversations"): READ,
    ("GET", "/api/v1/conversations/{conversation}"): READ,
    ("PATCH", "/api/v1/conversations/{conversation}"): READ,
    ("DELETE", "/api/v1/conversations/{conversation}"): READ,
    ("GET", "/api/v1/conversations/{conversation}/export"): READ,
    ("POST", "/api/v1/feedback"): READ,
    ("POST", "/api/v1/verify"): READ,
    ("POST", "/api/v1/verify/text"): READ,
    ("GET", "/api/v1/me"): READ,
    ("GET", "/api/v1/tokens"): READ,
    ("POST", "/api/v1/tokens"): READ,
    ("DELETE", "/api/v1/tokens/{token}"): READ,
    ("GET", "/api/v1/audit"): OWN,
    ("GET", "/v1/models"): READ,
    ("POST", "/v1/chat/completions"): READ,
    ("POST", "/v1/embeddings"): READ,
    ("POST", "/mcp"): READ,
    ("GET", "/metrics"): OWN,
    ("GET", "/health"): "",
    ("GET", "/sign-in"): "",
    ("POST", "/sign-in"): "",
    ("POST", "/sign-out"): READ,
}

Enter = Callable[..., TestClient]


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    found = set()
    for route in iter_route_contexts(app.state.programs.routes):
        methods = route.methods or {"POST"}  # that of MCP names none
        found |= {(method, str(route.path)) for method in methods - {"HEAD", "OPTIONS"}}
    return found


@pytest.fixture
def enter(guarded: FastAPI, accounts: Accounts) -> Iterator[Enter]:
    """A program with a token of somebody, or nobody, on the server with accounts."""
    with TestClient(guarded, base_url="http://testserver", follow_redirects=False) as running:

        def client(name: str = "", scope: Role = "owner") -> TestClient:
            headers = {"Authorization": f"Bearer {accounts.add_token(name, 't', scope)[1]}"} if name else {}
            entered = TestClient(guarded, base_url="http://testserver", headers=headers, follow_redirects=False)
            entered.portal = running.portal  # one event loop for all, in which the server has started
            return entered

        yield client


def sign_in(client: TestClient, name: str, password: str = PASSWORD, **headers: str) -> Any:
    return client.post("/sign-in", data={"name": name, "password": password, "next": "/"}, headers=headers)


def test_the_table_has_every_route(guarded: FastAPI) -> None:
    assert routes_of(guarded) == set(WHO)


def test_every_route_for_every_role(enter: Enter) -> None:
    people = {role: enter(role) for role in ("", *ROLES)}
    for (method, path), needed in WHO.items():
        if (method, path) == ("POST", "/sign-in"):
            continue  # has tests of its own
        filled = re.sub(r"\{(\w+)[^}]*\}", lambda one: "0" * 16 if one[1] == "document" else "7", path)
        body: dict[str, Any] = {} if method in ("GET", "DELETE") else {"json": {}}
        for role, client in people.items():
            status = client.request(method, filled, **body).status_code
            where = (method, path, role, status)
            assert (status == 401) == (role == "" and needed != ""), where
            enough = needed == "" or (role != "" and ROLES.index(role) >= ROLES.index(needed))
            assert (status == 403) == (role != "" and not enough), where
            assert status < 500, where


def test_a_token_does_no_more_than_its_scope_and_no_more_than_its_person(enter: Enter, shelf: LocalLibrary) -> None:
    place = f"/api/v1/documents/{document_id(shelf, 'stations.md')}"
    assert enter("owner", "reader").delete(place).status_code == 403
    assert enter("reader", "owner").delete(place).status_code == 403
    assert enter("editor", "owner").get("/api/v1/audit").status_code == 403
    made = enter("editor", "reader").post("/api/v1/tokens", json={"name": "more", "scope": "owner"}).json()
    assert made["token"]["scope"] == "reader"
    assert enter("editor", "editor").delete(place).status_code == 200


def test_a_token_ends_when_it_is_revoked_or_old_or_its_person_is_gone(shelf: LocalLibrary) -> None:
    now = [1_800_000_000.0]
    accounts = Accounts(accounts_folder(shelf.folder), lambda: now[0])
    accounts.add("an", PASSWORD, "reader")
    first, one = accounts.add_token("an", "", "reader")
    _, two = accounts.add_token("an", "", "reader", days=1)
    _, three = accounts.add_token("an", "", "reader")
    assert all(map(accounts.with_token, (one, two, three)))
    accounts.revoke(first.id)
    now[0] += 24 * 3600 + 1
    assert [accounts.with_token(each) is not None for each in (one, two, three)] == [False, False, True]
    accounts.remove("an")
    assert accounts.with_token(three) is None


def test_sessions_end(shelf: LocalLibrary) -> None:
    now = [1_800_000_000.0]
    accounts = Accounts(accounts_folder(shelf.folder), lambda: now[0])
    accounts.add("an", PASSWORD, "reader")
    idle, used = (accounts.sign_in("An", PASSWORD) or "" for _ in range(2))
    until = now[0] + LASTING_SECONDS
    while now[0] < until:
        assert accounts.in_session(used)
        now[0] += IDLE_SECONDS - 1
    assert accounts.in_session(used) is None and accounts.in_session(idle) is None
    again = accounts.sign_in("an", PASSWORD) or ""
    assert accounts.in_session(again)
    accounts.set_password("an", PASSWORD + "!")
    assert accounts.in_session(again) is None


def test_signing_in_and_out(enter: Enter) -> None:
    browser = enter()
    turned = browser.get("/", headers={"Accept": "text/html"})
    assert (turned.status_code, turned.headers["location"]) == (303, "/sign-in?next=/")
    answer = sign_in(browser, "reader")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie
    assert browser.get("/api/v1/me").json() == {"name": "reader", "role": "reader"}
    kept = browser.cookies[COOKIE]
    browser.post("/sign-out")
    assert enter().get("/api/v1/me", headers={"Cookie": f"{COOKIE}={kept}"}).status_code == 401


def test_signing_in_leads_nowhere_else(enter: Enter) -> None:
    for then in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y"):
        answer = enter().post("/sign-in", data={"name": "reader", "password": PASSWORD, "next": then})
        assert answer.headers["location"] == "/", then
    shown = enter().get("/sign-in", params={"next": '/"><script>alert(1)</script>'}).text
    assert "<script>" not in shown


def test_guessing_is_limited_and_names_are_not_told(enter: Enter) -> None:
    known = [sign_in(enter(), "reader", "wrong password").status_code for _ in range(6)]
    unknown = [sign_in(enter(), "nobody", "wrong password").status_code for _ in range(6)]
    assert known == unknown == [401] * 5 + [429]
    assert sign_in(enter(), "reader").status_code == 429  # also with the right one, for a while
    assert sign_in(enter(), "editor").status_code == 303
    texts = {sign_in(enter(), name, "wrong password").text for name in ("owner", "somebody")}
    assert len(texts) == 1


def test_an_unknown_name_takes_as_long_as_a_wrong_password(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    asked = []
    verify = PasswordHasher.verify

    def counted(*given: Any) -> Any:
        asked.append(1)
        return verify(*given)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for name in ("reader", "nobody", " "):
        assert accounts.sign_in(name, "wrong password") is None
    assert len(asked) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://testserver.evil.example"},
    ],
)
def test_another_site_cannot_ask_in_a_person_s_name(enter: Enter, shelf: LocalLibrary, headers: dict[str, str]) -> None:
    browser = enter()
    sign_in(browser, "owner")
    place = f"/api/v1/documents/{document_id(shelf, 'stations.md')}"
    assert browser.delete(place, headers=headers).status_code == 403
    assert browser.post("/sign-out", headers=headers).status_code == 403
    assert sign_in(enter(), "owner", **headers).status_code == 403
    assert browser.delete(place, headers={"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}).is_success


def test_without_accounts_no_other_site_and_no_other_name_reaches_it(client: TestClient) -> None:
    body = {"question": QUESTION}
    assert client.post("/api/v1/ask", json=body).status_code == 200
    assert client.post("/api/v1/ask", json=body, headers={"Origin": "http://evil.example"}).status_code == 403
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example@127.0.0.1", ""):
        assert client.get("/api/v1/status", headers={"Host": host}).status_code == 421
    for host in ("127.0.0.1:7860", "localhost", "[::1]:7860"):
        assert client.get("/api/v1/status", headers={"Host": host}).status_code == 200


def test_a_person_s_evidence_is_theirs(enter: Enter) -> None:
    mine, yours = enter("reader"), enter("owner")
    made = mine.post("/api/v1/reports", json={"name": "Mine"}).json()["id"]
    assert yours.get("/api/v1/reports").json()["total"] == 0
    for call in (yours.get, yours.delete):
        assert call(f"/api/v1/reports/{made}").status_code == 404
    assert yours.patch(f"/api/v1/reports/{made}", json={"name": "Yours"}).status_code == 404
    assert mine.get(f"/api/v1/reports/{made}").json()["name"] == "Mine"


def test_a_person_s_tokens_are_theirs(enter: Enter) -> None:
    made = enter("reader").post("/api/v1/tokens", json={"name": "mine"}).json()["token"]["id"]
    assert enter("owner").delete(f"/api/v1/tokens/{made}").status_code == 404
    assert enter("reader").delete(f"/api/v1/tokens/{made}").status_code == 204


def test_every_change_of_the_library_is_in_the_audit_log(enter: Enter, shelf: LocalLibrary) -> None:
    editor, document = enter("editor"), document_id(shelf, "stations.md")
    editor.post("/api/v1/documents", files=[("files", ("owls.md", b"Seven secret owls."))])
    editor.patch(f"/api/v1/documents/{document}", json={"title": "Secret title", "collections": ["A"]})
    editor.patch("/api/v1/collections/A", json={"name": "B"})
    editor.delete("/api/v1/collections/B")
    editor.post("/api/v1/collections", json={"name": "C"})
    editor.delete(f"/api/v1/documents/{document}")
    log = enter("owner").get("/api/v1/audit").json()["items"]
    assert [one["action"] for one in log if one["person"] == "editor"][::-1] == [
        "document.add",
        "document.edit",
        "document.collections",
        "collection.rename",
        "collection.remove",
        "collection.add",
        "document.remove",
    ]
    assert "ecret" not in str(log)


def test_secrets_are_kept_hashed_and_never_logged(
    enter: Enter, accounts: Accounts, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = enter("owner")
    made = client.post("/api/v1/tokens", json={"name": "kept"}).json()["secret"]
    enter().get("/api/v1/me", headers={"Authorization": f"Bearer {made}"})
    browser = enter()
    sign_in(browser, "owner")
    secrets = [made, client.headers["Authorization"].split()[1], browser.cookies[COOKIE], PASSWORD]
    kept = (accounts.folder / FILE_NAME).read_bytes()
    said = caplog.text + client.get("/api/v1/audit").text + client.get("/api/v1/tokens").text
    for secret in secrets:
        assert secret.encode() not in kept and secret not in said
    assert (accounts.folder / FILE_NAME).stat().st_mode & 0o077 == 0


def test_paths_lead_to_no_file(enter: Enter) -> None:
    owner = enter("owner")
    for path in ("/api/v1/documents/..%2f..%2fetc%2fpasswd/text", "/api/v1/../../etc/passwd", "/v1/%2e%2e/ui.py"):
        assert owner.get(path).status_code in (404, 422)
    report = owner.post("/api/v1/reports", json={"name": "x"}).json()["id"]
    for style in ("/etc/passwd.csl", "../../x.csl", "x.csl", "..%2fapa"):
        assert owner.get(f"/api/v1/reports/{report}/export", params={"style": style}).status_code == 422


def test_a_request_that_is_too_large_ends_early(client: TestClient) -> None:
    large = b" " * (5 * 2**20)
    assert client.post("/api/v1/ask", content=large).status_code == 413
    parts = (large[: 2**20] for _ in range(5))  # without saying beforehand how much will come
    assert client.post("/api/v1/ask", content=parts).status_code == 413


def test_an_archive_that_unpacks_too_large_is_refused(client: TestClient) -> None:
    import io
    import zipfile

    from tests.api.test_api import finished

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(600):
            part.write(b"\0" * 10**6)
    sent = client.post("/api/v1/documents", files=[("files", ("bomb.docx", packed.getvalue()))])
    outcome = finished(client, sent.json()["id"])["outcomes"][0]
    assert outcome["state"] == "failed" and "unpacked_bytes" in outcome["reason"]
    checked = client.post("/api/v1/verify", files={"file": ("bomb.docx", packed.getvalue())}).json()
    assert "bomb.docx" in checked["unreadable"]


def test_serving_others_takes_accounts_unless_waived(shelf: LocalLibrary, accounts: Accounts) -> None:
    assert accounts_for(shelf.folder, "0.0.0.0", False) is not None
    assert accounts_for(shelf.folder, "127.0.0.1", False) is not None  # also here: a proxy may stand before it
    for name in ("reader", "editor", "owner"):
        accounts.remove(name)
    assert accounts_for(shelf.folder, "127.0.0.1", False) is None
    assert accounts_for(shelf.folder, "0.0.0.0", True) is None
    for host in ("0.0.0.0", "192.168.1.5", "::", "library.example"):
        assert not is_loopback(host)
        with pytest.raises(NoAccounts, match="--open"):
            accounts_for(shelf.folder, host, False)


def test_the_server_without_accounts_keeps_no_log_of_changes(client: TestClient, shelf: LocalLibrary) -> None:
    client.delete(f"/api/v1/documents/{document_id(shelf, 'stations.md')}")
    assert not accounts_folder(shelf.folder).exists()
    assert client.get("/api/v1/audit").status_code == 404


def test_the_page_is_behind_the_same_door(shelf: LocalLibrary, accounts: Accounts) -> None:
    app = create_app(Here(assistant_of(shelf)), accounts, None)
    with TestClient(app, follow_redirects=False) as nobody:
        assert nobody.get("/gradio_api/info").status_code == 401
        assert nobody.post("/gradio_api/upload").status_code == 401
        reader = accounts.add_token("reader", "", "reader")[1]
        assert nobody.post("/gradio_api/upload", headers={"Authorization": f"Bearer {reader}"}).status_code == 403
