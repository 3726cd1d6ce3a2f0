from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ingest import make_document
from index.readers import read
from index.records import Document, Place
from rag.quote import heading_path, quote, sentence_around
from tests.conftest import ARTICLE
from tests.fakes import TermEmbedder
from tests.texts import WRITTEN_TEXTS


def document_of(text: str, name: str = "a.md") -> Document:
    return make_document(read(text.encode(), name), name, f"/{name}", "0" * 64, TermEmbedder())[0]


ARTICLE_DOCUMENT = document_of(ARTICLE.read_text(encoding="utf-8"))


@given(text=WRITTEN_TEXTS.filter(lambda text: text.strip("\ufeff").strip() != ""), data=st.data())
def test_a_quote_is_its_slice_wherever_it_begins(text: str, data: st.DataObject) -> None:
    document = document_of(text)
    start = data.draw(st.integers(0, len(document.text) - 1))
    end = data.draw(st.integers(start + 1, len(document.text)))
    made = quote(document, start, end)
    assert made.text == document.text[start:end]
    assert (made.start, made.end) == (start, end)
    if made.paragraph is not None:
        paragraph = document.paragraphs[made.paragraph - 1]
        assert paragraph.start <= start < paragraph.end
    if made.sentence is not None and made.paragraph is not None:
        paragraph = document.paragraphs[made.paragraph - 1]
        inside = [span for span in document.sentences if paragraph.start <= span.start < paragraph.end]
        assert inside[made.sentence - 1].start <= start < inside[made.sentence - 1].end


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (5, 3), (0, 10**9)])
def test_there_is_no_quote_of_nothing(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="nothing to quote"):
        quote(ARTICLE_DOCUMENT, start, end)


def test_the_address_of_a_sentence_in_the_article() -> None:
    text = ARTICLE_DOCUMENT.text
    words = "允许种子基金、天使基金分别出现最高不超过投资总额80%、60%亏损的试错空间"
    start = text.index(words)
    around = sentence_around(ARTICLE_DOCUMENT, start)
    assert around is not None
    made = quote(ARTICLE_DOCUMENT, *around)
    assert made.text.startswith("基于实践探索，武汉在政府基金运作上")
    assert made.text.endswith("试错空间。")
    assert made.heading == "“4+9”雁阵振翼高飞 聚链成群：大中小企业下好“一盘棋” › 金融“活水”精准滴灌“产业森林”"
    assert made.title == "走出一条“创新扎根—企业拔节—聚链成群”特色路径 “武汉温度”催生中小企业活力"
    # Counted by hand: the blank-line-separated paragraphs of the file, headings left out.
    blocks = [block for block in Path(ARTICLE).read_text(encoding="utf-8").split("\n\n") if block.strip()]
    paragraphs = [block.strip() for block in blocks if not block.strip().startswith("#")]
    assert made.paragraph is not None
    assert words in paragraphs[made.paragraph - 1]
    assert made.sentence == 1


def test_a_heading_has_no_paragraph_number() -> None:
    start = ARTICLE_DOCUMENT.text.index("智改数转为企业发展")
    made = quote(ARTICLE_DOCUMENT, start, start + 5)
    assert (made.paragraph, made.sentence) == (None, None)
    assert made.heading == "“4+9”雁阵振翼高飞 聚链成群：大中小企业下好“一盘棋”"


def test_a_quote_has_the_page_or_the_cell_that_it_begins_in() -> None:
    plain = document_of("First page.\n\nSecond page.\n\nA cell.\n", "a.txt")
    second, cell = plain.text.index("Second"), plain.text.index("A cell")
    places = (
        Place(0, second, "page", "7"),
        Place(second, cell - 2, "slide", "8"),
        Place(cell, cell + 4, "cell", "Sheet1!B7"),
    )
    document = replace(plain, places=places)
    made = [quote(document, start, start + 3) for start in (0, second - 1, second, cell - 1, cell, cell + 3, cell + 4)]
    assert [entry.page for entry in made] == [7, 7, 8, None, None, None, None]
    assert [entry.cell for entry in made] == [None, None, None, None, "Sheet1!B7", "Sheet1!B7", None]
    assert (quote(plain, 0, 3).page, quote(plain, 0, 3).cell) == (None, None)


def test_headings_end_where_one_of_their_level_begins() -> None:
    document = document_of("# T\n\na\n\n## A\n\nb\n\n### B\n\nc\n\n## C\n\nd\n")
    paths = [heading_path(document, document.text.index(f"\n{letter}\n") + 1) for letter in "abcd"]
    assert paths == ["", "A", "A › B", "C"]
