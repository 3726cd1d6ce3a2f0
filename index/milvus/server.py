"""The calls to Milvus that a library needs, and what their failures mean to a user."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from index.errors import LibraryError, LibraryUnreachable, YinzhengError
from index.places import MilvusAddress

try:
    from grpc import RpcError
    from pymilvus import MilvusClient
    from pymilvus.exceptions import MilvusException
except ImportError as error:  # it is no part of what everyone installs
    raise LibraryError("a library in Milvus needs one more package: pip install -r requirements-milvus.txt") from error

TOKEN = "YINZHENG_MILVUS_TOKEN"  # "user:password", or a key; in the environment, never on a command line
SECONDS = 30.0  # that one call may take
BATCH = 200  # rows in one call: of the largest a few megabytes, of which Milvus takes 64
PAGE = 1000  # rows in one answer

Row = dict[str, Any]


class Server:
    """Connected to Milvus. May be used from several threads."""

    def __init__(self, address: MilvusAddress, collections: Sequence[str]) -> None:
        """Connect, and have these collections in memory, those that are there. Raises LibraryUnreachable."""
        self.address = address
        self._collections = tuple(collections)
        self._connected: MilvusClient | None = None
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what it reports is raised too, and said once
        with self._reaching():
            _ = self.client

    @property
    def client(self) -> MilvusClient:
        """Connected; anew after a failure, as a connection does not outlive its server."""
        client = self._connected
        if client is None:
            token = os.environ.get(TOKEN, "")
            # Of its own: what all connections of a program share waits ever longer before it tries a server again.
            self._connected = client = MilvusClient(
                uri=self.address.uri, token=token, timeout=SECONDS, dedicated=True,
                grpc_options={"grpc.use_local_subchannel_pool": 1},
            )  # fmt: skip
            for collection in self._collections:
                if client.has_collection(collection):
                    client.load_collection(collection)  # nothing to do where it is in Milvus' memory already
        return client

    def create(self, collection: str, schema: Any, index: Any) -> None:
        """Make a collection whose changes all go through one channel, and that is read as it is now."""
        with self._reaching():
            self.client.create_collection(
                collection, schema=schema, index_params=index, num_shards=1, consistency_level="Strong"
            )
        if "codes" in (field.name for field in schema.fields):
            with contextlib.suppress(MilvusException):  # Milvus Lite knows none on arrays, and looks at every row
                index = self.client.prepare_index_params()
                index.add_index("codes", index_type="INVERTED")
                self.client.create_index(collection, index)

    def upsert(self, collection: str, rows: Iterable[Row]) -> None:
        """Put rows in, in the place of those of the same ids, BATCH at once."""
        batch: list[Row] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                self._upsert(collection, batch)
                batch = []
        if batch:
            self._upsert(collection, batch)

    def together(self, collection: str, rows: Sequence[Row]) -> None:
        """Put rows in that appear together, however many."""
        if rows:
            self._upsert(collection, list(rows))

    def _upsert(self, collection: str, rows: list[Row]) -> None:
        with self._reaching():
            self.client.upsert(collection, rows)

    def get(self, collection: str, ids: Sequence[Any], fields: Sequence[str]) -> list[Row]:
        """The rows of these ids that are there, in any order."""
        found: list[Row] = []
        for start in range(0, len(ids), PAGE):
            with self._reaching():
                some = self.client.get(collection, ids=list(ids[start : start + PAGE]), output_fields=list(fields))
            found.extend(some)
        return found

    def query(self, collection: str, where: str, fields: Sequence[str]) -> Iterator[Row]:
        """Every row for which the expression holds, in any order, a page at a time."""
        with self._reaching():
            pages = self.client.query_iterator(collection, batch_size=PAGE, filter=where, output_fields=list(fields))
        try:
            while True:
                with self._reaching():
                    page = pages.next()
                if not page:
                    return
                yield from page
        finally:
            with contextlib.suppress(YinzhengError), self._reaching():
                pages.close()

    def count(self, collection: str, where: str = "") -> int:
        """How many rows there are for which the expression holds."""
        with self._reaching():
            [row] = self.client.query(collection, filter=where, output_fields=["count(*)"])
        return int(row["count(*)"])

    def search(
        self, collection: str, field: str, wanted: Any, most: int, where: str, fields: Sequence[str]
    ) -> list[Row]:
        """The rows whose vectors have the largest product with the wanted one, best first."""
        with self._reaching():
            [found] = self.client.search(
                collection, data=[wanted], anns_field=field, limit=most, filter=where, output_fields=list(fields),
                search_params={"metric_type": "IP"},
            )  # fmt: skip
        return [hit["entity"] for hit in found]

    def delete(self, collection: str, where: str) -> None:
        """Delete every row for which the expression holds."""
        with self._reaching():
            self.client.delete(collection, filter=where)

    def has(self, collection: str) -> bool:
        """Whether there is such a collection."""
        with self._reaching():
            return bool(self.client.has_collection(collection))

    @contextlib.contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (MilvusException, RpcError, ConnectionError, TimeoutError) as error:
            self._connected = None
            said = getattr(error, "message", "") or str(error) or type(error).__name__
            raise LibraryUnreachable(
                f"Milvus at {self.address.shown} did not do what was asked ({' '.join(said.split())[:300]}): see that "
                f"it runs and can be reached, and that {TOKEN} is right, then ask again"
            ) from error


def among(field: str, values: Iterable[str | int]) -> str:
    """The expression for a field being one of these; Milvus writes texts as JSON does.

    >>> among("document", ["0f"])
    'document in ["0f"]'
    """
    return f"{field} in {json.dumps(list(values))}"
