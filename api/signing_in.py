"""Signing in and out: a page of its own without scripts, and the session's cookie."""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from accounts.store import LASTING_SECONDS, Accounts
from accounts.tries import Tries
from api.access import COOKIE, SIGN_IN

_WRONG = "The name or the password is wrong. 用户名或密码不正确。"
_TOO_OFTEN = "Tried too often: wait a quarter of an hour. 尝试次数过多，请一刻钟后再试。"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with none a browser hides from this very site where its form comes from
}
_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>引证 Yinzheng</title>
<style>
:root {{ color-scheme: light dark; font-family: system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif }}
body {{ display: grid; min-height: 90vh; place-items: center; margin: 1rem }}
form {{ display: grid; gap: 1rem; width: min(22rem, 100%) }}
h1 {{ margin: 0 }}
label {{ display: grid; gap: .25rem }}
input, button {{ font: inherit; padding: .6rem; border: 1px solid GrayText; border-radius: .4rem }}
[role=alert] {{ border-left: .25rem solid #b3261e; padding-left: .6rem; margin: 0 }}
</style>
<main>
<form method="post" action="{action}">
<h1>引证 Yinzheng</h1>
{said}
<label>Name 用户名 <input name="name" autocomplete="username" required autofocus maxlength="64"></label>
<label>Password 密码 <input name="password" type="password" autocomplete="current-password" required
maxlength="1024"></label>
<input type="hidden" name="next" value="{then}">
<button>Sign in 登录</button>
</form>
</main>
</html>
"""


def signing_in(accounts: Accounts, tries: Tries) -> APIRouter:
    """The routes of signing in and out of these accounts."""
    router = APIRouter(include_in_schema=False)

    @router.get(SIGN_IN)
    def show(request: Request, then: Annotated[str, Query(alias="next")] = "/") -> HTMLResponse:
        return _page(request, then)

    @router.post(SIGN_IN, response_model=None)
    async def sign_in(
        request: Request,
        name: Annotated[str, Form(max_length=1000)] = "",
        password: Annotated[str, Form(max_length=10_000)] = "",
        then: Annotated[str, Form(alias="next", max_length=2000)] = "/",
    ) -> HTMLResponse | RedirectResponse:
        address = request.client.host if request.client is not None else ""
        if not tries.take(name, address):
            return _page(request, then, _TOO_OFTEN, 429)
        secret = await run_in_threadpool(accounts.sign_in, name, password)
        if secret is None:
            return _page(request, then, _WRONG, 401)
        tries.forget(name, address)
        answer = RedirectResponse(_inside(then), 303)
        answer.set_cookie(
            COOKIE,
            secret,
            max_age=LASTING_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    @router.post("/sign-out")
    def sign_out(request: Request) -> RedirectResponse:
        if COOKIE in request.cookies:
            accounts.sign_out(request.cookies[COOKIE])
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return answer

    return router


def _page(request: Request, then: str, said: str = "", status: int = 200) -> HTMLResponse:
    language = "zh" if request.headers.get("accept-language", "zh").lower().startswith("zh") else "en"
    alert = f'<p role="alert">{escape(said)}</p>' if said else ""
    content = _PAGE.format(language=language, said=alert, action=SIGN_IN, then=escape(_inside(then), quote=True))
    return HTMLResponse(content, status, _HEADERS)


def _inside(then: str) -> str:
    """A path of this server: what leads elsewhere becomes the page's.

    >>> _inside("/?x=1"), _inside("//elsewhere.example/"), _inside("https://elsewhere.example")
    ('/?x=1', '/', '/')
    """
    plain = then.startswith("/") and not then.startswith(("//", "/\\")) and then.isprintable() and "\\" not in then
    return then if plain else "/"
