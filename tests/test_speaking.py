"""Every passage that speaks to a question: read on until nothing more comes, and said how many were read."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.collections import collect
from rag.answer import Assistant, UnusableQuestion
from rag.speaking import SILENT, speaking
from tests.evidence_fakes import library_of
from tests.fakes import NumberReader, TermEmbedder, plain_calibration


@pytest.fixture
def made(tmp_path: Path) -> Assistant:
    texts = {f"herd{place}.txt": f"The herd of farm {place} has {place + 10} grazing cows.\n" for place in range(20)}
    texts |= {f"other{place}.txt": f"Nothing of the kind, however long one looks {place}.\n" for place in range(60)}
    return Assistant(library_of(tmp_path, texts), TermEmbedder(), NumberReader(), plain_calibration())


def test_all_passages_that_speak_to_it_are_found_and_others_left_unread(made: Assistant) -> None:
    found = speaking(made, "how many grazing cows has the herd of the farm")
    names = {made.library.document(group.document).name for group in found.groups}
    assert names == {f"herd{place}.txt" for place in range(20)}
    assert 20 + SILENT <= found.read < found.passages
    for group in found.groups:
        text = made.library.document(group.document).text
        assert [text[one.start : one.end] for one in group.sentences] == [text.strip()] * len(group.spans)


def test_within_a_collection(made: Assistant) -> None:
    two = [summary.id for summary in made.library.documents()][:2]
    collect(made.library, "two", two)
    found = speaking(made, "how many grazing cows", ["two"])
    assert [group.document for group in found.groups] == two or {group.document for group in found.groups} == set(two)
    assert (found.read, found.passages) == (2, 2)


def test_nothing_is_asked(made: Assistant) -> None:
    with pytest.raises(UnusableQuestion):
        speaking(made, " ")
