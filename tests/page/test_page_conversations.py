"""Conversations kept: written whole, opened as they were, searched, renamed, deleted, exported with exact quotes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.records import Person
from accounts.who import asking
from index.library import Library
from page.conversation import Turn
from page.conversations import export_conversation
from page.kept import (
    Place,
    UnknownConversation,
    entries_of,
    looked_at_again,
    opened,
    own_place,
)
from page.within import Within
from rag.answer import Assistant
from rag.records import Answer
from rag.verify import read_report, verify
from rag.written.records import Sentence, Written
from rag.written.write import sources_of
from tests.page.conftest import OpenPage, ask, picture
from tests.page.made import DIFFERING, ONE, REFUSED, MadeUp, made_library
from tests.page.test_page_kinds import violations
from tests.page.test_page_looks import CONTRAST, fits

WITHIN = Within(("年报",), ("合集 年报",))


@pytest.fixture
def made(tmp_path: Path) -> MadeUp:
    """Answers and refusals of every kind."""
    return MadeUp(made_library(tmp_path))


def turns_of(made: MadeUp) -> tuple[Turn, ...]:
    """A conversation with each kind of turn."""
    first, second, third = (made.ask(question) for question in (ONE, DIFFERING, REFUSED))
    assert isinstance(first, Answer)
    said = Written(
        "m",
        "",
        sources_of(first),
        (Sentence("说过。", (1,), (1,), ()), Sentence("没说。", (), (), ("claim",))),
        "whole",
    )
    return (
        Turn(ONE, "answered", result=first, asked="何时启用？", written=said, writes=True),
        Turn(DIFFERING, "answered", result=second, asked=DIFFERING, within=WITHIN, false_answers=0.02),
        Turn(REFUSED, "answered", result=third, asked=REFUSED),
        Turn("？", "stopped", note="已停止", asked="？"),
    )


def test_a_conversation_is_what_it_was_when_it_is_opened_again(made: MadeUp, tmp_path: Path) -> None:
    turns = turns_of(made)
    with opened(tmp_path / "kept") as mine:
        place = mine.save(Place(mine.folder), turns[:1], made.library)
        place = mine.save(place, turns, made.library)
        [listed] = mine.listed()
        kept = mine.kept(listed.id)
    assert (listed.id, listed.name, listed.questions) == (place.id, "何时启用？", 4)
    assert kept.turns == turns
    assert looked_at_again(kept, made.library) == turns  # nothing has changed


def test_two_windows_never_write_over_each_other(made: MadeUp, tmp_path: Path) -> None:
    turns = turns_of(made)
    with opened(tmp_path / "kept") as mine:
        first = mine.save(Place(mine.folder), turns[:1], made.library)
        here = mine.save(first, turns[:2], made.library)
        there = mine.save(first, (turns[0], turns[2]), made.library)  # goes on from what it had opened
        assert here.id != there.id
        assert [one.turns for one in map(mine.kept, (1, 2))] == [turns[:2], (turns[0], turns[2])]


@pytest.mark.parametrize(
    ("searched", "found"),
    [("启用", True), ("398", True), ("江岸区", False), ("服務站", True), ("没说", True), ("合同", False), ("", True)],
)
def test_questions_answers_and_quotes_are_searched(made: MadeUp, tmp_path: Path, searched: str, found: bool) -> None:
    with opened(tmp_path / "kept") as mine:
        mine.save(Place(mine.folder), turns_of(made), made.library)
        assert bool(mine.listed(searched)) == found


def test_what_changed_since_is_told(made: MadeUp, tmp_path: Path) -> None:
    turns = turns_of(made)[:2]
    with opened(tmp_path / "kept") as mine:
        place = mine.save(Place(mine.folder), turns, made.library)
        results = [turn.result for turn in turns]
        cited = {quote.document for result in results if isinstance(result, Answer) for quote in result.quotes}
        gone = sorted(cited)[0]
        made.library.remove(gone)
        again = looked_at_again(mine.kept(place.id or 0), made.library)
        for turn in again:
            assert isinstance(turn.result, Answer)
            wanted = tuple(n for n, quote in enumerate(turn.result.quotes, 1) if quote.document == gone)
            assert turn.stale == wanted
        assert any(turn.stale for turn in again)
        mine.save(place, again, made.library)  # goes on; what is known of the source that is gone stays
        assert len(entries_of(mine.kept(place.id or 0))) == sum(
            len(result.quotes) for result in results if isinstance(result, Answer)
        )


def test_names_and_deleting(made: MadeUp, tmp_path: Path) -> None:
    with opened(tmp_path / "kept") as mine:
        place = mine.save(Place(mine.folder), turns_of(made), made.library)
        mine.rename(place.id or 0, " 年报 问答 ")
        assert [one.name for one in mine.listed("年报")] == ["年报 问答"]
        with pytest.raises(UnknownConversation):
            mine.rename(place.id or 0, " \n ")
        mine.delete(place.id or 0)
        assert mine.listed() == []
        with pytest.raises(UnknownConversation):
            mine.kept(place.id or 0)
    assert "何时启用".encode() not in (tmp_path / "kept" / "conversations.sqlite").read_bytes()


def test_everyone_has_their_own(made: MadeUp) -> None:
    places = []
    for person in (Person(1, "an", "reader"), Person(2, "bo", "owner")):
        token = asking.set(person)
        places.append(own_place(made.library.folder))
        asking.reset(token)
    assert len({place.folder for place in places} | {own_place(made.library.folder).folder}) == 3


def test_exports_hold_every_question_answer_and_quote(made: MadeUp, tmp_path: Path) -> None:
    with opened(tmp_path / "kept") as mine:
        place = mine.save(Place(mine.folder), turns_of(made), made.library)
        kept = mine.kept(place.id or 0)
    whole = json.loads(export_conversation(kept, made.library, "json", "zh"))
    assert [turn["question"] for turn in whole["turns"]] == [ONE, DIFFERING, REFUSED, "？"]
    for entry in entries_of(kept):
        document = made.library.document(entry.document)
        assert document.text[entry.start : entry.end] == entry.text
    markdown = export_conversation(kept, made.library, "md", "zh").decode()
    assert "文档中没有找到答案" in markdown and REFUSED in markdown
    assert "412" in markdown and "398" in markdown
    checked = _verified(export_conversation(kept, made.library, "docx", "zh"), made.library)
    assert set(checked) == {"exact"}
    assert len(checked) >= 2


def _verified(word: bytes, library: Library) -> list[str]:
    """What checking the report says of each of its quotations."""
    return [str(one.verdict) for one in verify(library, read_report(word, "conversation.docx")).quotations]


def test_in_the_page_it_is_kept_opened_searched_renamed_and_deleted(
    page_assistant: Assistant, open_page: OpenPage, answering_url: str
) -> None:
    folder = own_place(page_assistant.library.folder).folder
    question = "武汉有多少个中小企业服务工作站？"
    page = open_page(answering_url)
    ask(page, question)
    said = page.locator(".turn .answer").inner_text()
    page.reload()
    page.wait_for_selector("#conversation .welcome")
    page.click("#view-conversations")
    row = page.locator(".conversations li", has_text=question).first
    expect(row).to_be_visible()
    page.fill(".conversations [type=search]", "独角兽鲸鱼")
    expect(page.locator(".conversations .none")).to_be_visible()
    page.fill(".conversations [type=search]", "服务工作站")
    row.locator("[data-do=rename]").click()
    row.locator("input").fill("工作站")
    row.locator("input").press("Enter")
    renamed = page.locator(".conversations li", has=page.get_by_text("工作站", exact=True))
    expect(renamed.locator(".name")).to_have_text("工作站")
    picture(page, "conversations")
    with page.expect_download() as download:
        renamed.locator("[data-kind=md]").click()
    assert "674个" in Path(download.value.path()).read_text("utf-8")
    renamed.locator("[data-do=open]").click()
    page.wait_for_selector(".turn .answer")
    assert page.locator(".turn .answer").inner_text() == said
    ask(page, "光谷东智从成立到投产用了多长时间？")  # it goes on where it was
    with opened(folder) as mine:
        [one] = [listed for listed in mine.listed() if listed.name == "工作站"]
        assert one.questions == 2
    page.click("#view-conversations")
    renamed.locator("[data-do=delete]").click()
    renamed.locator("[data-do=delete]").click()
    expect(renamed).to_have_count(0)
    with opened(folder) as mine:
        assert "工作站" not in [listed.name for listed in mine.listed()]


@pytest.mark.parametrize(
    ("locale", "width", "scheme"),
    [("zh-CN", 390, "light"), ("en-US", 1366, "dark")],
)
def test_the_tab_and_judging_in_every_look(
    open_page: OpenPage, answering_url: str, locale: str, width: int, scheme: str
) -> None:
    look = f"{locale[:2]}-{'wide' if width > 900 else 'narrow'}-{scheme}"
    page = open_page(answering_url, locale, width, scheme)
    ask(page, "How many avocets did the survey count?")
    page.locator("[data-judge=wrong]").click()
    page.locator(".judging form").scroll_into_view_if_needed()
    picture(page, f"judging-{look}")
    assert fits(page) and page.evaluate(CONTRAST) == []
    assert violations(page) == ""
    page.click("#view-conversations")
    page.locator(".conversations li").first.locator("[data-do=rename]").click()
    picture(page, f"conversations-{look}")
    assert fits(page)
    assert violations(page) == ""
