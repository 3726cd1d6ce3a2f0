"""A text that may answer is read once more around its best answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from index.bundled import BUNDLED_NAME
from index.embed import model_folder
from index.encoder import runtime_folder
from index.tokens import TextEncoder, load_text_encoder
from rag.reader.model import Logits, SpanReader
from rag.reader.tokens import Window

QUESTION = "新桥哪一年开通？"
TEXT = "晨雾很浓。老桥在河口。新桥于1937年通车。渡船停了。市长讲了话。"
AROUND = "老桥在河口。新桥于1937年通车。渡船停了。"
ANSWER = "1937"


class Told:
    """A network that finds ANSWER in the text, and is told how sure to be of all of it and of less than that."""

    def __init__(self, text: str, of_all: float, of_less: float) -> None:
        self._text = text
        self._sure = (of_all, of_less)
        self.read: list[str] = []

    def __call__(self, windows: Sequence[Window]) -> Logits:
        found = np.zeros((len(windows), max(len(window.ids) for window in windows)), dtype=np.float32)
        sure = []
        for row, window in enumerate(windows):
            seen = self._text[window.spans[0][0] : window.spans[-1][1]]
            for place, span in enumerate(window.spans, start=window.first):
                found[row, place] = 9 * (self._text[span[0] : span[1]] == ANSWER)
            self.read.append(seen)
            sure.append(self._sure[seen != self._text])
        return Logits(found, found, np.array(sure, dtype=np.float32))


@pytest.fixture(scope="module")
def tokenizer() -> TextEncoder:
    bundled = model_folder(BUNDLED_NAME)
    return load_text_encoder(bundled, runtime_folder(bundled))


@pytest.mark.parametrize(("of_all", "of_less"), [(3.0, -5.0), (-1.5, 2.5)])
def test_the_sentence_is_read_with_its_neighbours_alone(tokenizer: TextEncoder, of_all: float, of_less: float) -> None:
    network = Told(TEXT, of_all, of_less)
    [reading] = SpanReader(network, tokenizer, "").read(QUESTION, [TEXT], ["桥"])
    assert network.read == [TEXT, AROUND]
    assert TEXT[reading.start : reading.end] == "1937年"  # with its unit
    assert (reading.answerable, reading.closer) == (of_all, of_less)


def test_what_does_not_answer_is_read_once(tokenizer: TextEncoder) -> None:
    network = Told(TEXT, -2.5, 5.0)
    [reading] = SpanReader(network, tokenizer, "").read(QUESTION, [TEXT], ["桥"])
    assert network.read == [TEXT]
    assert (reading.answerable, reading.closer) == (-2.5, None)


def test_a_text_without_other_sentences_is_read_once(tokenizer: TextEncoder) -> None:
    network = Told(AROUND, 3.0, -5.0)
    [reading] = SpanReader(network, tokenizer, "").read(QUESTION, [AROUND], [""])
    assert network.read == [AROUND]
    assert (reading.answerable, reading.closer) == (3.0, None)


def test_in_a_long_text_every_window_has_its_own(tokenizer: TextEncoder) -> None:
    text = TEXT + "委员会再次开会，讨论了明年的预算，没有作出决定。" * 60
    network = Told(text, 9.0, 1.0)  # no window is all of it
    [reading] = SpanReader(network, tokenizer, "").read(QUESTION, [text], [""])
    assert text[reading.start : reading.end] == "1937年"
    assert reading.closer == 1.0
    assert network.read.count(AROUND) == 1
    assert len(network.read) > 6
    assert len(network.read) % 2 == 0
