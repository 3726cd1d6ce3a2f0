"""GB/T 7714-2015, numeric: references of every kind in the form of the standard's own examples."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import lxml.html
import pytest

from index.library import Library
from rag.evidence import Entry, Evidence
from rag.export import export
from rag.export.content import UnexportableReport
from rag.export.listed import read_references
from tests.evidence_fakes import library_of

BIB = r"""
@phdthesis{zhang98, author = {{张志祥}}, title = {间断动力系统的随机扰动及其在守恒律方程中的应用}, school = {北京大学},
  address = {北京}, year = {1998}, langid = {chinese}}
@book{peebles, author = {Peebles, Jr., P. Z.}, title = {Probability, Random Variables, and Random Signal Principles},
  edition = {4}, publisher = {McGraw Hill}, address = {New York}, year = {2001}, langid = {english}}
"""


def item(kind: str, title: str, authors: str, date: list[int], **more: Any) -> dict[str, Any]:
    """A CSL item; authors are separated by semicolons, the parts of their names by commas."""
    names = []
    for author in authors.split(";"):
        family, _, given = author.partition(",")
        names.append({"family": family, "given": given} if given else {"literal": family})
    language = "en" if title.isascii() else "zh-CN"
    issued = {"issued": {"date-parts": [date]}} if date else {}
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"type": kind, "title": title, "author": names, "language": language, **issued, **named}


def seen(*date: int) -> dict[str, Any]:
    return {"date-parts": [list(date)]}


FORMS = [
    (
        item("book", "国史旧闻: 第1卷", "陈登原", [2000], publisher="中华书局", publisher_place="北京"),
        "陈登原. 国史旧闻: 第1卷[M]. 北京: 中华书局, 2000.",
    ),
    (
        item(
            "book", "经济数学与金融数学", "哈里森;沃尔德伦", [2012], publisher="中国人民大学出版社",
            publisher_place="北京", translator=[{"literal": "谢远涛"}],
        ),
        "哈里森, 沃尔德伦. 经济数学与金融数学[M]. 谢远涛, 译. 北京: 中国人民大学出版社, 2012.",
    ),
    (
        item("book", "Signals in noise", "Peebles,P. Z.", [2001], publisher="McGraw Hill", edition="4"),
        "PEEBLES P Z. Signals in noise[M]. 4th ed. McGraw Hill, 2001.",
    ),
    (
        item(
            "article-journal", "蓝田生物群", "袁训来;陈哲;肖书海;万斌", [2012], container_title="科学通报",
            volume="55", issue="34", page="3219",
        ),
        "袁训来, 陈哲, 肖书海, 等. 蓝田生物群[J]. 科学通报, 2012, 55(34): 3219.",
    ),
    (
        item(
            "article-journal", "Shaking without quaking", "Kanamori,Hiroo", [1998], container_title="Science",
            volume="279", issue="5359", page="2063-2064",
        ),
        "KANAMORI H. Shaking without quaking[J]. Science, 1998, 279(5359): 2063-2064.",
    ),
    (
        item(
            "article-journal", "By many", "Adams,A. B.;Brown,C.;Clark,D.;Davis,E.", [1999],
            container_title="Science", volume="2", page="1-2",
        ),
        "ADAMS A B, BROWN C, CLARK D, et al. By many[J]. Science, 1999, 2: 1-2.",
    ),
    (
        item(
            "article-newspaper", "数字革命与竞争国际化", "丁文详", [2000, 11, 20], container_title="中国青年报",
            page="15",
        ),
        "丁文详. 数字革命与竞争国际化[N]. 中国青年报, 2000-11-20(15).",
    ),
    (
        item(
            "webpage", "出版业信息化迈入快车道", "萧钰", [2001, 12, 19], accessed=seen(2002, 4, 15),
            URL="http://www.creader.com/news/20011219/200112190019.html",
        ),
        "萧钰. 出版业信息化迈入快车道[EB/OL]. (2001-12-19)[2002-04-15]. "
        "http://www.creader.com/news/20011219/200112190019.html.",
    ),
    (
        item(
            "webpage", "About OCLC: history of cooperation", "Online Computer Library Center", [],
            accessed=seen(2012, 3, 27), URL="http://www.oclc.org/about/cooperation.en.html",
        ),
        "Online Computer Library Center. About OCLC: history of cooperation[EB/OL]. [2012-03-27]. "
        "http://www.oclc.org/about/cooperation.en.html.",
    ),
    (
        item(
            "report", "Factors regulating the immune response", "World Health Organization", [1970], publisher="WHO",
            publisher_place="Geneva",
        ),
        "World Health Organization. Factors regulating the immune response[R]. Geneva: WHO, 1970.",
    ),
    (
        item("thesis", "间断动力系统的随机扰动", "张志祥", [1998], publisher="北京大学", publisher_place="北京"),
        "张志祥. 间断动力系统的随机扰动[D]. 北京: 北京大学, 1998.",
    ),
    (
        item(
            "paper-conference", "题目", "贾东琴;柯平", [2011], container_title="年会论文集", page="45-52",
            editor=[{"literal": "中国图书馆学会"}], publisher="国家图书馆出版社", publisher_place="北京",
        ),
        "贾东琴, 柯平. 题目[C]//中国图书馆学会. 年会论文集. 北京: 国家图书馆出版社, 2011: 45-52.",
    ),
    (
        item(
            "standard", "文献著录: 第4部分 非书资料", "全国信息与文献标准化技术委员会", [2010],
            number="GB/T 3792.4—2009", publisher="中国标准出版社", publisher_place="北京",
        ),
        "全国信息与文献标准化技术委员会. 文献著录: 第4部分 非书资料: GB/T 3792.4—2009[S]. 北京: 中国标准出版社, 2010.",
    ),
    (
        item("patent", "全智能节电器", "邓一刚", [2006, 12, 13], number="200610171314.3"),
        "邓一刚. 全智能节电器: 200610171314.3[P]. 2006-12-13.",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return library_of(tmp_path_factory.mktemp("forms"), {"a.md": "# A\n\nOne two three four five six.\n"})


@pytest.fixture(scope="module")
def entry(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Entry:
    evidence = Evidence(tmp_path_factory.mktemp("lists"))
    document = library.document(library.documents()[0].id)
    return evidence.add(evidence.create("R").id, document, 0, 5)


def printed(library: Library, entries: list[Entry], known: tuple[dict[str, Any], ...] = ()) -> list[str]:
    tree: Any = lxml.html.document_fromstring(export("R", entries, library, "html", listed=known).decode())
    found = tree.xpath("//*[contains(@class, 'csl-entry')]")
    return [" ".join("".join(one.itertext()).split()).split("] ", 1)[1] for one in found]


def test_the_forms_of_the_standard(library: Library, entry: Entry) -> None:
    entries = [
        replace(entry, document=f"{place:016x}", title=form["title"], place=place)
        for place, (form, _) in enumerate(FORMS, start=1)
    ]
    listed = [{**form, "id": f"key{place}"} for place, (form, _) in enumerate(FORMS)]
    known = read_references(json.dumps(listed).encode(), "mine.json")
    assert printed(library, entries, known) == [expected for _, expected in FORMS]


def test_a_bibliography_in_bibtex(library: Library, entry: Entry) -> None:
    known = read_references(BIB.encode(), "mine.bib")
    titles = ("间断动力系统的随机扰动及其在守恒律方程中的应用", "“Peebles” as scanned")
    entries = [
        replace(entry, document=f"{place:016x}", title=title, name=name, place=place)
        for place, (title, name) in enumerate(zip(titles, ("a.pdf", "peebles.pdf"), strict=True), start=1)
    ]
    assert printed(library, entries, known) == [
        "张志祥. 间断动力系统的随机扰动及其在守恒律方程中的应用[D]. 北京: 北京大学, 1998.",
        "PEEBLES P Z Jr. Probability, random variables, and random signal principles[M]. 4th ed. New York: "
        "McGraw Hill, 2001.",
    ]


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("World Health Organization", "World Health Organization"),
        ("Example, Inc.", "Example, Inc"),
        ("Peter Hall; Anna Q. Lee; Jan Smit; Eva Berg", "HALL P, LEE A Q, SMIT J, et al"),
        ("陈敏；王立群；李四；赵六", "陈敏, 王立群, 李四, 等"),
    ],
)
def test_what_a_file_says_of_its_authors(author: str, expected: str, library: Library, entry: Entry) -> None:
    title = "增长" if author > "z" else "Growth"
    one = replace(entry, author=author, title=title, publisher="X Press", date="2014-05-02")
    assert printed(library, [one]) == [f"{expected}. {title}[R]. X Press, 2014."]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.json", b"{}", "a list of items"),
        ("a.json", b"[{]", "is no CSL-JSON"),
        ("a.txt", b"", "read are .bib, .ris and .json"),
        ("a.bib", b"@book{x, title = {", "a.bib"),
    ],
)
def test_a_bibliography_that_cannot_be_read(name: str, data: bytes, said: str) -> None:
    with pytest.raises(UnexportableReport, match=said):
        read_references(data, name)
