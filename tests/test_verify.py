"""Reports as people write them, checked against a small library and the first article."""

from __future__ import annotations

import io
import random
import time
from pathlib import Path

import docx
import numpy as np
import pytest

from index.ingest import make_document
from index.local import LocalLibrary
from index.readers import read
from rag.evidence import Entry, Evidence
from rag.export import export
from rag.verify import CheckedReport, UnreadableReport, read_report, verify
from tests.conftest import ARTICLE
from tests.evidence_fakes import library_of, put
from tests.fakes import TermEmbedder
from tests.test_export import HOSTILE, TEXT

HARBOUR = (
    "# Annual report of the harbour\n\n## Ships\n\nThe harbour did not lose any of its 4,120 ships in 2019, "
    "according to the harbour master. It earned 3.5 million dollars, which is 12% more than in 2018.\n\n"
    "Nobody knows why the old lighthouse was moved to the northern pier in that year.\n"
)


LINKED = (
    '# Ferries\n\nThe [council of the *upper* town](https://example.org/a_(b)?c=1 "Its page") met `12` times[^1] and '
    "found <em>no fault</em> with the [old ferry][ferry], which <https://example.org/> denies.\n\n"
    "[^1]: As its minutes say.\n[ferry]: https://example.org/ferry\n"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> LocalLibrary:
    texts = {
        "wuhan.md": ARTICLE.read_text(encoding="utf-8"),
        "harbour.md": HARBOUR,
        "linked.md": LINKED,
        "台灣.txt": "臺灣的中小企業發展條例於民國八十年公布施行，主管機關為經濟部。\n",
        "wrapped.txt": "They found that the infor-\nmation was com-\nplete and that no further inquiry\nwas needed.\n",
    }
    return library_of(tmp_path_factory.mktemp("verify"), texts)


def checked(library: LocalLibrary, text: str, name: str = "report.md") -> CheckedReport:
    return verify(library, read_report(text.encode(), name))


def verdict(library: LocalLibrary, text: str) -> str:
    [one] = checked(library, text).quotations
    return one.verdict


SENTENCE = "今年以来，全市净增中小企业超18.55万家，增速达17.58%，位居副省级城市第一，总量已突破124万家"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"文章说：“{SENTENCE}”。", "exact"),
        (f"文章说：「{SENTENCE}」。", "exact"),
        (f'He wrote "{SENTENCE}".', "exact"),
        (f"«{SENTENCE}»", "exact"),
        (f"„{SENTENCE}“", "exact"),
        (f"> {SENTENCE}", "exact"),
        (f"“{SENTENCE.replace('，', ',')}”", "typographic"),
        (f"“{SENTENCE.replace('企业', '企業').replace('万', '萬')}”", "typographic"),
        ("“" + SENTENCE.replace("18.55", "１８．５５").replace("%", "％") + "”", "typographic"),
        (f"“{SENTENCE.replace('18.55万', ' 18.55 万')}”", "typographic"),
        ("“" + SENTENCE[:20] + "\n" + SENTENCE[20:] + "”", "typographic"),
        ("“今年以来，全市净增中小企业……总量已突破124万家”", "exact"),
        ("“总量已突破124万家……今年以来，全市净增中小企业”", "altered"),
        (f"“{SENTENCE.replace('18.55', '18.56')}”", "altered"),
        (f"“{SENTENCE.replace('18.55', '1855')}”", "altered"),
        (f"“{SENTENCE.replace('净增', '增')}”", "altered"),
        (f"“{SENTENCE.replace('第一', '第二')}”", "altered"),
        (f"“{SENTENCE.replace('增速达17.58%，', '')}”", "altered"),
        ("“8.55万家，增速达17.58%，位居副省级城市第一”", "altered"),
        ("“全市净增中小企业超18.55万家，增速达17”", "altered"),
        ("“完全没有出现在任何文档里的一句话而已”", "not found"),
        ("“臺灣的中小企業發展條例於民國八十年公布施行”", "exact"),
        ("“台湾的中小企业发展条例于民国八十年公布施行”", "typographic"),
        ("“The harbour did not lose any of its 4,120 ships in 2019.”", "typographic"),
        ("“the harbour did not lose any of its 4,120 ships”", "typographic"),
        ("“The harbour did lose any of its 4,120 ships in 2019”", "altered"),
        ("“The harbor did not lose any of its 4,120 ships in 2019”", "altered"),
        ("“The harbour did not lose any of its 4120 ships in 2019”", "altered"),
        ("“arbour did not lose any of its 4,120 ships”", "altered"),
        ("“the information was complete and that no further inquiry was needed”", "typographic"),
        ("“the infor-mation was complete and that no further inquiry was needed”", "typographic"),
        ("“It earned 3.5 million dollars [...] 12% more than in 2018”", "exact"),
        ("“nobody knows why the old lighthouse was moved to the southern pier in that year”", "altered"),
    ],
)
def test_verdicts(library: LocalLibrary, text: str, expected: str) -> None:
    assert verdict(library, text) == expected


def test_terms_and_titles_are_no_quotations(library: LocalLibrary) -> None:
    report = checked(library, "所谓“创新扎根”，《人民日报》的“一盘棋”，so-called “small firms”, and it's 'fine'.")
    assert report.quotations == ()
    assert report.ok


def test_a_quotation_with_quotations_in_it_is_one(library: LocalLibrary) -> None:
    words = "“创业初期，公司获得洪山区‘拨改投’、武创院‘拨转股’及武创投等投资，累计融资1500万元"
    [one] = checked(library, f"{words}”").quotations
    assert (one.verdict, one.quotation.text) == ("exact", words[1:])
    nested = words[1:].replace("‘", "「").replace("’", "」")
    [one] = checked(library, f"『{nested}』").quotations
    assert one.verdict == "typographic"
    assert {change.what for change in one.differences} == {"quote marks"}


def test_the_difference_is_told_character_by_character(library: LocalLibrary) -> None:
    [one] = checked(library, f"“{SENTENCE.replace('第一', '第二').replace('净增', '增')}”").quotations
    assert one.source is not None
    pairs = [
        (
            one.quotation.text[change.first_start : change.first_end],
            one.source.text[change.second_start : change.second_end],
        )
        for change in one.differences
    ]
    assert pairs == [("", "净"), ("二", "一")]
    assert one.source.text == SENTENCE


def test_the_source_has_its_address(library: LocalLibrary) -> None:
    [one] = checked(library, f"“{SENTENCE}”").quotations
    assert one.source is not None
    assert library.document(one.source.document).text[one.source.start : one.source.end] == SENTENCE
    assert one.source.paragraph is not None


@pytest.mark.parametrize(
    ("citation", "wrong"),
    [
        ("[^1]\n\n[^1]: Annual report of the harbour, p. 3.", True),
        ("[^1]\n\n[^1]: 走出一条“创新扎根—企业拔节—聚链成群”特色路径 “武汉温度”催生中小企业活力，2025年。", False),
        ("（wuhan.md，第3段）", False),
        ("（《Annual Report of the Harbour》）", True),
        ("[1]\n\n[1] Annual report of the harbour. 2019.", True),
        ("[2]\n\n[1] Annual report of the harbour. 2019.\n\n[2] wuhan.md, 2025.", False),
        ("[1,2]\n\n[1] Annual report of the harbour. 2019.\n\n[2] wuhan.md, 2025.", False),
        ("", False),
        ("（某未收录的文献）", False),
    ],
)
def test_a_citation_of_another_document_is_told(library: LocalLibrary, citation: str, wrong: bool) -> None:
    report = checked(library, f"前文。“{SENTENCE}”{citation}")
    [one] = report.quotations
    assert (one.verdict, one.wrong_document, report.ok) == ("exact", wrong, not wrong)


def test_names_are_not_found_within_longer_ones(tmp_path: Path) -> None:
    texts = {
        "case-1-2.txt": f"{SENTENCE}。",
        "case-12.txt": "Another thing altogether.",
        "case-1-23.txt": "And one more.",
    }
    library = library_of(tmp_path, texts)
    for name, wrong in (("case-1-2.txt", False), ("case-12.txt", True), ("case-1-23.txt", True)):
        assert [one.wrong_document for one in checked(library, f"“{SENTENCE}” ({name})").quotations] == [wrong]
        stem = name.removesuffix(".txt")
        expected = wrong and len(stem) >= 8
        assert [one.wrong_document for one in checked(library, f"“{SENTENCE}” ({stem})").quotations] == [expected]


def test_a_document_named_before_the_words(library: LocalLibrary) -> None:
    [one] = checked(library, f"According to the Annual report of the harbour, “{SENTENCE}”").quotations
    assert one.wrong_document


def test_numbers_are_checked_against_the_cited_passage(library: LocalLibrary) -> None:
    text = (
        "武汉净增十八万五千五百家中小企业，增速百分之十七点五八，即“全市净增中小企业超18.55万家，增速达17.58%”。\n\n"
        "总量达142万家，增速17.58，“位居副省级城市第一，总量已突破124万家”。\n\n没有引文的句子里有99家。"
    )
    figures = checked(library, text).figures
    assert [(figure.text, figure.ok) for figure in figures] == [
        ("十八万五千五百", True),
        ("百分之十七点五八", True),
        ("142万", False),
        ("17.58", False),
    ]
    assert figures[2].state == "not there"


def test_numbers_in_a_sentence_with_a_note(library: LocalLibrary) -> None:
    text = "The harbour earned $3.5 million from 4120 ships.[^1] It lost 17.[^1]\n\n[^1]: Annual report of the harbour."
    assert [(figure.text, figure.ok) for figure in checked(library, text).figures] == [
        ("3.5 million", True),
        ("4120", True),
        ("17", False),
    ]


def test_numbers_in_a_sentence_with_a_reference(library: LocalLibrary) -> None:
    text = "The harbour earned $3.5 million [1], from 4210 ships [1].\n\n[1] Annual report of the harbour. 2019: 77."
    assert [(figure.text, figure.ok) for figure in checked(library, text).figures] == [
        ("3.5 million", True),
        ("4210", False),
    ]


def test_the_last_line_of_a_block_quotation_is_its_citation(library: LocalLibrary) -> None:
    [one] = checked(library, f"> {SENTENCE}\n>\n> —— Annual report of the harbour").quotations
    assert (one.verdict, one.wrong_document) == ("exact", True)


@pytest.mark.parametrize(
    "text",
    [
        "He says 'nobody knows why the old lighthouse was moved' and doesn't say more of the keepers' work.",
        "“Nobody knows why the old lighthouse was moved to the northern pier",
    ],
)
def test_single_and_missing_marks(library: LocalLibrary, text: str) -> None:
    assert [one.verdict in ("exact", "typographic") for one in checked(library, text).quotations] == [True]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[LocalLibrary, list[Entry]]:
    folder = tmp_path_factory.mktemp("hostile")
    library = library_of(folder, {"报告.md": TEXT, "wuhan.md": ARTICLE.read_text(encoding="utf-8")})
    evidence = Evidence(folder / "evidence")
    report = evidence.create("R").id
    document = library.document(library.documents()[0].id)
    for words in HOSTILE:
        start = document.text.index(words)
        evidence.add(report, document, start, start + len(words))
    article = library.document(library.documents()[1].id)
    for span in article.sentences:
        evidence.add(report, article, span.start, span.end)
    return library, evidence.entries(report)


@pytest.mark.parametrize("kind", ["md", "docx", "odt", "html", "csv", "xlsx", "json"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_export_is_verified_exact(hostile: tuple[LocalLibrary, list[Entry]], kind: str, language: str) -> None:
    library, entries = hostile
    data = export("R", entries, library, kind, language=language)
    report = verify(library, read_report(data, f"r.{kind}"))
    told = [(one.verdict, one.at_address) for one in report.quotations]
    assert told == [("exact", True)] * len(entries)
    assert report.ok


def test_a_changed_source_is_told(tmp_path: Path) -> None:
    library = library_of(tmp_path, {"a.md": f"# T\n\n{SENTENCE}。\n"})
    document = library.document(library.documents()[0].id)
    evidence = Evidence(tmp_path / "evidence")
    report = evidence.create("R").id
    start = document.text.index(SENTENCE)
    evidence.add(report, document, start, start + len(SENTENCE))
    data = export("R", evidence.entries(report), library, "docx")

    def told() -> tuple[str, bool]:
        [one] = verify(library, read_report(data, "r.docx")).quotations
        return one.verdict, one.ok

    assert told() == ("exact", True)
    put(library, tmp_path, "a.md", f"# T\n\n新的一段。\n\n{SENTENCE}。\n")
    assert told() == ("source changed", True)
    put(library, tmp_path, "a.md", f"# T\n\n{SENTENCE.replace('18.55', '19.55')}。\n")
    assert told() == ("altered", False)
    library.remove(library.documents()[0].id)
    assert told() == ("not found", False)


def word_report(paragraphs: list[tuple[str, str]]) -> bytes:
    document = docx.Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_report_written_in_word(library: LocalLibrary) -> None:
    data = word_report(
        [
            ("Normal", f"据报道，“{SENTENCE}”，可见发展很快。"),
            ("Quote", "Nobody knows why the old lighthouse was moved to the northern pier in that year."),
            ("Intense Quote", "Nobody knows why the new lighthouse was moved to the northern pier in that year."),
            ("Normal", f"Word 的引号：”{SENTENCE}”"),
        ]
    )
    report = verify(library, read_report(data, "r.docx"))
    assert [one.verdict for one in report.quotations] == ["exact", "exact", "altered", "exact"]
    assert not report.ok


def test_a_page(library: LocalLibrary) -> None:
    text = (
        f"<html><head><title>x</title></head><body><p>It says <q>Nobody knows why the old\n   lighthouse was moved</q> "
        f"and<a href='#n1'><sup>1</sup></a></p><blockquote><p>{SENTENCE}</p></blockquote>"
        "<script>var x = '“Nobody knows why the young lighthouse was moved”'</script>"
        "<ol><li id='n1'>Annual report of the harbour</li></ol></body></html>"
    )
    report = verify(library, read_report(text.encode(), "r.html"))
    assert [(one.verdict, one.wrong_document) for one in report.quotations] == [("exact", False), ("exact", False)]
    assert report.quotations[0].named


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"PK", "a.docx", "is it damaged"),
        (b"x", "a.pptx", "no report is read"),
        ("武汉".encode("gb18030"), "a.md", "not UTF-8"),
        (b"a,b\r\n1,2\r\n", "a.csv", "no column text"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, name: str, message: str) -> None:
    with pytest.raises(UnreadableReport, match=message):
        read_report(data, name)


def test_a_long_report_against_many_documents(tmp_path: Path) -> None:
    """100 quotations, a third of them spoilt, in seconds."""
    chosen = random.Random(7)
    characters = [chr(code) for code in range(0x4E00, 0x4E00 + 1500)]
    library, fake = library_of(tmp_path, {}), TermEmbedder()
    library.connection.execute("PRAGMA synchronous = OFF")  # the disk is not what is measured
    sentences = []
    for number in range(400):
        own = ["".join(chosen.choices(characters, k=30)) + "。" for _ in range(8)]
        name = f"{number}.txt"
        content = read("\n\n".join(own).encode(), name)
        document, parts = make_document(content, name, f"/{name}", f"{number:016x}" + "0" * 48, fake)
        library.add(document, parts, np.zeros((len(parts.passages), fake.dimension), dtype=np.float32))
        sentences.append(own[3])
    quoted = chosen.sample(sentences, 100)
    spoilt = [words[:10] + "甲乙" + words[12:] if number % 3 == 0 else words for number, words in enumerate(quoted)]
    began = time.process_time()
    report = checked(library, "\n\n".join(f"如下：“{words}”" for words in spoilt))
    took = time.process_time() - began
    expected = ["altered" if number % 3 == 0 else "exact" for number in range(100)]
    assert [one.verdict for one in report.quotations] == expected
    assert took < 5


def test_markdown_with_links_is_quoted_as_it_is_seen(library: LocalLibrary) -> None:
    seen = "The council of the upper town met 12 times and found no fault with the old ferry, which"
    [one] = checked(library, f"“{seen}”").quotations
    assert (one.verdict, {change.what for change in one.differences}) == ("typographic", {"Markdown's marks"})
    assert one.source is not None and one.source.text == LINKED[LINKED.index("The [") : LINKED.index(" <https")]
    assert verdict(library, "“" + seen.replace("12", "13") + "”") == "altered"
    assert verdict(library, "“" + seen.replace("no fault", "a fault") + "”") == "altered"


def test_a_source_with_its_marks_is_exact(library: LocalLibrary) -> None:
    source = LINKED[LINKED.index("The [") : LINKED.index("met")]
    assert verify(library, read_report(f"«{source}»".encode(), "r.txt")).quotations[0].verdict == "exact"
