"""What a report's citations say of the place and the author, and insertions that are marked in a quotation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.ingest import make_document
from index.local import LocalLibrary
from index.readers import read
from index.records import Origin, Place
from rag.verify import CheckedReport, read_report, verify
from rag.verify.authors import people
from rag.verify.misplaced import pages_said
from tests.evidence_fakes import library_of
from tests.fakes import TermEmbedder

PAGES = (
    "第一家证券交易所成立于1817年，一直营业到第二次世界大战。这句话印在第一页和别处。",
    "由于糟糕的财务状况，波兰人队于2013年从该国顶级联赛降级。",
    "战争结束后，当局不鼓励建造教堂，只有一小部分教堂得以重建。这句话印在第一页和别处。",
)
TITLED = {  # name: text, title, author
    "warsaw.pdf": ("\n\n".join(PAGES), "华沙城市概况", "王立群"),
    "growth.md": (
        "# Inequality and growth\n\n## First studies\n\nStudies of growth have sometimes found evidence that "
        "inequality first increases, then decreases.\n\n## Later doubts\n\nMost economists did not lose any of their "
        "12 wagers, and the old hypothesis cannot account for the increase. That hypothesis [as it is called] is "
        "theirs.\n",
        "Inequality and growth",
        "Peter Hall; Anna Kowalska",
    ),
    "campus.txt": ("A yard lies in the middle of the old campus.", "Guide to the campus", "Susan O'Neil"),
    "pharmacy.txt": ("药剂顾问通常在疗养院工作，但越来越多人开始在其它机构工作。", "药学实践手册", "陈敏"),
    "unsigned.txt": ("No one has signed these lines, which are about nothing at all.", "Unsigned lines", ""),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> LocalLibrary:
    library, fake = library_of(tmp_path_factory.mktemp("cited"), {}), TermEmbedder()
    for number, (name, (text, title, author)) in enumerate(TITLED.items()):
        content = read(text.encode(), name if name.endswith(".md") else f"{name}.txt")
        places: tuple[Place, ...] = ()
        if name.endswith(".pdf"):
            starts = [text.index(page) for page in PAGES]
            ends = [start + len(page) for start, page in zip(starts, PAGES, strict=True)]
            places = tuple(
                Place(start, end, "page", str(page))
                for page, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
            )
        content = replace(content, title=title, origin=Origin(author=author), places=places)
        document, parts = make_document(content, name, f"/{name}", f"{number:016x}" + "0" * 48, fake)
        library.add(document, parts, np.zeros((len(parts.passages), fake.dimension), dtype=np.float32))
    return library


def checked(library: LocalLibrary, text: str) -> CheckedReport:
    return verify(library, read_report(text.encode(), "report.md"))


FIRST, SECOND, THIRD = (page.split("。")[0] for page in PAGES)
EVIDENCE = "inequality first increases, then decreases"


@pytest.mark.parametrize(
    ("citation", "told"),
    [
        ("王立群：《华沙城市概况》，第2页。", []),
        ("王立群：《华沙城市概况》，第１—2页。", []),
        ("王立群：《华沙城市概况》，第3页。", [("page", "3", "2")]),
        ("王立群：《华沙城市概况》，第三頁。", [("page", "3", "2")]),
        ("王立群. 华沙城市概况[M]. 北京: 某出版社, 2019: 1.", [("page", "1", "2")]),
        ("王立群. 华沙城市概况[M]. 北京: 某出版社, 2019: 2.", []),
        ("王立群：《华沙城市概况》，2019年1月3日。", []),
        ("华沙城市概况, pp. 2-3", []),
        ("华沙城市概况, pp. 33-4", [("page", "33–34", "2")]),
        ("王立群. 华沙城市概况[J]. 某刊, 2014(3): 12-18.", []),  # a whole article's
        ("王立群：《华沙城市概况》，《某刊》2014年第3期，第12—18页。", []),
        ("王立群. 华沙城市概况[J]. 某刊, 2014(3): 12.", [("page", "12", "2")]),
        ("陈敏：《华沙城市概况》，第2页。", [("author", "陈敏", "王立群")]),
        ("张三丰：《华沙城市概况》，第2页。", [("author", "张三丰", "王立群")]),
        ("参见王立群等：《华沙城市概况》，第2页。", []),
        ("某城市年鉴编纂委员会：《华沙城市概况》，第2页。", []),
        ("《华沙城市概况》。", []),
        ("陈敏：《药学实践手册》，第1页；王立群：《华沙城市概况》，第2页。", []),
    ],
)
def test_what_a_citation_says_of_the_place_is_told(
    library: LocalLibrary, citation: str, told: list[tuple[str, str, str]]
) -> None:
    report = checked(library, f"他写道：“{SECOND}”[^1]。\n\n[^1]: {citation}")
    [one] = report.quotations
    assert [(each.kind, each.cited, each.actual) for each in one.misplaced] == told
    assert (one.verdict, one.wrong_document, report.ok) == ("exact", False, not told)


def test_pages_printed_otherwise_than_counted(library: LocalLibrary) -> None:
    """Two citations that agree say how a document's pages are numbered; a third that does not is told."""
    notes = (
        "[^1]: 《华沙城市概况》，第101页。\n\n[^2]: 《华沙城市概况》，第102页。\n\n[^3]: 《华沙城市概况》，第{page}页。"
    )
    text = f"“{FIRST}”[^1]，“{SECOND}”[^2]，“{THIRD}”[^3]。\n\n"
    assert checked(library, text + notes.format(page=103)).ok
    wrong = checked(library, text + notes.format(page=104))
    assert [[(each.cited, each.actual) for each in one.misplaced] for one in wrong.quotations] == [
        [],
        [],
        [("104", "103")],
    ]
    article = "“{words}”（王立群. 华沙城市概况[J]. 某刊, 2019(3): 101-103.）"
    assert checked(library, article.format(words=SECOND)).ok


@pytest.mark.parametrize(("page", "ok"), [(1, True), (2, False), (3, True)])
def test_words_that_stand_on_several_pages(library: LocalLibrary, page: int, ok: bool) -> None:
    assert checked(library, f"“这句话印在第一页和别处”（《华沙城市概况》第{page}页）").ok is ok


@pytest.mark.parametrize(
    ("citation", "ok"),
    [
        ("Inequality and growth, “First studies”", True),
        ("Inequality and growth, section “Later doubts”", False),
        ("Inequality and growth › Later Doubts", False),
        ("Inequality and growth", True),
    ],
)
def test_a_heading_that_the_words_do_not_stand_under(library: LocalLibrary, citation: str, ok: bool) -> None:
    [one] = checked(library, f"He says “{EVIDENCE}”.[^1]\n\n[^1]: {citation}").quotations
    assert [each.kind for each in one.misplaced] == ([] if ok else ["heading"])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (f"He says “{EVIDENCE}” (Hall, 2014).", False),
        (f"He says “{EVIDENCE}” (Kowalska & Hall 2014, 3).", False),
        (f"According to Hall (2014), “{EVIDENCE}”.", False),
        ("He says “药剂顾问通常在疗养院工作” (Hall, 2014).", True),
        ("According to Hall and Kowalska (2014), “药剂顾问通常在疗养院工作”.", True),
        ("“药剂顾问通常在疗养院工作”（王立群，2019）。", True),
        ("王立群（2019）指出：“药剂顾问通常在疗养院工作”。", True),
        ("“药剂顾问通常在疗养院工作”（陈敏，2019）。", False),
        ("In the city hall, “药剂顾问通常在疗养院工作”.", False),
        ("The Halls of 2014 said “药剂顾问通常在疗养院工作” (Hallmark, 2014).", False),
        ("“No one has signed these lines, which are about nothing at all” (Hall, 2014).", False),  # of another Hall
    ],
)
def test_authors_and_years(library: LocalLibrary, text: str, wrong: bool) -> None:
    [one] = checked(library, text).quotations
    assert (one.verdict in ("exact", "typographic"), one.wrong_document) == (True, wrong)


def test_the_same_work_again(library: LocalLibrary) -> None:
    notes = "[^1]: 王立群：《华沙城市概况》，第1页。\n\n[^2]: 同上，第2页。\n\n[^3]: Ibid., p. 1.\n\n[^4]: 同上。"
    text = f"“{FIRST}”[^1]，“{SECOND}”[^2]，“{THIRD}”[^3]，“药剂顾问通常在疗养院工作”[^4]。\n\n{notes}"
    told = [(bool(one.misplaced), one.wrong_document) for one in checked(library, text).quotations]
    assert told == [(False, False), (False, False), (True, False), (False, True)]
    follows = f"“{FIRST}”（《华沙城市概况》，第1页），“药剂顾问通常在疗养院工作”（同上）。"
    assert [one.wrong_document for one in checked(library, follows).quotations] == [False, True]


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("studies [of the 1960s] of growth have sometimes found evidence", "typographic"),
        ("[S]tudies of growth have sometimes found evidence", "exact"),
        ("[s]tudies of growth have sometimes found evidence", "typographic"),
        ("sometimes found [sic] evidence that inequality first increases", "exact"),
        ("[They] have sometimes found evidence that inequality first increases", "exact"),
        ("Studies of growth [they] found evidence that inequality first increases", "exact"),
        ("夏天，由于糟糕的财务状况", "altered"),
        ("第一家[证券]交易所成立于1817年", "exact"),  # the source's own words, set off
        ("由于，[该]队于2013年从该国顶级联赛降级", "altered"),
        ("状况，[该]队于2013年从该国顶级联赛降级", "exact"),  # a few characters before it
        ("Studies [they] have sometimes found evidence", "exact"),
        ("由于糟糕的财务状况，波兰人队于2013年从该国顶级联赛降级……", "exact"),
        ("……波兰人队于2013年从该国顶级联赛降级", "exact"),
        ("… have sometimes found evidence . . . . Most economists did not lose any", "exact"),
        ("Studies of growth [. . .] found evidence that inequality first increases", "exact"),
        ("That hypothesis [as it is called] is theirs", "exact"),
        ("That hypothesis [as it was called] is theirs", "altered"),  # the brackets are the source's
        ("Most economists did […] lose any of their 12 wagers", "altered"),  # what is left out is a "not"
        ("Studies of growth have [not] sometimes found evidence", "altered"),
        ("由于糟糕的财务状况，[华沙]波兰人队于2013年从该国顶级联赛降级", "exact"),
        ("由于糟糕的财务状况，波兰人队（引者注：华沙的球队）于2013年从该国顶级联赛降级", "exact"),
        ("Most economists [lost] any of their 12 wagers", "altered"),  # a negation is what was replaced
        ("did not lose any of their [many] wagers", "altered"),  # and here a number
        ("Studies of growth have [always] sometimes found no evidence", "altered"),
        ("Studies of growth have sometimes found evidence [and] the old hypothesis cannot account", "altered"),
    ],
)
def test_marked_insertions(library: LocalLibrary, words: str, verdict: str) -> None:
    [one] = checked(library, f"“{words}”").quotations
    assert one.verdict == verdict
    if verdict != "altered":
        assert one.source is not None
        for change in one.differences:
            assert change.kind == "typographic"
            assert words[change.first_start : change.first_end]


@pytest.mark.parametrize(
    ("tail", "wrong"),
    [
        ("（《华沙城市概况》，第2页）", False),
        ("（陈敏：《药学实践手册》）。", True),
        ("——王立群《华沙城市概况》", False),
        ("——陈敏《药学实践手册》", True),
        (" (Hall, 2014)", True),
        ("[1]", False),
    ],
)
def test_the_source_in_a_block_quotation_is_none_of_its_words(library: LocalLibrary, tail: str, wrong: bool) -> None:
    [one] = checked(library, f"> {SECOND}。{tail}\n\n[1] 王立群. 华沙城市概况[M]. 2019.").quotations
    assert (one.quotation.text, one.verdict, one.wrong_document) == (f"{SECOND}。", "exact", wrong)
    assert one.named


def test_notes_of_a_page_from_an_office_program(library: LocalLibrary) -> None:
    text = (
        f"<p>“{SECOND}”<a href='#n1sym' name='n1anc'><sup>1</sup></a></p><div id='n1'><p><a href='#n1anc' "
        "name='n1sym'>1</a> 陈敏：《药学实践手册》。</p></div>"
    )
    report = verify(library, read_report(text.encode(), "r.html"))
    assert [(one.verdict, one.wrong_document) for one in report.quotations] == [("exact", True)]
    assert report.figures == ()


@pytest.mark.parametrize(("page", "ok"), [("", True), ("2", True), ("2-3", True), ("3", False)])
def test_the_page_stands_after_the_number(library: LocalLibrary, page: str, ok: bool) -> None:
    """As GB/T 7714 has it where a work is cited several times."""
    text = f"据称“{SECOND}”[1]{page}，又如此。\n\n[1] 王立群. 华沙城市概况[M]. 北京: 某出版社, 2019."
    assert checked(library, text).ok is ok


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"王立群在《华沙城市概况》第2页写道：“{SECOND}”。", []),
        (f"王立群在《华沙城市概况》第3页写道：“{SECOND}”。", [("3", "2")]),
        (f"As 王立群 (2019, p. 3) notes, “{SECOND}”.", [("3", "2")]),
        (f"“{FIRST}”（《华沙城市概况》，第1页），又说“{SECOND}”。", []),  # the page is the first quotation's
    ],
)
def test_a_page_before_the_words(library: LocalLibrary, text: str, told: list[tuple[str, str]]) -> None:
    report = checked(library, text)
    assert [(each.cited, each.actual) for one in report.quotations for each in one.misplaced] == told
    assert report.figures == () or all(figure.ok for figure in report.figures)


def test_two_mistakes_alike_are_no_numbering(library: LocalLibrary) -> None:
    """Two wrong pages that are off by the same number do not make the right one wrong."""
    text = "".join(
        f"“{words}”（《华沙城市概况》，第{page}页）。" for words, page in ((FIRST, 2), (SECOND, 3), (THIRD, 3))
    )
    assert [bool(one.misplaced) for one in checked(library, text).quotations] == [True, True, False]


def test_numbers_of_a_citation_are_no_figures(library: LocalLibrary) -> None:
    text = f"“{SECOND}” [Wang 2019, p. 7], see page 9 and 第8—10页, of 13 clubs."
    assert [figure.text for figure in checked(library, text).figures] == ["13"]


@pytest.mark.parametrize("mark", ["'", "’"])
def test_a_name_with_an_apostrophe(library: LocalLibrary, mark: str) -> None:
    assert checked(library, f"“A yard lies in the middle of the old campus” (O{mark}Neil, 2017).").ok
    citation = f"Susan O{mark}Neil, Guide to the campus, 1."
    [one] = checked(library, f"“A yard lies in the middle of the old campus”[^1].\n\n[^1]: {citation}").quotations
    assert (one.ok, one.misplaced) == (True, ())


@pytest.mark.parametrize("name", ["block-text", "MsoQuote"])
def test_a_block_quotation_of_a_page_from_an_office_program(library: LocalLibrary, name: str) -> None:
    data = f"<html><body><p>He says:</p><p class='{name}'>{SECOND}，又如此。</p></body></html>".encode()
    assert [one.verdict for one in verify(library, read_report(data, "r.html")).quotations] == ["altered"]


def test_pages_and_people() -> None:
    assert pages_said("第3、第5页，2019年") == ((5, 5),)
    assert pages_said("2019, 12 May") == () == pages_said("10 pp") == pages_said("2019-03: 4 期")
    assert pages_said("Kowalska (2019), 45.") == ((45, 45),)
    assert [person.family for person in people("HALL Peter, KOWALSKA Anna")] == ["HALL", "KOWALSKA"]
    assert people("Lenovo User") == people("微软用户") == people("admin") == ()


def test_no_name_of_a_file_is_needed(tmp_path: Path) -> None:
    library = library_of(tmp_path, {"a.md": f"# 一份文件\n\n{SECOND}。\n"})
    [one] = checked(library, f"“{SECOND}”（王立群：《某部没有的书》，第9页）").quotations
    assert (one.verdict, one.ok) == ("exact", True)
