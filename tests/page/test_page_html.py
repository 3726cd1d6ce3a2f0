"""What stands in the HTML of answers, refusals and settings, and in the text that is copied."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.local import LocalLibrary
from index.records import Span
from page.answers import answer_html, refusal_html
from page.conversation import Turn
from page.copying import copy_text
from page.html import conversation, settings
from page.quotes import blockquote
from page.sureness import Choice, choices, chosen, threshold
from page.words import CHINESE, ENGLISH, Words
from rag.calibrate import unfitted
from rag.judge import Point
from rag.records import Answer, NotFound
from tests.fakes import plain_calibration
from tests.page.made import CURVE, DIFFERING, ONE, PARTS, REFUSED, SEVERAL, made_library, results

CALIBRATION = replace(plain_calibration(), curve=CURVE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> LocalLibrary:
    folder: Path = tmp_path_factory.mktemp("made")
    return made_library(folder)


def answered(library: LocalLibrary, question: str) -> Answer:
    result = results(library)[question]
    assert isinstance(result, Answer)
    return result


def refused(library: LocalLibrary) -> NotFound:
    result = results(library)[REFUSED]
    assert isinstance(result, NotFound)
    return result


def parts(written: str, opening: str, closing: str) -> list[str]:
    """What stands between the tags, the tags within left out."""
    found = re.findall(f"{re.escape(opening)}(.*?){re.escape(closing)}", written, re.DOTALL)
    return [text_of(part) for part in found]


def text_of(written: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", written))


def shorts(written: str) -> list[str]:
    """The short answers, each followed by its citations' numbers."""
    return parts(written, '<p class="short" dir="auto">', "</p>")


def marks(written: str) -> list[list[str]]:
    """What is marked in each blockquote."""
    quotes = re.findall(r"<blockquote.*?</blockquote>", written, re.DOTALL)
    return [parts(quote, "<strong>", "</strong>") for quote in quotes]


def test_one_answer_has_the_numbers_of_all_quotes_that_say_so(made: LocalLibrary) -> None:
    written = answer_html(answered(made, ONE), CHINESE)
    assert shorts(written) == ["2021年3月12"]
    assert marks(written)[:2] == [["2021年3月"], ["2021年3月"]]
    assert 'class="relation' not in written
    assert parts(written, '<span class="confidence">', "</span>")[0] == CHINESE.confidence[2]


def test_several_answers_are_a_list_and_all_marked_in_their_quote(made: LocalLibrary) -> None:
    written = answer_html(answered(made, SEVERAL), CHINESE)
    assert shorts(written) == ["江岸区35个1", "武昌区41个1", "洪山区52个1"]
    assert marks(written) == [["江岸区35个", "武昌区41个", "洪山区52个"]]
    assert '<ul class="findings several">' in written
    assert parts(written, '<p class="relation several">', "</p>") == ["共 3 个答案："]


def test_the_answers_to_parts_are_numbered_in_order_and_each_says_how_sure(made: LocalLibrary) -> None:
    written = answer_html(answered(made, PARTS), ENGLISH)
    assert shorts(written) == ["市经济和信息化局1", "86名2"]
    assert '<ol class="findings parts">' in written
    assert parts(written, '<p class="said-by">', "</p>") == [ENGLISH.confidence[2], ENGLISH.confidence[1]]


def test_documents_that_contradict_each_other_are_named_with_what_they_say(made: LocalLibrary) -> None:
    written = answer_html(answered(made, DIFFERING), CHINESE)
    assert shorts(written) == ["412个1", "398个2"]
    [said] = parts(written, '<p class="relation differing">', "</p>")
    assert "互相矛盾" in said
    assert parts(written, '<p class="said-by">', "</p>") == [
        f"江城服务站年度报告{CHINESE.confidence[2]}",
        f"江城晚报：服务站建设提速{CHINESE.confidence[1]}",
    ]
    assert marks(written)[:2] == [["412个"], ["398个"]]


@pytest.mark.parametrize(("words", "summary"), [(CHINESE, "其他候选（2）"), (ENGLISH, "Other candidates (2)")])
def test_candidates_are_folded_with_their_sentences_and_open_them(
    made: LocalLibrary, words: Words, summary: str
) -> None:
    answer = answered(made, ONE)
    written = answer_html(answer, words)
    [folded] = re.findall(r"<details.*?</details>", written, re.DOTALL)
    assert folded.startswith('<details class="candidates"><summary>')  # and not open
    assert parts(folded, "<summary>", "</summary>") == [summary]
    assert parts(folded, '<span class="words">', "</span>") == ["1.8亿元", "120家"]
    assert parts(folded, '<span class="confidence">', "</span>") == [words.confidence[0]] * 2
    assert marks(folded) == [["1.8亿元"], ["120家"]]
    for candidate in answer.candidates:
        assert f'data-start="{candidate.quote.start}" data-end="{candidate.quote.end}"' in folded
    assert folded.count('class="open"') == 2


def test_without_candidates_nothing_is_folded(made: LocalLibrary) -> None:
    assert "<details" not in answer_html(answered(made, SEVERAL), CHINESE)


def test_a_refusal_says_which_words_are_nowhere(made: LocalLibrary) -> None:
    refusal = refused(made)
    [said] = parts(refusal_html(refusal, CHINESE), '<p class="nowhere" dir="auto">', "</p>")
    assert said == "问题中的这些词，在所有文档中都没有出现：“深圳”、“机器人”。"
    [said] = parts(refusal_html(refusal, ENGLISH), '<p class="nowhere" dir="auto">', "</p>")
    assert said == "These words of the question stand nowhere in the documents: “深圳”, “机器人”."
    assert "nowhere" not in refusal_html(replace(refusal, unseen=()), CHINESE)


def test_how_many_passages_were_read_is_said(made: LocalLibrary) -> None:
    for written in (answer_html(answered(made, ONE), CHINESE), refusal_html(refused(made), CHINESE)):
        [said] = parts(written, '<span class="searched">', "</span>")
        assert said.startswith("检索 2 份文档、9 段，精读 4 段，2026-01-0")
    [said] = parts(refusal_html(refused(made), ENGLISH), '<span class="searched">', "</span>")
    assert said.startswith("Searched documents: 2, passages: 9, passages read: 4; 2026-01-0")


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        (ONE, ["答：2021年3月 [1][2]"]),
        (SEVERAL, ["答：共 3 个答案：", "- 江岸区35个 [1]", "- 武昌区41个 [1]", "- 洪山区52个 [1]"]),
        (PARTS, ["答：问题有 2 个部分，依次作答：", "1. 市经济和信息化局 [1]", "2. 86名 [2]"]),
        (
            DIFFERING,
            [
                "答：文档说法不一：以下 2 个答案互相矛盾，请核对原文。",
                "- 412个 [1]（《江城服务站年度报告》，很有把握）",
                "- 398个 [2]（《江城晚报：服务站建设提速》，较有把握）",
            ],
        ),
    ],
)
def test_what_is_copied_has_every_answer_its_citations_and_the_quotes(
    made: LocalLibrary, question: str, lines: Sequence[str]
) -> None:
    answer = answered(made, question)
    asked, said, *quotes = copy_text(answer, CHINESE).split("\n\n")
    assert asked == f"问：{question}"
    assert said.split("\n") == list(lines)
    assert len(quotes) == len(answer.quotes)
    for number, (copied, quote) in enumerate(zip(quotes, answer.quotes, strict=True), 1):
        assert copied.startswith(f"[{number}] “{quote.text}”")
    assert f'data-copy="{html.escape(copy_text(answer, CHINESE))}"' in answer_html(answer, CHINESE)


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=5))
def test_marking_changes_no_character_and_marks_what_was_asked(text: str, spans: list[tuple[int, int]]) -> None:
    wanted = [Span(start, min(len(text), start + length)) for start, length in spans if start < len(text)]
    written = blockquote(text, wanted)
    assert set(re.findall(r"<[^>]*>", written)) <= {'<blockquote dir="auto">', "</blockquote>", "<strong>", "</strong>"}
    assert text_of(written) == text
    covered = "".join(letter for at, letter in enumerate(text) if any(span.start <= at < span.end for span in wanted))
    [marked] = marks(written)
    assert "".join(marked) == ("" if covered == text else covered)


HOSTILE = "<img src=x onerror=alert(1)>\"'&lt;\r\n"


def test_hostile_text_of_every_field_is_escaped(made: LocalLibrary) -> None:
    answer, refusal = answered(made, DIFFERING), refused(made)
    quotes = tuple(replace(quote, title=HOSTILE, heading=HOSTILE, text=HOSTILE) for quote in answer.quotes)
    answer = replace(
        answer,
        question=HOSTILE,
        findings=tuple(replace(finding, text=HOSTILE) for finding in answer.findings),
        quotes=quotes,
        candidates=tuple(replace(entry, text=HOSTILE, quote=quotes[0]) for entry in answer.candidates),
    )
    turns = (
        Turn(HOSTILE, "answered", result=answer),
        Turn(HOSTILE, "answered", result=replace(refusal, unseen=(HOSTILE,))),
    )
    written = conversation(turns, (), CHINESE)
    assert "<img" not in written and "\r" not in written
    assert "\"'" not in written
    assert written.count("&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;lt;&#13;") > 15


def test_the_choices_are_points_of_the_curve_from_answering_most_to_surest() -> None:
    offered = choices(CALIBRATION)
    assert offered is not None
    assert [choice.false_answers for choice in offered.all] == [0.5, 0.2, 0.1, 0.05, 0.02, 0.01]
    assert offered.all[offered.usual] == Choice(0.05, 0.832)
    for choice in offered.all:
        point = CALIBRATION.at(choice.false_answers)
        assert point.false_answers <= choice.false_answers and point.answered == choice.answered


def test_shares_that_the_curve_does_not_tell_apart_are_one_choice() -> None:
    coarse = replace(CALIBRATION, curve=(Point(0.1, 0.4, 0.9), Point(0.6, 0.04, 0.8), Point(0.9, 0.0, 0.3)))
    offered = choices(coarse)
    assert offered is not None
    assert offered.all == (Choice(0.5, 0.9), Choice(0.05, 0.8), Choice(0.01, 0.3))
    assert offered.usual == 1
    nothing_so_low = replace(CALIBRATION, curve=(Point(0.1, 0.4, 0.9), Point(0.6, 0.15, 0.8)))
    assert choices(nothing_so_low) == replace(offered, all=(Choice(0.5, 0.9), Choice(0.2, 0.8)))


def test_where_there_is_nothing_to_choose_there_are_no_settings() -> None:
    assert choices(plain_calibration()) is None
    assert settings(unfitted("1" * 64), CHINESE) == settings(None, CHINESE) == ""


def test_only_a_share_can_be_chosen() -> None:
    assert chosen(0.02) == 0.02
    wrong: list[object] = [1.5, -1, float("nan"), "0.02", None, [], {"share": 0.02}]
    assert all(chosen(data) is None for data in wrong)
    assert threshold(CALIBRATION, 0.02) == 0.7
    assert threshold(CALIBRATION, None) is threshold(None, 0.02) is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (CHINESE, "文档中没有答案的问题，每 100 个约误答 5 个；文档中有答案的，每 100 个作答 83 个。"),
        (
            ENGLISH,
            "Of questions the documents do not answer, some 5 in 100 get an answer; of those they do, 83 in 100 do.",
        ),
    ],
)
def test_the_settings_say_both_figures_of_every_position(words: Words, sentence: str) -> None:
    written = settings(CALIBRATION, words)
    [data] = re.findall(r'data-choices="([^"]*)"', written)
    offered = json.loads(html.unescape(data))
    assert [entry["share"] for entry in offered] == [0.5, 0.2, 0.1, 0.05, 0.02, 0.01]
    assert offered[3]["says"] == sentence
    assert parts(written, '<output for="sureness" aria-live="off">', "</output>") == [sentence]
    assert 'type="range" id="sureness" min="0" max="5" step="1" value="3"' in written
    assert f'<label for="sureness">{words.sureness}</label>' in written
    assert words.measured in html.unescape(written)
