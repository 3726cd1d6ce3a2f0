"""Conversations of the page over HTTP, each person's own: listed, searched, named, deleted, exported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from api.records import ConversationName, Number, Page
from api.services import First, Given, Most, Reader, part
from page.conversations import export_conversation
from page.evidence_actions import MEDIA_TYPES
from page.kept import Conversations, Listed, opened, own_place

router = APIRouter(prefix="/conversations", tags=["conversations"], dependencies=[Reader])

Format = Literal["md", "docx", "json"]
_Conversation = Annotated[Number, Path(alias="conversation")]


def _mine(services: Given) -> Iterator[Conversations]:
    with opened(own_place(services.library.folder).folder) as mine:
        yield mine


Mine = Annotated[Conversations, Depends(_mine, scope="function")]


@router.get("")
def list_conversations(
    mine: Mine,
    search: Annotated[str, Query(max_length=200, description="words that all are in it")] = "",
    offset: First = 0,
    limit: Most = 50,
) -> Page[Listed]:
    """List your conversations, the latest first."""
    return part(mine.listed(search), offset, limit)


@router.get("/{conversation}")
def see_conversation(number: _Conversation, mine: Mine, services: Given) -> dict[str, Any]:
    """Show a conversation: each question, and what came of it, as it was."""
    import json

    shown: dict[str, Any] = json.loads(export_conversation(mine.kept(number), services.library, "json", "en"))
    return shown


@router.patch("/{conversation}")
def rename_conversation(number: _Conversation, wanted: ConversationName, mine: Mine) -> Listed:
    """Give a conversation another name."""
    mine.rename(number, wanted.name)
    return mine.kept(number).listed


@router.delete("/{conversation}", status_code=204)
def delete_conversation(number: _Conversation, mine: Mine) -> Response:
    """Take a conversation out."""
    mine.delete(number)
    return Response(status_code=204)


@router.get(
    "/{conversation}/export",
    response_class=Response,
    responses={200: {"description": "the file", "content": {MEDIA_TYPES[kind]: {} for kind in ("md", "docx", "json")}}},
)
def export_kept(
    number: _Conversation,
    mine: Mine,
    services: Given,
    form: Annotated[Format, Query(alias="format")] = "md",
    language: Annotated[Literal["zh", "en"], Query(description="of the words around the quotes")] = "zh",
) -> Response:
    """Write a conversation to a file; no quote is altered on the way."""
    data = export_conversation(mine.kept(number), services.library, form, language)
    named = {"Content-Disposition": f'attachment; filename="conversation-{number}.{form}"'}
    return Response(data, media_type=MEDIA_TYPES[form], headers=named)
