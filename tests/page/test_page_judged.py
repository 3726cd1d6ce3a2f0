"""Right or wrong, said in the page and kept with what was found; and the rows that are made of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.records import Person
from accounts.who import asking
from benchmarks.feedback import write_feedback
from page.judged import UnusableJudgement, judge, judgements
from rag.answer import Assistant
from rag.calibrate import read_questions
from rag.records import Answer, NotFound
from tests.page.conftest import OpenPage, ask, picture
from tests.page.made import DIFFERING, ONE, PARTS, REFUSED, MadeUp, made_library


@pytest.fixture
def made(tmp_path: Path) -> MadeUp:
    """Answers and refusals of every kind."""
    return MadeUp(made_library(tmp_path))


def test_what_is_right_becomes_rows_and_what_is_wrong_is_kept_apart(made: MadeUp, tmp_path: Path) -> None:
    library = made.library
    answer = made.ask(ONE)
    assert isinstance(answer, Answer)
    judge(library, answer, "wrong", "quote")
    judge(library, answer, "right")  # the same person thought again
    judge(library, made.ask(REFUSED), "right")
    judge(library, made.ask(PARTS), "wrong", "other answer", "少了一个")
    judge(library, made.ask(DIFFERING), "right")
    token = asking.set(Person(1, "an", "reader"))
    judge(library, made.ask(DIFFERING), "wrong", "not there")
    asking.reset(token)
    figures = write_feedback(library.folder, tmp_path / "rows.jsonl")
    assert (figures.judgements, figures.questions, figures.rows, figures.to_look_at) == (6, 4, 2, 2)
    rows = read_questions(tmp_path / "rows.jsonl")  # as calibrating reads them
    assert rows == [
        {"question": ONE, "answers": [one.text for one in answer.findings], "evidence": answer.quotes[0].text},
        {"question": REFUSED, "answers": [], "evidence": None},
    ]
    wrong = [json.loads(line) for line in (tmp_path / "rows.wrong.jsonl").read_text("utf-8").splitlines()]
    assert [(one["question"], one["reason"], one["words"]) for one in wrong] == [
        (PARTS, "other answer", "少了一个"),
        (DIFFERING, "not there", ""),
    ]
    assert {name: library.document(name).sha256 for name in wrong[0]["documents"]} == wrong[0]["documents"]


def test_other_verdicts_are_refused(made: MadeUp) -> None:
    with pytest.raises(UnusableJudgement):
        judge(made.library, made.ask(ONE), "perhaps")
    with pytest.raises(UnusableJudgement):
        judge(made.library, made.ask(ONE), "wrong", "because")
    assert judgements(made.library.folder) == []


def test_in_the_page_it_is_said_once_and_kept(
    page_assistant: Assistant, open_page: OpenPage, answering_url: str, refusing_url: str
) -> None:
    folder = page_assistant.library.folder
    before = len(judgements(folder))
    page = open_page(answering_url)
    ask(page, "武汉有多少个中小企业服务工作站？")
    page.locator("[data-judge=wrong]").click()
    page.locator(".judging").get_by_label("引文不支持答案").check()
    page.fill(".judging input[name=words]", "<b>试一下</b>")
    picture(page, "judging")
    page.locator(".judging [type=submit]").click()
    expect(page.locator(".judged")).to_have_text("已记下，谢谢。")
    ask(page, "光谷东智从成立到投产用了多长时间？")
    expect(page.locator(".turn:nth-child(1) .judged")).to_have_text("这个结果对吗？ 不对")
    page.locator(".turn:nth-child(2) [data-judge=right]").click()
    expect(page.locator(".turn:nth-child(2) .judged")).to_be_visible()
    page = open_page(refusing_url, "en-US", 390)
    ask(page, "Who won?")
    page.locator("[data-judge=wrong]").click()
    page.locator(".judging [type=submit]").click()
    expect(page.locator(".judged")).to_have_text("Noted, thank you.")
    page.wait_for_timeout(300)
    said = judgements(folder)[before:]
    assert [(one.verdict, one.reason, one.words, one.result["answered"]) for one in said] == [
        ("wrong", "quote", "<b>试一下</b>", True),
        ("right", "", "", True),
        ("wrong", "is there", "", False),
    ]
    assert isinstance(made_of(said[2].result), NotFound)


def made_of(result: dict[str, object]) -> object:
    """The refusal again; all its fields were kept."""
    from pydantic import TypeAdapter

    return TypeAdapter(NotFound).validate_python({name: value for name, value in result.items() if name != "answered"})
