"""What the Evidence tab shows and does: the HTML, and every action without a browser."""

from __future__ import annotations

import base64
import html
import io
import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.collections import collect
from index.ingest import add_file
from index.local import LocalLibrary
from index.records import Document, Span
from page.answers import answer_html, refusal_html
from page.evidence_actions import ACTIONS, MEDIA_TYPES, Request, act
from page.evidence_html import frame
from page.quotes import digest
from page.words import CHINESE, ENGLISH, Words
from page.words_evidence import EVIDENCE_CHINESE, EVIDENCE_ENGLISH, EvidenceWords, evidence_words
from rag.absence import read_absence
from rag.evidence import Evidence, open_evidence
from rag.export import WRITERS
from rag.mentions import Mentions
from rag.records import Answer, NotFound
from rag.speaking import Speaking
from tests.fakes import TermEmbedder
from tests.page.made import ONE, REFUSED, made_library, results

HOSTILE = (
    "# <b>Bold</b> & title\r\n\r\n"
    "The chair said, “We will not sell the mill 🏭 <script>alert(1)</script> this year.”\r\n"
    "Unless the council agrees, the mill stays shut.\r\n"
)


class Desk:
    """A library, its lists, and what the page would send."""

    def __init__(self, library: LocalLibrary) -> None:
        self.library = library
        self.evidence: Evidence = open_evidence(library.folder)

    def do(self, action: str, words: Words = CHINESE, **data: Any) -> dict[str, Any]:
        return act(Request(self.evidence, self.library, words, {"action": action, **data}))

    def document(self, name: str) -> Document:
        return next(self.library.document(one.id) for one in self.library.documents() if one.name == name)

    def add(self, name: str, text: str, words: Words = CHINESE, **data: Any) -> dict[str, Any]:
        document = self.document(name)
        start = document.text.index(text)
        span = {"document": document.id, "start": start, "end": start + len(text), "question": "", "answer": ""}
        return self.do("add", words, **span, text=text, **data)

    def replace(self, name: str, text: str) -> None:
        path = self.library.folder.parent / name
        path.write_bytes(text.encode())
        assert add_file(self.library, TermEmbedder(), path).state in ("added", "updated", "replaced")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    library = made_library(tmp_path)
    path = tmp_path / "mill.md"
    path.write_bytes(HOSTILE.encode())
    assert add_file(library, TermEmbedder(), path).state == "added"
    return Desk(library)


def text_of(written: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", written))


def quotes(written: str) -> list[str]:
    """What stands in the blockquotes that are an entry's own."""
    found = re.findall(r'</span></div><blockquote dir="auto">(.*?)</blockquote>', written, re.DOTALL)
    return [text_of(part) for part in found]


def test_the_words_of_both_languages_have_the_same_places_to_fill_in() -> None:
    for field in fields(EvidenceWords):
        chinese, english = getattr(EVIDENCE_CHINESE, field.name), getattr(EVIDENCE_ENGLISH, field.name)
        assert type(chinese) is type(english), field.name
        if isinstance(chinese, str):
            assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", english)), field.name
        else:
            assert len(chinese) == len(english), field.name
            if isinstance(chinese, dict):
                assert chinese.keys() == english.keys(), field.name


def test_every_quote_of_an_answer_and_a_refusal_can_be_added(desk: Desk) -> None:
    made = results(desk.library)
    answer, refusal = made[ONE], made[REFUSED]
    assert isinstance(answer, Answer) and isinstance(refusal, NotFound)
    written = answer_html(answer, CHINESE)
    assert written.count('class="add"') == len(answer.quotes) + len(answer.candidates)
    for quote in [*answer.quotes, *(candidate.quote for candidate in answer.candidates)]:
        assert f'data-add="{quote.document}" data-start="{quote.start}" data-end="{quote.end}"' in written
    assert refusal_html(refusal, ENGLISH).count('class="add"') == len(refusal.nearest)
    assert f'data-question="{html.escape(ONE)}" data-answer="2021年3月"' in written


def test_a_quote_is_added_once_with_its_question_and_kept(desk: Desk) -> None:
    answer = results(desk.library)[ONE]
    assert isinstance(answer, Answer)
    one = answer.quotes[0]
    sent: dict[str, Any] = {
        "document": one.document,
        "start": one.start,
        "end": one.end,
        "digest": digest(one.text),
        "question": ONE,
        "answer": "2021年3月",
    }
    shown = desk.do("add", **sent)
    assert "error" not in shown
    assert quotes(shown["entries"]) == [one.text]
    assert ONE in text_of(shown["entries"]) and one.title in text_of(shown["entries"])
    assert shown["held"] == [
        {"report": shown["report"], "name": "报告", "spans": [f"{one.document}:{one.start}-{one.end}"]}
    ]
    again = desk.do("add", report=shown["report"], **sent)
    assert quotes(again["entries"]) == [one.text] and "早已在" in again["said"]
    [entry] = open_evidence(desk.library.folder).entries(shown["report"])
    assert (entry.text, entry.question, entry.answer) == (one.text, ONE, "2021年3月")


def test_words_that_are_not_those_seen_are_not_added(desk: Desk) -> None:
    document = desk.document("mill.md")
    seen: list[dict[str, Any]] = [{"text": "other"}, {"digest": digest("other")}, {}]
    for sent in seen:
        shown = desk.do("add", document=document.id, start=2, end=6, question="", answer="", **sent)
        assert shown == {"error": EVIDENCE_CHINESE.changed_meanwhile}
    for start, end, identity in ((2, 2, document.id), (0, 10**6, document.id), (0, 1, "none"), (-3, 2, document.id)):
        assert desk.do("add", document=identity, start=start, end=end, text="x") == {"error": EVIDENCE_CHINESE.no_place}
    assert "error" in desk.do("add", document=document.id, start="0", end=3, text="x")
    assert "error" in desk.do("no such action") and desk.evidence.reports() == []


@given(data=st.data())
def test_any_span_is_added_and_shown_exactly(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    desk = _shared(tmp_path_factory)
    document = desk.document("mill.md")
    start = data.draw(st.integers(0, len(document.text) - 1))
    end = data.draw(st.integers(start + 1, len(document.text)))
    text = document.text[start:end]
    shown = desk.do("add", document=document.id, start=start, end=end, text=text)
    assert quotes(shown["entries"])[-1] == text
    assert "<script" not in shown["entries"] and "<b>" not in shown["entries"]
    assert "\r" not in shown["entries"]  # written as references: an HTML parser makes a line feed of a plain one
    desk.do("remove", report=shown["report"], entry=shown["added"])


_MADE: list[Desk] = []


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    if not _MADE:
        folder = tmp_path_factory.mktemp("spans")
        (folder / "mill.md").write_bytes(HOSTILE.encode())
        library = made_library(folder)
        assert add_file(library, TermEmbedder(), folder / "mill.md").state == "added"
        _MADE.append(Desk(library))
    return _MADE[0]


def test_a_cut_that_drops_a_condition_is_warned_of_and_who_spoke_is_told(desk: Desk) -> None:
    shown = desk.add("mill.md", "the mill stays shut", ENGLISH)
    assert EVIDENCE_ENGLISH.cautions["condition"] in text_of(shown["entries"])
    assert "<strong>Unless</strong>" in shown["entries"]
    shown = desk.do("wider_before", ENGLISH, report=shown["report"], entry=shown["added"])
    shown = desk.do("wider_after", ENGLISH, report=shown["report"], entry=desk.evidence.entries(1)[0].id)
    assert EVIDENCE_ENGLISH.cautions["condition"] not in text_of(shown["entries"])
    assert quotes(shown["entries"]) == ["Unless the council agrees, the mill stays shut."]
    shown = desk.add("mill.md", "We will not sell the mill 🏭", ENGLISH, report=shown["report"])
    assert "Who spoke: The chair" in text_of(shown["entries"])


def test_quotes_are_widened_and_narrowed_by_whole_sentences(desk: Desk) -> None:
    first, second = "服务站由市经济和信息化局主办，2021年3月启用。", "首批服务专员共有86名，平均每名专员联系企业120家。"
    shown = desk.add("report.md", first)
    entry = shown["added"]
    assert second in text_of(shown["entries"])  # as the sentence after it
    assert 'data-do="narrower_after" data-entry="1" disabled' in shown["entries"]
    for action, text in (
        ("wider_after", first + second),
        ("narrower_before", second),
        ("wider_before", first + second),
        ("narrower_after", first),
    ):
        shown = desk.do(action, report=shown["report"], entry=entry)
        assert quotes(shown["entries"]) == [text]
        one = desk.evidence.entry(entry)
        assert one.text == text == desk.document("report.md").text[one.start : one.end]


def test_order_notes_and_removal(desk: Desk) -> None:
    texts = ["412个", "1.8亿元", "120家"]
    for text in texts:
        shown = desk.add("report.md", text, report=1)
    first, _, last = (entry.id for entry in desk.evidence.entries(1))
    assert quotes(desk.do("up", report=1, entry=last)["entries"]) == ["412个", "120家", "1.8亿元"]
    assert quotes(desk.do("up", report=1, entry=first)["entries"]) == ["412个", "120家", "1.8亿元"]
    assert quotes(desk.do("down", report=1, entry=first)["entries"]) == ["120家", "412个", "1.8亿元"]
    note = "\n<i>第一行</i>\r\n & “二”"
    shown = desk.do("note", report=1, entry=last, note=note)
    [written] = re.findall(rf'data-note="{last}"[^>]*>\n(.*?)</textarea>', shown["entries"], re.DOTALL)
    assert html.unescape(written) == note == desk.evidence.entry(last).note
    assert quotes(desk.do("remove", report=1, entry=first)["entries"]) == ["120家", "1.8亿元"]
    assert "error" in desk.do("remove", report=1, entry=first)


def test_reports_are_made_chosen_renamed_and_deleted(desk: Desk) -> None:
    one = desk.do("create", name="第一 <b>")["report"]
    two = desk.do("create", name="第二")["report"]
    shown = desk.add("report.md", "412个", report=one)
    assert shown["report"] == one and "第一 &lt;b&gt;（1 条）" in shown["reports"]
    assert quotes(desk.do("show", report=two)["entries"]) == []
    assert "error" in desk.do("rename", report=two, name="第一 <b>") and "error" in desk.do("create", name=" ")
    assert "改后（1 条）" in desk.do("rename", report=one, name="改后")["reports"]
    assert desk.do("delete", report=99) | {"said": ""} == desk.do("show") | {"said": ""}
    shown = desk.do("delete", report=one)
    assert shown["report"] == two and [report.name for report in desk.evidence.reports()] == ["第二"]


def test_the_state_of_the_source_is_said_in_words(desk: Desk) -> None:
    original = desk.document("news.md").text
    shown = desk.add("news.md", "服务站最早于2021年3月启用。")
    entry = shown["added"]
    assert EVIDENCE_CHINESE.states["current"] in shown["entries"]
    desk.replace("news.md", "# 新版\n\n" + original)
    shown = desk.do("show")
    assert EVIDENCE_CHINESE.states["moved"] in shown["entries"] and 'data-do="follow"' in shown["entries"]
    now = desk.document("news.md")
    assert f'data-document="{now.id}"' in shown["entries"]
    shown = desk.do("follow", entry=entry)
    assert EVIDENCE_CHINESE.states["current"] in shown["entries"]
    assert desk.evidence.entry(entry).document == now.id
    desk.replace("news.md", "# 又一版\n\n没有了。\n")
    assert EVIDENCE_CHINESE.states["changed"] in desk.do("show")["entries"]
    desk.library.remove(desk.document("news.md").id)
    shown = desk.do("show", ENGLISH)
    assert EVIDENCE_ENGLISH.states["gone"] in shown["entries"] and 'class="open"' not in shown["entries"]


def test_every_mention_is_listed_by_document_and_added_at_once(desk: Desk) -> None:
    shown = desk.do("mentions", term="服务站")
    listed = text_of(shown["mentions"])
    for name in ("report.md", "news.md"):
        document = desk.document(name)
        count = document.text.count("服务站")
        assert f"{document.title} · {count} 处" in listed
    assert "<strong>服务站</strong>" in shown["mentions"]
    document = desk.document("report.md")
    shown = desk.do("add_all", term="服务站", document=document.id)
    assert len(shown["held"][0]["spans"]) > 1 and all("服务站" in text for text in quotes(shown["entries"]))
    assert "没有“鲸鱼”" in desk.do("mentions", term="鲸鱼")["mentions"]
    assert "error" in desk.do("mentions", term=" ")


def test_mentions_are_limited_to_a_collection(desk: Desk) -> None:
    assert desk.do("show")["within"] == ""
    collect(desk.library, "年报 <i>", [desk.document("report.md").id])
    assert 'value="年报 &lt;i&gt;"' in desk.do("show")["within"]
    listed = text_of(desk.do("mentions", term="服务站", within="年报 <i>")["mentions"])
    assert desk.document("report.md").title in listed and desk.document("news.md").title not in listed
    assert "error" in desk.do("mentions", term="服务站", within="没有这个")


def test_what_speaks_to_a_question_is_added_as_it_is_shown(desk: Desk) -> None:
    document = desk.document("report.md")
    span = next(span for span in document.sentences if "412" in document.text[span.start : span.end])
    asked: list[tuple[str, Any]] = []

    def speaking(question: str, within: Any) -> Speaking:
        asked.append((question, within))
        at = document.text.index("412")
        return Speaking((Mentions(document.id, document.title, (Span(at, at + 4),), (span,)),), 24, 60)

    data = {"action": "mentions", "term": "有多少个服务站？", "how": "speaks", "within": ""}
    written = act(Request(desk.evidence, desk.library, CHINESE, data, speaking))["mentions"]
    assert asked == [("有多少个服务站？", None)]
    assert "<strong>412个</strong>" in written and "共 60 段，读了 24 段" in written
    [(spans, seen)] = re.findall(r'data-spans="([^"]*)" data-digest="([^"]*)"', written)
    wrong = desk.do("add_all", document=document.id, spans=spans, digest=digest("other words"))
    assert "error" in wrong and desk.do("show")["held"] == []
    shown = desk.do("add_all", document=document.id, spans=spans, digest=seen)
    assert shown["held"][0]["spans"] == [f"{document.id}:{span.start}-{span.end}"]
    assert "error" in desk.do("add_all", document=document.id, spans="1-x", digest=seen)


def test_a_quote_is_looked_at_before_it_goes_in(desk: Desk) -> None:
    document = desk.document("mill.md")
    start = document.text.index("the mill stays")
    at: dict[str, Any] = {"document": document.id, "start": start, "end": start + 14}
    shown = desk.do("span", adjust="", **at)
    assert (shown["place"]["start"], shown["place"]["end"]) == (start, start + 14)
    assert EVIDENCE_CHINESE.cautions["condition"] in shown["around"]
    wide = desk.do("span", adjust="wider_before", **at)["place"]
    text = document.text[wide["start"] : wide["end"]]
    assert text == "Unless the council agrees, the mill stays" and wide["digest"] == digest(text)
    assert "error" in desk.do("span", adjust="", **{**at, "end": 10**9})
    said = desk.add("mill.md", "the mill stays")["said"]
    assert said.startswith("已加入“报告”，第 1 条。注意：") and "条件" in said


def test_an_entry_is_moved_to_a_place(desk: Desk) -> None:
    for text in ("Unless", "council", "agrees"):
        desk.add("mill.md", text)
    entries = desk.evidence.entries(1)
    shown = desk.do("move", entry=entries[2].id, place=1)
    assert quotes(shown["entries"])[:1] == ["agrees"] and [one.text for one in desk.evidence.entries(1)] == [
        "agrees",
        "Unless",
        "council",
    ]
    desk.do("move", entry=entries[2].id, place=-5)
    assert desk.evidence.entries(1)[0].text == "agrees"


def test_a_marked_copy_and_an_own_bibliography(desk: Desk) -> None:
    content = base64.b64encode("“江城的服务站从来不用排队等候”".encode()).decode()
    file = desk.do("marked", name="稿/1.md", content=content, kind="html")["file"]
    assert file["name"] == "1 ✓.html" and 'class="bad"' in base64.b64decode(file["content"]).decode()
    desk.add("report.md", "首批服务专员共有86名")
    item = [{"id": "x", "type": "thesis", "title": desk.document("report.md").title, "publisher": "某大学"}]
    content = base64.b64encode(json.dumps(item).encode()).decode()
    written = desk.do("export", kind="html", style="", name="mine.json", content=content)["file"]
    assert "[D]. 某大学" in text_of(base64.b64decode(written["content"]).decode())


@pytest.mark.parametrize("kind", list(MEDIA_TYPES))
def test_every_format_is_exported_with_the_quote_exact(desk: Desk, kind: str) -> None:
    text = "We will not sell the mill 🏭"
    desk.add("mill.md", text, report=desk.do("create", name="a/b: 报告")["report"])
    shown = desk.do("export", report=1, kind=kind, style="")
    assert shown["file"]["name"] == f"a_b_ 报告.{kind}"
    data = base64.b64decode(shown["file"]["content"])
    if kind == "docx":
        assert any(text in paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    if kind in ("md", "html", "csv"):
        assert text in data.decode("utf-8-sig")
    assert set(MEDIA_TYPES) == set(WRITERS)


def test_a_style_is_named_and_no_file_of_this_machine_is_read(desk: Desk, tmp_path: Path) -> None:
    desk.add("report.md", "412个")
    (tmp_path / "own.csl").write_text("x")
    assert desk.do("export", kind="md", style=str(tmp_path / "own.csl")) == {"error": EVIDENCE_CHINESE.style_file}
    assert "error" in desk.do("export", kind="md", style="no-such-style")
    assert "error" in desk.do("export", kind="exe", style="")
    assert "file" in desk.do("export", kind="md", style="apa")


def test_a_finished_report_is_checked_quotation_by_quotation(desk: Desk) -> None:
    report = (
        "他们写道：“全市已建成中小企业服务站412个，覆盖全部街道。”\n\n"
        "又说：“其中江岸区36个、武昌区41个、洪山区52个，其余分布在各远城区。”\n\n"
        "还说：“月球上的服务站全年无休而且从来不用排队。”\n"
    )
    written = desk.do("verify", name="稿.md", content=base64.b64encode(report.encode()).decode())["verify"]
    verdicts = re.findall(r'<p class="said-of"><strong>(.*?)</strong>', written)
    assert verdicts == [EVIDENCE_CHINESE.verdicts[kind] for kind in ("exact", "altered", "not found")]
    assert "<del>6</del>" in written and "<ins>5</ins>" in written
    assert written.count('class="open"') == 2
    assert "3 条引文，1 条无误" in text_of(written)
    assert "error" in desk.do("verify", name="x.exe", content="") and "error" in desk.do(
        "verify", name="x.md", content="*"
    )


def test_an_absence_is_kept_with_the_report_and_handed_out(desk: Desk) -> None:
    desk.library.remove(desk.document("mill.md").id)
    refusal = results(desk.library)[REFUSED]
    assert isinstance(refusal, NotFound)
    counts = desk.library.counts()
    written = refusal_html(refusal, CHINESE)
    [sent] = re.findall(r'data-absence="(.*?)"', written)
    sent = html.unescape(sent)
    assert "error" in desk.do("absence", refusal=sent)  # of another library than this one
    sent = sent.replace('"passages": 9', f'"passages": {counts.passages}')
    shown = desk.do("absence", refusal=sent)
    assert REFUSED in text_of(shown["entries"]) and EVIDENCE_CHINESE.absence_states[0] in shown["entries"]
    [name] = set(re.findall(r'data-name="(.*?)"', shown["entries"]))
    given = desk.do("absence_file", name=name, kind="json")["file"]
    record = read_absence(base64.b64decode(given["content"]).decode())
    assert record.question == REFUSED
    assert {one.sha256 for one in record.documents} == {one.sha256 for one in desk.library.documents()}
    assert [one.text for one in record.nearest] == [one.text for one in refusal.nearest]
    assert REFUSED in base64.b64decode(desk.do("absence_file", name=name, kind="md")["file"]["content"]).decode()
    desk.do("delete", report=shown["report"])
    assert list((desk.evidence.folder / "absences").iterdir()) == []


def test_the_frame_names_every_form_that_there_is_an_action_for() -> None:
    for words in (CHINESE, ENGLISH):
        written = frame(words, MEDIA_TYPES)
        assert set(re.findall(r'data-form="(\w+)"', written)) <= set(ACTIONS)
        assert evidence_words(words).tab in written
