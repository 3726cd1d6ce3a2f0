"""The commands as a person or a program runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ARTICLE, ROOT


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"},
    )


def lines(outcome: subprocess.CompletedProcess[str]) -> list[Any]:
    return [json.loads(line) for line in outcome.stdout.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library made on the command line, with a broken file beside the article."""
    place = tmp_path_factory.mktemp("command-line")
    wrong = place / "wrong.txt"
    wrong.write_bytes(bytes(range(256)))
    outcome = run("index", "add", str(ARTICLE), str(wrong), "--library", str(place / "library"), "--json")
    assert outcome.returncode == 2
    added, failed = lines(outcome)
    assert (added["state"], failed["state"]) == ("added", "failed")
    assert "wrong.txt: this is not text" in failed["detail"]
    assert "[2/2] failed: wrong.txt" in outcome.stderr
    return place / "library"


def test_list_show_and_status(folder: Path) -> None:
    [[entry]] = lines(run("index", "list", "--library", str(folder), "--json"))
    assert entry["name"] == ARTICLE.name
    [shown] = lines(run("index", "show", entry["id"][:8], "--library", str(folder), "--json"))
    assert shown["text"] == ARTICLE.read_bytes().decode()
    assert run("index", "show", ARTICLE.name, "--library", str(folder)).stdout == f"{shown['text']}\n"
    [status] = lines(run("index", "status", "--library", str(folder), "--json"))
    assert (status["documents"], status["passages"]) == (1, entry["passages"])
    assert status["model"] == "multilingual-e5-small"
    outcome = run("index", "show", "nothing", "--library", str(folder))
    assert outcome.returncode == 2
    assert "index list" in outcome.stderr
    assert outcome.stdout == ""


def test_questions_from_standard_input_are_answered_a_line_each(folder: Path) -> None:
    questions = ["飞恩微电子的生产完成率提升了多少？", "", "Who painted the Mona Lisa?", "敢为科技的创始人是谁？"]
    outcome = run("rag", "ask", "-", "--library", str(folder), given="\n".join(questions))
    answers = lines(outcome)
    assert outcome.returncode == 1  # one of them is not found
    assert [answer["question"] for answer in answers] == [question for question in questions if question]
    assert [answer["found"] for answer in answers] == [True, False, True]
    [document] = lines(run("index", "show", ARTICLE.name, "--library", str(folder), "--json"))
    for answer in answers:
        for entry in [*answer["quotes"], *answer["nearest"]]:
            assert entry["text"] == document["text"][entry["start"] : entry["end"]]
    assert "生产完成率提升15%" in answers[0]["quotes"][0]["text"]


def test_asking_one_question(folder: Path) -> None:
    outcome = run("rag", "ask", "截至9月全市企业技术交易额是多少？", "--library", str(folder))
    assert outcome.returncode == 0
    assert "1814.6亿元" in outcome.stdout
    assert "[1]" in outcome.stdout
    [answer] = lines(run("rag", "ask", "截至9月全市企业技术交易额是多少？", "--library", str(folder), "--json"))
    assert answer["found"]
    outcome = run("rag", "ask", "Who painted the Mona Lisa?", "--library", str(folder))
    assert outcome.returncode == 1
    assert "文档中没有答案" in outcome.stdout


def test_searching(folder: Path) -> None:
    [found] = lines(run("rag", "search", "楼凯齐", "--top", "3", "--library", str(folder), "--json"))
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    assert "楼凯齐" in found["hits"][0]["text"]


def test_the_life_of_files_on_the_command_line(folder: Path, tmp_path: Path) -> None:
    library = ("--library", str(tmp_path / "library"))
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "harbour.txt").write_text("The harbour of Amrum was closed in March.\n", encoding="utf-8")
    (sources / "copy.txt").write_text("The harbour of Amrum was closed in March.\n", encoding="utf-8")
    (sources / "empty.txt").write_bytes(b"")
    (sources / "out.txt").symlink_to(ARTICLE)
    outcome = run("index", "add", str(sources), "--collection", "港口", *library, "--json")
    assert outcome.returncode == 2
    assert "1 × link out of the folder" in outcome.stderr
    assert {Path(entry["path"]).name: entry["state"] for entry in lines(outcome)} == {
        "copy.txt": "added",
        "empty.txt": "failed",
        "harbour.txt": "unchanged",
    }
    [status] = lines(run("index", "status", *library, "--json"))
    assert [(entry["name"], entry["state"]) for entry in status["files"]] == [("empty.txt", "failed")]
    assert "no text" in run("index", "list", *library).stdout
    edited = run("index", "edit", "copy.txt", "--title", "Harbours", "--author", "J. Smith", *library, "--json")
    assert lines(edited)[0]["author"] == "J. Smith"
    restored = run("index", "edit", "Harbours", "--restore", "title", *library)
    assert restored.returncode == 2  # a title is no name
    [[entry]] = lines(run("index", "list", *library, "--json"))
    assert (entry["title"], entry["collections"], len(entry["sources"])) == ("Harbours", ["港口"], 2)
    assert lines(run("index", "collection", "list", *library, "--json")) == [[{"name": "港口", "documents": 1}]]
    outcome = run("index", "collection", "delete", "Häfen", *library)
    assert (outcome.returncode, "it has 港口" in outcome.stderr) == (2, True)
    [check] = lines(run("index", "check", *library, "--json"))
    assert check == {"problems": []}
    (sources / "copy.txt").unlink()
    (sources / "empty.txt").unlink()
    removed = lines(run("index", "remove", str(sources / "empty.txt"), *library, "--json"))
    assert removed == [{"removed": None, "name": "empty.txt"}]
    outcome = run("index", "remove", str(sources / "copy.txt"), *library)
    assert outcome.returncode == 0
    [[entry]] = lines(run("index", "list", *library, "--json"))
    assert entry["sources"] == [str(sources / "harbour.txt")]
    assert run("index", "remove", "harbour.txt", *library).returncode == 0
    assert lines(run("index", "list", *library, "--json")) == [[]]
    assert all(b"Amrum" not in path.read_bytes() for path in (tmp_path / "library").iterdir())


def test_a_question_is_asked_in_a_document_only(folder: Path) -> None:
    found = run("rag", "search", "楼凯齐", "--top", "1", "--in", ARTICLE.name, "--library", str(folder), "--json")
    assert "楼凯齐" in lines(found)[0]["hits"][0]["text"]
    outcome = run("rag", "search", "楼凯齐", "--in", "nowhere", "--library", str(folder), "--json")
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert "'nowhere' is no collection of this library (it has none)" in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rag", "ask", "x", "--library", "nowhere-at-all"), "there is no library in nowhere-at-all"),
        (("index", "list", "--library", "nowhere-at-all"), "there is no library in nowhere-at-all"),
        (("index", "add", "no-such-file.md", "--library", "nowhere-at-all"), "there is no no-such-file.md"),
        (("index", "rebuild", "--library", "nowhere-at-all"), "there is no library in nowhere-at-all"),
    ],
)
def test_expected_errors_are_one_line_and_exit_code_2(arguments: tuple[str, ...], message: str) -> None:
    outcome = run(*arguments)
    assert outcome.returncode == 2
    assert outcome.stdout == ""
    assert message in outcome.stderr.splitlines()[-1]
    assert "Traceback" not in outcome.stderr
    assert not (ROOT / "nowhere-at-all").exists()


def test_another_model_is_refused_with_the_way_out(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    outcome = run("rag", "ask", "x", "--library", str(folder), "--model", str(tmp_path))
    assert outcome.returncode == 2
    assert "error" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def without_a_network(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module in a network namespace with nothing but loopback; it has to succeed."""
    outcome = subprocess.run(
        ["unshare", "--map-root-user", "--net", sys.executable, "-m", "tests.loopback", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={key: value for key, value in os.environ.items() if key != "HF_HUB_OFFLINE"},
    )
    assert outcome.returncode == 0, outcome.stderr
    return outcome


def test_adding_asking_and_serving_without_a_network(tmp_path: Path) -> None:
    text = tmp_path / "second.txt"
    text.write_text("The lighthouse keeper of Amrum is called Ocke Nerong.\n", encoding="utf-8")
    library = str(tmp_path / "library")
    without_a_network("index", "add", str(ARTICLE), str(text), "--library", library)
    question = "Who is the lighthouse keeper of Amrum?"
    [answer] = lines(without_a_network("rag", "ask", question, "--library", library, "--json"))
    assert "Ocke Nerong" in answer["quotes"][0]["text"]
    assert "674" in without_a_network("tests.page.offline", library, "武汉有多少个中小企业服务工作站？").stdout
