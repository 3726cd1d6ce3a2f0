"""Collections over HTTP. Which documents are in one is said of the document (PATCH /documents/{document})."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from accounts.who import note
from api.records import CollectionName, Collections, Line
from api.services import Editor, First, Given, Most, Reader, part
from index.collections import Collection, collect, collections, dissolve, rename_collection

router = APIRouter(prefix="/collections", tags=["collections"])

Name = Annotated[Line, Path(examples=["年报"])]


@router.get("", dependencies=[Reader])
def list_collections(services: Given, offset: First = 0, limit: Most = 50) -> Collections:
    """List the collections by name, also empty ones."""
    found = part(collections(services.library), offset, limit)
    return Collections(**found.model_dump())


@router.post("", status_code=201, dependencies=[Editor])
def make_collection(wanted: CollectionName, services: Given) -> Collection:
    """Make a collection; nothing changes where there is one of that name."""
    name = wanted.name.strip()
    collect(services.library, name, [])
    note("collection.add", name)
    return next(one for one in collections(services.library) if one.name == name)


@router.patch("/{name:path}", dependencies=[Editor])
def rename(name: Name, wanted: CollectionName, services: Given) -> Collection:
    """Give a collection another name."""
    new = wanted.name.strip()
    rename_collection(services.library, name, new)
    note("collection.rename", name, new)
    return next(one for one in collections(services.library) if one.name == new)


@router.delete("/{name:path}", status_code=204, dependencies=[Editor])
def delete(name: Name, services: Given) -> Response:
    """Let there be no such collection any more; its documents stay."""
    dissolve(services.library, name)
    note("collection.remove", name)
    return Response(status_code=204)
