"""The description of the API holds: schemathesis sends what it allows and what it forbids, from a seed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.result import Err
from schemathesis.generation import GenerationMode

from api.app import create_app
from page.answering import Here
from tests.api.conftest import SALTMARSH, STATIONS, assistant_of
from tests.evidence_fakes import library_of

SEED = int(os.environ.get("YINZHENG_SCHEMA_SEED", "20261125"))
EXAMPLES = int(os.environ.get("YINZHENG_SCHEMA_EXAMPLES", "4"))  # of each operation, allowed and forbidden
# These begin to add a file each time, in a process of its own.
SLOW = {("POST", "/api/v1/documents"), ("PUT", "/api/v1/documents/{document}")}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> schemathesis.BaseSchema:
    """The description as the server gives it, and the server behind it."""
    folder: Path = tmp_path_factory.mktemp("schema")
    library = library_of(folder, {"saltmarsh.md": SALTMARSH, "stations.md": STATIONS})
    app = create_app(Here(assistant_of(library)), hosts=None)
    return schemathesis.openapi.from_asgi("/api/openapi.json", app)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_keeps_to_its_description(schema: schemathesis.BaseSchema, mode: GenerationMode) -> None:
    for found in schema.get_all_operations():
        assert not isinstance(found, Err)
        operation = found.ok()
        try:
            cases = operation.as_strategy(generation_mode=mode)
        except schemathesis.errors.SchemathesisError:  # nothing that could be sent is forbidden
            continue
        few = 1 if (operation.method.upper(), operation.path) in SLOW else EXAMPLES

        @seed(SEED)
        @settings(
            max_examples=few,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def check(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate()

        try:
            check()
        except Exception as error:
            if "Unsatisfiable" in type(error).__name__:
                continue
            raise


def test_every_error_is_described_and_every_operation_has_words(schema: schemathesis.BaseSchema) -> None:
    described = schema.raw_schema
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), (method, path)
            problem = operation["responses"]["404"]["content"]["application/problem+json"]
            assert problem["schema"]["$ref"].endswith("/Problem")
    for name in ("Question", "Search", "Chosen", "ReportText", "EmbeddingRequest"):
        assert "examples" in str(described["components"]["schemas"][name]["properties"]), name
