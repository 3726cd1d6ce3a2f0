"""The Documents tab's server side without a browser: what it lists, changes, adds and removes."""

from __future__ import annotations

import asyncio
import base64
import codecs
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields, replace
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from gradio.utils import get_upload_folder

from index.collections import collect
from index.embed import Vectors
from index.ingest import add_file
from index.local import LocalLibrary
from page.adding import Additions, Run, Upload, uploaded_name
from page.answering import Here
from page.answers import answer_html
from page.conversation import Turns, answered, asked
from page.document import document_view
from page.documents import Shelf
from page.quotes import digest, place
from page.removing import Removals
from page.shelf import ENCODINGS
from page.within import Within, chosen_within, said
from page.words import CHINESE, ENGLISH
from page.words_documents import CHINESE as ZH
from page.words_documents import ENGLISH as EN
from rag.answer import Assistant
from rag.quote import quote, sentence_around
from rag.records import Answer, NotFound
from tests.conftest import ROOT
from tests.fakes import NumberReader, TermEmbedder, plain_calibration
from tests.page.made import ONE, MadeUp, made_library

FILES = ROOT / "tests" / "data" / "files"
PDF = FILES / "libreoffice-guide.pdf"


@pytest.fixture
def made(tmp_path: Path) -> MadeUp:
    return MadeUp(made_library(tmp_path))


@pytest.fixture
def served(made: MadeUp) -> dict[str, Any]:
    """What the browser may call, by name."""
    shelf = Shelf(made)
    return {f.__name__: f for f in (*shelf.functions(), *shelf.picker(), *shelf.panel())}


def uploaded(name: str, content: bytes, folder: str = "one") -> dict[str, str]:
    """A file as Gradio keeps an upload, and what the browser says of it."""
    path = Path(get_upload_folder()) / f"test-{folder}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"path": str(path), "name": name}


def finished(served: dict[str, Any], files: Sequence[dict[str, str]], **more: str) -> dict[str, Any]:
    """Add uploaded files and wait for the end."""
    started = served["start_adding"]({"files": files, "language": "en", **more})
    return ended(served, started["run"])


def ended(served: dict[str, Any], run: str) -> dict[str, Any]:
    for _ in range(500):
        progress: dict[str, Any] = served["adding_progress"]({"run": run, "language": "en"})
        if progress["ended"]:
            return progress
        time.sleep(0.02)
    raise AssertionError("the addition does not end")


def listed(served: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = served["list_documents"]({"language": "zh"})
    return found


def titles(served: dict[str, Any]) -> list[str]:
    return [entry["title"] for entry in listed(served)["documents"]]


def test_both_languages_say_the_same_things() -> None:
    for field in fields(ZH):
        chinese, english = getattr(ZH, field.name), getattr(EN, field.name)
        pairs = [(chinese, english)] if isinstance(chinese, str) else [(chinese[k], english[k]) for k in chinese]
        for one, other in pairs:
            names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (one, other)]
            assert names[0] == names[1], field.name
    assert asdict(ZH).keys() == asdict(EN).keys() and ZH.columns.keys() == EN.columns.keys()


def test_uploads_are_added_replaced_known_or_refused_in_words(made: MadeUp, served: dict[str, Any]) -> None:
    good, bad = uploaded("avocets.txt", b"The survey counted 412 avocets."), uploaded("broken.pdf", b"%PDF-1.7 nothing")
    progress = finished(served, [good, bad])
    assert progress["state"] == "done" and progress["share"] == 1
    assert [(outcome["name"], outcome["state"]) for outcome in progress["outcomes"]] == [
        ("avocets.txt", "added"),
        ("broken.pdf", "failed"),
    ]
    assert progress["outcomes"][0]["says"] == "added, passages: 1"
    assert progress["outcomes"][1]["says"].startswith("could not be added: broken.pdf: damaged")
    assert not Path(good["path"]).exists() and not Path(bad["path"]).exists()
    found = listed(served)
    assert found["library"] == f"3 份文档 · {made.library.counts().passages} 段 · 全部在本机"
    [failed] = found["files"]
    assert (
        failed["name"] == "broken.pdf"
        and failed["state"] == "失败"
        and failed["reason"].startswith("broken.pdf：文件已损坏")
    )

    again = finished(served, [uploaded("avocets.txt", b"The survey counted 412 avocets.")])
    assert [outcome["state"] for outcome in again["outcomes"]] == ["unchanged"]
    changed = finished(served, [uploaded("avocets.txt", b"The survey counted 500 avocets.")])
    assert [outcome["state"] for outcome in changed["outcomes"]] == ["replaced"]
    [document] = [entry for entry in listed(served)["documents"] if entry["name"] == "avocets.txt"]
    assert made.library.document(document["id"]).text == "The survey counted 500 avocets."
    assert document["sources"] == ["upload:avocets.txt"]

    assert served["forget_file"]({"source": failed["source"], "language": "zh"}) == {}
    assert listed(served)["files"] == []


def test_an_upload_joins_a_collection(served: dict[str, Any]) -> None:
    finished(served, [uploaded("birds.txt", b"There were 412 avocets.")], collection=" 鸟类 ")
    [document] = [entry for entry in listed(served)["documents"] if entry["name"] == "birds.txt"]
    assert document["collections"] == ["鸟类"] and listed(served)["collections"] == ["鸟类"]


def test_the_encoding_of_a_text_is_chosen_by_hand(made: MadeUp, served: dict[str, Any]) -> None:
    text = "Съешь ещё этих мягких французских булок, да выпей же чаю."
    finished(served, [uploaded("rolls.txt", text.encode("cp1251"))], encoding="cp1252")
    [wrong] = [entry for entry in listed(served)["documents"] if entry["name"] == "rolls.txt"]
    assert wrong["encoding"] == "cp1252"
    again = finished(served, [uploaded("rolls.txt", text.encode("cp1251"))], encoding="cp1251")
    assert [outcome["state"] for outcome in again["outcomes"]] == ["replaced"]
    assert made.library.document(wrong["id"]).text == text
    longer = finished(served, [uploaded("rolls.txt", (text + text).encode("cp1251"))])  # as chosen before
    assert [outcome["state"] for outcome in longer["outcomes"]] == ["replaced"]
    [entry] = [entry for entry in listed(served)["documents"] if entry["name"] == "rolls.txt"]
    assert entry["encoding"] == "cp1251" and entry["by_hand"]
    finished(served, [uploaded("rolls.txt", (text + text).encode("cp1251"))], encoding="auto")
    [entry] = [entry for entry in listed(served)["documents"] if entry["name"] == "rolls.txt"]
    assert entry["encoding"] == "cp1251" and not entry["by_hand"]
    sent = {"files": [uploaded("rolls.txt", b"x")], "encoding": "rot13"}
    assert served["start_adding"](sent) == {"error": EN.not_understood}


def test_every_encoding_that_is_offered_is_one() -> None:
    assert [codecs.lookup(codec).name for codec in ENCODINGS]


def test_reasons_are_in_the_page_s_language(served: dict[str, Any]) -> None:
    bad = uploaded("broken.pdf", b"%PDF-1.7 nothing")
    started = served["start_adding"]({"files": [bad], "language": "zh"})
    ended(served, started["run"])
    progress = served["adding_progress"]({"run": started["run"], "language": "zh"})
    assert progress["outcomes"][0]["says"] == (
        "没能加入：broken.pdf：文件已损坏，或不是 PDF；请换一份完整的，或重新打印为 PDF"
    )
    [failed] = listed(served)["files"]
    assert failed["reason"].startswith("broken.pdf：文件已损坏")
    assert served["list_documents"]({"language": "en"})["files"][0]["reason"].startswith("broken.pdf: damaged, or no")


def test_files_of_one_name_in_several_folders_are_several(made: MadeUp, served: dict[str, Any]) -> None:
    one = {**uploaded("a.txt", b"There were 412 avocets.", "one"), "folder": "birds/2023"}
    two = {**uploaded("a.txt", b"There were 500 avocets.", "two"), "folder": "birds/../2024"}
    progress = finished(served, [one, two])
    assert [outcome["state"] for outcome in progress["outcomes"]] == ["added", "added"]
    found = {tuple(entry.sources) for entry in made.library.documents() if entry.name == "a.txt"}
    assert found == {("upload:birds/2023/a.txt",), ("upload:birds/2024/a.txt",)}
    again = {**uploaded("a.txt", b"There were 501 avocets.", "one"), "folder": "birds/2024"}
    assert [outcome["state"] for outcome in finished(served, [again])["outcomes"]] == ["replaced"]


def test_only_an_uploaded_file_is_taken(served: dict[str, Any], tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret", encoding="utf-8")
    link = Path(get_upload_folder()) / "test-link.txt"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(secret)
    for path in (secret, link, Path(get_upload_folder()) / ".." / ".." / "etc" / "passwd"):
        sent = {"files": [{"path": str(path), "name": "x.txt"}], "language": "en"}
        assert served["start_adding"](sent) == {"error": EN.not_understood}
        assert served["discard_uploads"](sent) == {"error": EN.not_understood}
    assert secret.exists()
    link.unlink()


@pytest.mark.parametrize("data", [None, "nonsense", [], {}, {"document": 5}, {"files": 3}, {"files": [None]}])
def test_what_the_page_never_sends_is_an_error_in_words(served: dict[str, Any], data: Any) -> None:
    for name in ("edit_document", "put_in_collection", "start_adding", "show_page", "forget_file"):
        assert served[name](data)["error"] in (EN.not_understood, EN.gone), name


class Slow(TermEmbedder):
    """Embeds when a test says so."""

    def __init__(self, run: list[Run]) -> None:
        self.run = run

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        while self.run and not self.run[0].cancelled.is_set():
            time.sleep(0.01)
        return super().embed_passages(texts)


def test_cancelling_leaves_out_what_is_not_in_and_the_library_answers_meanwhile(made: MadeUp) -> None:
    before = made.library.documents()
    runs: list[Run] = []
    made.embedder = Slow(runs)
    additions = Additions(made)
    text = " ".join(f"Sentence {number} of this long report is here." for number in range(2000))
    file = uploaded("long.txt", text.encode())
    run = None
    runs.append(Run({}))  # held from the start
    key = additions.start([Upload(Path(file["path"]), file["name"])])
    run = additions.run(key)
    assert run is not None
    while run.at != "long.txt":
        time.sleep(0.01)
    assert made.library.documents() == before and run.state == "adding"
    run.cancelled.set()
    runs[0].cancelled.set()
    while run.state == "adding":
        time.sleep(0.01)
    assert run.state == "cancelled" and run.outcomes == []
    assert made.library.documents() == before
    assert listed({f.__name__: f for f in Shelf(made).functions()})["files"] == []


def test_a_library_that_cannot_take_files_says_why(made: MadeUp, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        from index.errors import LibraryReadOnly

        raise LibraryReadOnly("it can be read and not written")

    monkeypatch.setattr(made.library, "require_writable", refuse)
    served = {f.__name__: f for f in Shelf(made).functions()}
    progress = finished(served, [uploaded("x.txt", b"Something.")])
    assert progress["state"] == "failed" and "it can be read and not written" in progress["says"]


def test_names_of_uploads_are_plain() -> None:
    assert uploaded_name("../../etc/passwd") == "passwd"
    assert uploaded_name("C:\\fakepath\\a\u202eb.txt") == "ab.txt"
    assert uploaded_name("") == "file"
    assert len(uploaded_name("长" * 300 + ".txt")) == 255


def test_a_removal_is_held_back_undone_and_done(made: MadeUp, served: dict[str, Any]) -> None:
    report = next(entry for entry in made.library.documents() if entry.name == "report.md")
    held = {"document": report.id, "language": "zh"}
    assert served["remove_document"](held) == {}
    assert len(titles(served)) == 1 and len(made.library.documents()) == 2
    assert served["undo_removal"](held) == {}
    assert len(titles(served)) == 2
    assert served["undo_removal"](held) == {"error": ZH.too_late}

    assert served["remove_document"](held) == {}
    assert served["finish_removals"]({"documents": [report.id], "language": "zh"}) == {}
    assert [entry.name for entry in made.library.documents()] == ["news.md"]
    assert "服务专员".encode() not in b"".join(path.read_bytes() for path in made.library.folder.iterdir())
    assert served["remove_document"](held) == {"error": ZH.gone}


def test_what_is_added_again_while_its_removal_is_held_stays(made: MadeUp, served: dict[str, Any]) -> None:
    finished(served, [uploaded("birds.txt", b"There were 412 avocets.")])
    [id_] = [entry.id for entry in made.library.documents() if entry.name == "birds.txt"]
    served["remove_document"]({"document": id_})
    again = finished(served, [uploaded("birds.txt", b"There were 412 avocets.")])
    assert [outcome["state"] for outcome in again["outcomes"]] == ["added"]
    served["finish_removals"]({"documents": [id_]})
    assert id_ in [entry.id for entry in made.library.documents()]


def test_a_removal_nobody_undoes_is_done_in_time_and_what_is_held_at_the_end_is_done(made: MadeUp) -> None:
    first, second = made.library.documents()
    removals = Removals(made.library, seconds=0.05)
    removals.hold(first.id)
    while made.library.documents()[0].id == first.id:
        time.sleep(0.02)
    assert not removals.keep(first.id)
    removals = Removals(made.library, seconds=60)
    removals.hold(second.id)
    removals.finish()  # as at the program's end
    assert made.library.documents() == []


def test_a_citation_is_edited_and_given_back(made: MadeUp, served: dict[str, Any]) -> None:
    [id_] = [entry["id"] for entry in listed(served)["documents"] if entry["name"] == "news.md"]
    changes = {"title": "新\n标题", "author": "张三", "date": "2024-03", "url": "https://example.org/"}
    assert served["edit_document"]({"document": id_, "changes": changes}) == {}
    entry = next(entry for entry in listed(served)["documents"] if entry["id"] == id_)
    assert (entry["title"], entry["author"], entry["date"]) == ("新 标题", "张三", "2024-03")
    assert served["edit_document"]({"document": id_, "changes": {"title": ""}}) == {}
    assert "江城晚报：服务站建设提速" in titles(served)
    assert served["edit_document"]({"document": id_, "changes": {"text": "x"}}) == {"error": EN.not_understood}


def test_collections_are_made_and_left(made: MadeUp, served: dict[str, Any]) -> None:
    [id_] = [entry["id"] for entry in listed(served)["documents"] if entry["name"] == "news.md"]
    assert served["put_in_collection"]({"document": id_, "name": " 新闻 ", "there": True}) == {"name": "新闻"}
    places = served["list_places"]({"language": "zh"})
    assert places["collections"] == [{"name": "新闻", "label": "集合“新闻”", "count": 1}]
    assert {entry["file"] for entry in places["documents"]} == {"report.md", "news.md"}
    assert served["put_in_collection"]({"document": id_, "name": "新闻", "there": False}) == {"name": "新闻"}
    assert listed(served)["documents"][1]["collections"] == []
    assert "error" in served["put_in_collection"]({"document": id_, "name": "  ", "there": True})


def test_a_collection_is_renamed_and_dissolved(made: MadeUp, served: dict[str, Any]) -> None:
    [id_] = [entry["id"] for entry in listed(served)["documents"] if entry["name"] == "news.md"]
    served["put_in_collection"]({"document": id_, "name": "新闻", "there": True})
    served["put_in_collection"]({"document": id_, "name": "其他", "there": True})
    assert served["rename_collection"]({"name": "新闻", "new": " 报纸 ", "language": "zh"}) == {"name": "报纸"}
    assert listed(served)["collections"] == ["其他", "报纸"]
    taken = served["rename_collection"]({"name": "报纸", "new": "其他", "language": "zh"})
    assert taken == {"error": "'其他' 不能作为集合的新名称：名称为空，或已有同名集合"}
    assert served["dissolve_collection"]({"name": "报纸", "language": "zh"}) == {}
    assert listed(served)["collections"] == ["其他"]
    gone = served["dissolve_collection"]({"name": "报纸", "language": "zh"})
    assert gone == {"error": "资料库中没有集合 '报纸'（现有：其他）"}
    assert id_ in [entry.id for entry in made.library.documents()]


def test_where_to_look_is_never_widened() -> None:
    assert chosen_within("") is chosen_within(None) is None
    assert chosen_within("[]") == Within((), ())
    assert chosen_within('[["鸟类", "集合“鸟类”"]]') == Within(("鸟类",), ("集合“鸟类”",))
    for wrong in ('"鸟类"', "{}", "[1]", '[["a"]]', "[[1, 2]]", "nonsense", 5):
        with pytest.raises(ValueError):
            chosen_within(wrong)
    assert said(Within(("a",), ("甲",)), ZH) == "在甲中"
    assert said(Within(tuple("abcde"), tuple("甲乙丙丁戊")), ZH) == "在甲、乙、丙等 5 处中"
    assert said(Within((), ()), EN) == EN.within_nothing


def test_the_foot_says_where_it_was_looked_for_escaped(made: MadeUp) -> None:
    answer = made.results[ONE]
    assert isinstance(answer, Answer)
    written = answer_html(answer, CHINESE, Within(("x",), ("<img src=x>",)))
    assert '<span class="within" dir="auto">在&lt;img src=x&gt;中</span>' in written
    assert 'class="within"' not in answer_html(answer, CHINESE)


def test_a_place_in_a_table_is_said(made: MadeUp) -> None:
    report = made.library.documents()[0].id
    document = made.library.document(report)
    around = document.sentences[1]
    made_quote = replace(quote(document, around.start, around.end), cell="stations!B7")
    assert place(made_quote, CHINESE).startswith("单元格 stations!B7，")
    assert place(made_quote, ENGLISH).startswith("cell stations!B7, ")


def test_a_quote_of_a_pdf_is_shown_on_the_picture_of_its_page(library: LocalLibrary, fake: TermEmbedder) -> None:
    result = add_file(library, fake, PDF)
    assert result.state == "added"
    document = library.document(result.detail)
    at = document.text.index("brass chronometer")
    around = sentence_around(document, at)
    assert around is not None
    start, end = around
    assert place(quote(document, start, end), CHINESE).startswith("第 2 页，")
    wanted = {"document": document.id, "start": start, "end": end, "digest": digest(document.text[start:end])}
    view = document_view(library, {**wanted, "before": 10, "after": 10}, ENGLISH)
    assert view["pages"] == [2]

    [show] = [
        f
        for f in Shelf(Here(Assistant(library, fake, NumberReader(), plain_calibration()))).panel()
        if f.__name__ == "show_page"
    ]
    shown = show({**wanted, "page": 2, "language": "zh"})
    head, _, data = shown["picture"].partition(",")
    assert head == "data:image/png;base64" and base64.b64decode(data).startswith(b"\x89PNG")
    assert shown["boxes"] and all(0 <= box["left"] < 1 and 0 < box["height"] < 0.2 for box in shown["boxes"])
    assert "第 2 页" in shown["alt"]
    assert show({**wanted, "page": 99, "language": "zh"})["error"]
    first = show({**wanted, "page": 1, "language": "zh"})
    assert first["boxes"] == []


def test_the_choice_reaches_the_library(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(f"The {name} survey counted 412 avocets.", encoding="utf-8")
        assert add_file(library, fake, tmp_path / f"{name}.txt").state == "added"
    ids = [entry.id for entry in library.documents()]
    collect(library, "empty", [])
    collect(library, "first", ids[:1])
    here = Here(Assistant(library, fake, NumberReader(), plain_calibration()))
    limited = here.ask("How many avocets did the survey count?", 0.0, ["first"])
    assert isinstance(limited, Answer) and {one.document for one in limited.quotes} == {ids[0]}
    nothing = here.ask("How many avocets did the survey count?", 0.0, ["empty"])
    assert isinstance(nothing, NotFound) and nothing.nearest == () and nothing.searched.documents == 0
    gone = asked((), "How many?", here, ENGLISH, within=Within((ids[1], "0" * 16), ("Two", "Gone")))

    async def result() -> Turns:
        return [turns async for turns in answered(gone, here, ENGLISH)][-1]

    with ThreadPoolExecutor(1) as thread:  # a browser of another test may have its loop in this one
        [turn] = thread.submit(lambda: asyncio.run(result())).result()
    assert turn.state == "failed" and EN.within_gone in turn.note
    assert here.embedder.embed_passages(["a b"] * 20).shape == (20, fake.dimension)
    assert (here.embedder.embed_passages(["x", "y"]) == fake.embed_passages(["x", "y"])).all()
    assert here.embedder.embed_passages([]).shape == (0, fake.dimension)
    assert list(here.embedder.count_tokens(["abc"])) == [3]
