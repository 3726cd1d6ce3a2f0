"""The three collections that a library is in Milvus, and their rows.

NAME_rows     what there is: a row for the library, each document, each name it has, each collection, each file's state
NAME_texts    the documents' texts with their sentences, and the files of pictured ones, deflated, in pieces
NAME_passages the passages: text, vector, and the weights of its terms

A document is there when its row says `shown`. Rows of one call appear together, as all of NAME_rows go through one
channel (`num_shards=1`): so a document appears, or takes another's place, in one step, after all else of it is in.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from pymilvus import DataType, MilvusClient

from index.bm25 import weight
from index.milvus.server import Row, Server
from index.places import MilvusAddress
from index.records import Document
from index.split import PassageSpan
from index.store import short_digest
from index.terms import code, terms
from index.vectors import Matrix

ROWS, TEXTS, PASSAGES = TABLES = "rows", "texts", "passages"
PIECE = 60_000  # characters, of the 65,535 bytes that Milvus takes
USUAL_TERMS = 147  # a passage has, over 100,000 passages in four languages; BM25 asks for an average that is known
_DIMENSIONS = 2**32 - 2  # of a sparse vector; 0 is kept for a passage without a term
_NOTHING = [0.0, 0.0]  # Milvus wants a vector in every row
_LONGEST_TEXT = 65_535  # bytes
_MOST_TERMS = 4096  # of one passage, which has some hundreds


def connected(address: MilvusAddress) -> Server:
    """The server of a library. Raises LibraryUnreachable."""
    return Server(address, [f"{address.name}_{table}" for table in TABLES])


def create(server: Server, name: str, dimension: int) -> None:
    """Make the collections that are not there."""
    for table, schema in ((ROWS, _rows()), (TEXTS, _texts()), (PASSAGES, _passages(dimension))):
        if server.has(f"{name}_{table}"):
            continue
        index = server.client.prepare_index_params()
        if table == PASSAGES:
            index.add_index("vector", index_type="AUTOINDEX", metric_type="IP")
            index.add_index("terms", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        else:
            index.add_index("nothing", index_type="FLAT", metric_type="L2")
        server.create(f"{name}_{table}", schema, index)


def _schema() -> Any:
    return MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)


def _rows() -> Any:
    schema = _schema()
    schema.add_field("id", DataType.VARCHAR, max_length=128, is_primary=True)
    schema.add_field("kind", DataType.VARCHAR, max_length=16)
    schema.add_field("document", DataType.VARCHAR, max_length=16)
    schema.add_field("key", DataType.VARCHAR, max_length=64)
    schema.add_field("shown", DataType.BOOL)
    schema.add_field("number", DataType.INT64)
    schema.add_field("at", DataType.INT64)
    schema.add_field("data", DataType.VARCHAR, max_length=_LONGEST_TEXT)
    schema.add_field("nothing", DataType.FLOAT_VECTOR, dim=len(_NOTHING))
    return schema


def _texts() -> Any:
    schema = _schema()
    schema.add_field("id", DataType.VARCHAR, max_length=128, is_primary=True)
    schema.add_field("document", DataType.VARCHAR, max_length=16)
    schema.add_field("edition", DataType.VARCHAR, max_length=16)
    schema.add_field("part", DataType.VARCHAR, max_length=8)
    schema.add_field("number", DataType.INT64)
    schema.add_field("data", DataType.VARCHAR, max_length=_LONGEST_TEXT)
    schema.add_field("nothing", DataType.FLOAT_VECTOR, dim=len(_NOTHING))
    return schema


def _passages(dimension: int) -> Any:
    schema = _schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("document", DataType.VARCHAR, max_length=16)
    schema.add_field("edition", DataType.VARCHAR, max_length=16)
    for field in ("ordinal", "start", "end"):
        schema.add_field(field, DataType.INT64)
    schema.add_field("heading", DataType.VARCHAR, max_length=_LONGEST_TEXT)
    schema.add_field("text", DataType.VARCHAR, max_length=_LONGEST_TEXT)
    schema.add_field("digest", DataType.VARCHAR, max_length=16)
    schema.add_field("codes", DataType.ARRAY, element_type=DataType.INT64, max_capacity=_MOST_TERMS)
    schema.add_field("terms", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    return schema


def row(
    kind: str, key: str, data: Mapping[str, Any], *, document: str = "", shown: bool = True, number: int = 0,
    found_by: str = "", at: int | None = None,
) -> Row:  # fmt: skip
    """A row of NAME_rows; its id is made of the kind and the key."""
    return {
        "id": f"{kind}/{key}",
        "kind": kind,
        "document": document,
        "key": found_by,
        "shown": shown,
        "number": number,
        "at": time.time_ns() if at is None else at,
        "data": json.dumps(data, ensure_ascii=False),
        "nothing": _NOTHING,
    }


def hashed(text: str) -> str:
    """What a source or a name is found by."""
    return hashlib.sha256(text.encode()).hexdigest()


def edition_of(document: Document, spans: Sequence[PassageSpan]) -> str:
    """Tells what one reading of a file's bytes made of them from what another did."""
    return hashlib.sha256(content_bytes(document) + repr(spans).encode()).hexdigest()[:16]


def text_rows(document: Document, edition: str, file: bytes | None) -> Iterator[Row]:
    """The rows of NAME_texts."""
    parts = {"text": content_bytes(document)} | ({} if file is None else {"file": file})
    for part, content in parts.items():
        packed = base64.b64encode(zlib.compress(content)).decode()
        for number, start in enumerate(range(0, len(packed), PIECE)):
            yield {
                "id": f"{document.id}/{edition}/{part}/{number}",
                "document": document.id,
                "edition": edition,
                "part": part,
                "number": number,
                "data": packed[start : start + PIECE],
                "nothing": _NOTHING,
            }


def unpacked(pieces: Sequence[Row]) -> bytes:
    """What the rows of one part hold. Raises ValueError where they are not whole."""
    ordered = sorted(pieces, key=lambda piece: int(piece["number"]))
    if [piece["number"] for piece in ordered] != list(range(len(ordered))):
        raise ValueError("a piece is missing")
    try:
        return zlib.decompress(base64.b64decode("".join(piece["data"] for piece in ordered), validate=True))
    except zlib.error as error:
        raise ValueError(str(error)) from error


def content_of(data: bytes) -> dict[str, Any]:
    """The text, headings, paragraphs, sentences, blocks and places again."""
    content: dict[str, Any] = json.loads(data)
    return content


def passage_rows(
    document: Document, title: str, edition: str, spans: Sequence[PassageSpan], vectors: Matrix
) -> Iterator[Row]:
    """The rows of NAME_passages; the vectors as a folder would keep them, in 16 bits, so that scores are the same."""
    for ordinal, (span, vector) in enumerate(zip(spans, vectors, strict=True), start=1):
        text = document.text[span.start : span.end]
        weights = weights_of(title, span.heading, text)
        yield {
            "id": passage_id(document.id, edition, ordinal),
            "document": document.id,
            "edition": edition,
            "ordinal": ordinal,
            "start": span.start,
            "end": span.end,
            "heading": span.heading,
            "text": text,
            "digest": passage_digest(document.id, edition, ordinal, span.start, span.end, span.heading, text),
            "codes": sorted(weights) if weights != {0: _LEAST} else [],
            "terms": weights,
            "vector": vector.astype(np.float16).astype(np.float32),
        }


_LEAST = 1e-9  # Milvus wants a weight in every sparse vector


def weights_of(title: str, heading: str, text: str) -> dict[int, float]:
    """BM25's weight of each term of a passage, by the term's dimension."""
    found = terms(f"{title}\n{heading}\n{text}")
    counts: dict[int, int] = {}
    for term in found:
        counts[dimension_of(term)] = counts.get(dimension_of(term), 0) + 1
    length = len(found) / USUAL_TERMS
    return {place: weight(count, length) for place, count in counts.items()} or {0: _LEAST}


def dimension_of(term: str) -> int:
    """The dimension that stands for a term in the sparse vectors, from 1."""
    return 1 + int.from_bytes(hashlib.blake2b(code(term).encode(), digest_size=8).digest()) % (_DIMENSIONS - 1)


def passage_id(document_id: str, edition: str, ordinal: int) -> int:
    """63 bits of a hash: the same wherever the document is added."""
    data = f"{document_id}/{edition}/{ordinal}".encode()
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest()) >> 1


def passage_digest(*values: object) -> str:
    """By which a passage that was changed is told."""
    return short_digest(values).hex()


def content_bytes(document: Document) -> bytes:
    """The text with its headings, paragraphs, sentences, blocks and places, as `content_of` reads it."""
    content = {
        "text": document.text,
        "headings": [(entry.start, entry.end, entry.level) for entry in document.headings],
        "paragraphs": [(entry.start, entry.end) for entry in document.paragraphs],
        "sentences": [(entry.start, entry.end) for entry in document.sentences],
        "blocks": [(entry.start, entry.end, entry.level) for entry in document.blocks],
        "places": [(entry.start, entry.end, entry.kind, entry.label) for entry in document.places],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
