"""How deep is read, what is remembered, and what becomes of several readings."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.ingest import add_file
from index.local import LocalLibrary
from index.records import Passage
from rag.answer import Assistant
from rag.findings import alike, contradict, found_in, span_of
from rag.read import BUDGET, FIRST, LIST_BUDGET, read_hits, surroundings_of
from rag.reader.kept import KeptReadings
from rag.records import Answer, Hit, NotFound, Reading, Signs, SpanReading
from rag.retrieve import retrieve
from rag.unseen import Wording, wording
from tests.fakes import NumberReader, TermEmbedder, plain_calibration

NOBODY = Wording((), ())


@pytest.fixture
def made(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> Assistant:
    """An assistant over whatever `write` puts into its library."""
    return Assistant(library, fake, NumberReader(), plain_calibration())


def write(assistant: Assistant, folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        assert add_file(assistant.library, assistant.embedder, path).state == "added"


def hits_for(assistant: Assistant, question: str) -> list[Hit]:
    vector = assistant.embedder.embed_questions([question])[0]
    return retrieve(assistant.library, question, vector, 50)


def asked_of(assistant: Assistant) -> int:
    reader = assistant.reader
    assert isinstance(reader, NumberReader)
    return len(reader.asked)


def many(count: int) -> dict[str, str]:
    return {f"d{number:02}": f"Report {number}. The weather at place {number} was fine." for number in range(count)}


def test_a_clear_answer_ends_the_reading(made: Assistant, tmp_path: Path) -> None:
    write(made, tmp_path, answer="The bridge of Bern is 212m long.", **many(20))
    question = "How long is the bridge of Bern?"
    read = read_hits(made.reader, made.calibration, question, hits_for(made, question), NOBODY, clear=0.6)
    assert read.passages == FIRST
    assert asked_of(made) == FIRST
    assert read.readings[0].hit.passage.text[read.readings[0].start : read.readings[0].end] == "212m"


def test_an_unclear_one_spends_the_budget_and_no_more(made: Assistant, tmp_path: Path) -> None:
    write(made, tmp_path, **many(20))
    question = "How long is the bridge of Bern?"
    read = read_hits(made.reader, made.calibration, question, hits_for(made, question), NOBODY)
    assert read.passages == BUDGET == asked_of(made)
    assert [reading.score for reading in read.readings] == sorted((one.score for one in read.readings), reverse=True)


def test_one_clear_answer_is_not_the_whole_of_a_list(made: Assistant, tmp_path: Path) -> None:
    write(made, tmp_path, **{f"b{n}": f"Bridges of Bern which are long: number {n}, {200 + n}m." for n in range(10)})
    write(made, tmp_path, **many(20))
    question = "Which bridges are long of Bern?"
    read = read_hits(made.reader, made.calibration, question, hits_for(made, question), NOBODY)
    assert read.readings[0].held > 0.5
    assert read.passages == LIST_BUDGET == asked_of(made)
    found = {reading.hit.passage.text for reading in read.readings}
    assert {f"Bridges of Bern which are long: number {n}, {200 + n}m." for n in range(10)} <= found


def test_a_list_that_the_nearest_passages_do_not_have_is_not_looked_for_further_on(
    made: Assistant, tmp_path: Path
) -> None:
    write(made, tmp_path, **many(20))
    question = "Which bridges are long of Bern?"
    hits = hits_for(made, question)
    read = read_hits(made.reader, made.calibration, question, hits, NOBODY)
    assert read.readings[0].held < 0.5
    assert read.passages == BUDGET == asked_of(made)
    # Where everything is asked for, everything is read.
    assert read_hits(made.reader, made.calibration, question, hits, NOBODY, clear=2.0).passages == LIST_BUDGET


def test_the_signs_that_compare_a_reading_with_the_others(made: Assistant, tmp_path: Path) -> None:
    write(
        made,
        tmp_path,
        one="The bridge of Bern is 212m long.",
        two="The bridge of Bern, they say, is 212m long.",
        three="The bridge of Basel is 300m long.",
        four="A road is 9km long.",
    )
    question = "How long is the bridge of Bern?"
    hits = hits_for(made, question)
    read = read_hits(made.reader, made.calibration, question, hits, NOBODY, clear=2.0)
    nearest = max(hit.cosine for hit in hits)
    by_title = {reading.hit.passage.document: reading.signs for reading in read.readings}
    logits = {name: signs.answerable for name, signs in by_title.items()}
    names = {made.library.document(name).name: name for name in by_title}
    for reading in read.readings:
        assert reading.signs.behind == nearest - reading.hit.cosine >= 0
        assert reading.signs.around == pytest.approx(sum(hit.cosine for hit in hits) / 4)
        assert reading.signs.unknown == reading.signs.numbers_away == 0.0
        assert reading.held == made.calibration.held(reading.signs)
        assert reading.probability == made.calibration.probability(reading.signs)
    # "212m" stands in two documents, which do not speak against each other; what is not there counts as -3.
    apart = [logits[names["three.txt"]], logits[names["four.txt"]], -3.0]
    assert by_title[names["one.txt"]].others == pytest.approx(sum(max(one, -3.0) for one in apart) / 3)
    rest = [logits[names["one.txt"]], logits[names["two.txt"]], max(-3.0, logits[names["four.txt"]])]
    assert by_title[names["three.txt"]].others == pytest.approx(sum(rest) / 3)


def test_the_first_hits_alone_are_around(made: Assistant, tmp_path: Path) -> None:
    write(made, tmp_path, answer="The bridge of Bern is 212m long.", **many(20))
    hits = hits_for(made, "How long is the bridge of Bern?")
    assert len(hits) > BUDGET
    around = surroundings_of(hits)
    assert around.around == pytest.approx(sum(hit.cosine for hit in hits[:BUDGET]) / BUDGET)
    assert around.nearest == max(hit.cosine for hit in hits)
    assert surroundings_of([]).around == surroundings_of([]).nearest == 0.0


def test_no_hits_no_readings(made: Assistant) -> None:
    assert read_hits(made.reader, made.calibration, "?", [], NOBODY).readings == ()


def test_a_reading_is_made_once_a_conversation(made: Assistant, tmp_path: Path) -> None:
    write(made, tmp_path, **many(6))
    inner = NumberReader()
    kept = KeptReadings(inner)
    question = "What was the weather at place 3?"
    hits = hits_for(made, question)
    first = read_hits(kept, made.calibration, question, hits, NOBODY, clear=2.0)
    read = len(inner.asked)
    assert read_hits(kept, made.calibration, question, hits, NOBODY, clear=2.0) == first
    assert len(inner.asked) == read
    read_hits(kept, made.calibration, f"{question} Really?", hits, NOBODY, clear=2.0)
    assert len(inner.asked) == 2 * read


def test_what_is_remembered_is_bounded_and_in_order() -> None:
    inner = NumberReader()
    kept = KeptReadings(inner, kept=2)
    texts = ["a 1", "b 2", "a 1", "c 3"]
    assert kept.read_spans("?", texts, [""] * 4, 1) == NumberReader().read_spans("?", texts, [""] * 4, 1)
    assert len(inner.asked) == 3
    kept.read_spans("?", ["c 3"], [""], 1)
    assert len(inner.asked) == 3
    kept.read_spans("?", ["b 2"], [""], 1)  # the oldest of the three went
    assert len(inner.asked) == 4
    assert kept.read_spans("?", [], [], 1) == []


def test_the_same_answer_in_two_documents_is_one_with_two_citations(made: Assistant, tmp_path: Path) -> None:
    write(made, tmp_path, one="The bridge of Bern is 212m long.", two="How long is the bridge of Bern? It is ２１２m.")
    result = made.ask("How long is the bridge of Bern?")
    assert isinstance(result, Answer)
    [finding] = result.findings
    assert result.relation == "one"
    assert finding.citations == (1, 2)
    assert {quote.document for quote in result.quotes} == {entry.id for entry in made.library.documents()}


def test_documents_that_contradict_each_other_are_both_shown(made: Assistant, tmp_path: Path) -> None:
    write(made, tmp_path, one="The bridge of Bern is 212m long.", two="The bridge of Bern is 315m long.")
    result = made.ask("How long is the bridge of Bern?")
    assert isinstance(result, Answer)
    assert result.relation == "differing"
    assert sorted(finding.text for finding in result.findings) == ["212m", "315m"]
    for finding in result.findings:
        quote = result.quotes[finding.citations[0] - 1]
        assert quote.document == finding.document
        assert quote.text[finding.start - quote.start : finding.end - quote.start] == finding.text


def test_two_places_of_one_document_that_answer_as_well_are_both_shown(made: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "bridges.md"
    path.write_text("# Bern\n\n## Old\n\nThe bridge is 212m long.\n\n## New\n\nThe bridge is 315m long.\n", "utf-8")
    assert add_file(made.library, made.embedder, path).state == "added"
    result = made.ask("How long is the bridge?")
    assert isinstance(result, Answer)
    assert result.relation == "either"
    assert sorted(finding.text for finding in result.findings) == ["212m", "315m"]
    assert {quote.heading for quote in result.quotes} == {"Old", "New"}
    assert "about as well" in _relation_words("either")


def _relation_words(relation: str) -> str:
    from page.words import ENGLISH

    return ENGLISH.relations[relation]


def test_a_list_gives_all_answers_each_with_its_quote(made: Assistant, tmp_path: Path) -> None:
    write(
        made,
        tmp_path,
        one="The bridges of Bern that were built are 212m and 90m long.",
        two="Bern built bridges: 315m of them.",
        three="Nothing here.",
    )
    result = made.ask("Which bridges were built in Bern?")
    assert isinstance(result, Answer)
    assert result.relation == "several"
    assert sorted(finding.text for finding in result.findings) == ["212m", "315m", "90m"]
    assert all(finding.text in result.quotes[finding.citations[0] - 1].text for finding in result.findings)


def test_a_count_does_not_belong_to_a_list_of_names() -> None:
    def reading(name: str, text: str) -> Reading:
        passage = Passage(1, name, 1, 0, len(text), "", "", text)
        return Reading(
            Hit(passage, 1, 1.0, 1.0, 1.0), 0, len(text), Signs(1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0), 1.0, 0.9, 0.9
        )

    readings = [reading("a", "东湖科技"), reading("b", "13家"), reading("c", "江城电子"), reading("d", "東湖科技")]
    found = found_in("哪些企业参加了？", readings, 0.5, 0.25)
    assert [span.text for span in found.spans] == ["东湖科技", "江城电子"]
    assert [span.document for span in found.same[0]] == ["d"]


def test_a_weak_reading_contradicts_nothing(made: Assistant, tmp_path: Path) -> None:
    write(made, tmp_path, one="The bridge of Bern is 212m long.", two="A tower elsewhere has 7 floors.")
    result = made.ask("How long is the bridge of Bern?")
    assert isinstance(result, Answer)
    assert result.relation == "one"
    assert [finding.text for finding in result.findings] == ["212m"]


def test_a_number_that_the_passage_lacks_is_a_sign(made: Assistant, tmp_path: Path) -> None:
    write(
        made, tmp_path, one="The bridge of Bern was 212m long in 1998.", two="The bridge of Bern was 90m long in 2001."
    )
    question = "How long was the bridge of Bern in 1998?"
    asked = wording(made.library, question)
    read = read_hits(made.reader, made.calibration, question, hits_for(made, question), asked, clear=2.0)
    away = {span_of(reading).text: reading.signs.numbers_away for reading in read.readings}
    assert away == {"212m": 0.0, "90m": 1.0}


def test_two_parts_two_answers_in_the_order_asked(made: Assistant, tmp_path: Path) -> None:
    write(made, tmp_path, one="Bern counted 12 bridges in the town.", two="The total length of bridges is 900m.")
    lenient = Assistant(made.library, made.embedder, made.reader, plain_calibration(0.1))
    result = lenient.ask("How many bridges has the town, and what is the total length?")
    assert isinstance(result, Answer)
    assert result.relation == "parts"
    assert [finding.text for finding in result.findings] == ["12", "900m"]
    assert [result.quotes[finding.citations[0] - 1].text for finding in result.findings] == [
        "Bern counted 12 bridges in the town.",
        "The total length of bridges is 900m.",
    ]


def test_not_found_names_the_words_that_are_nowhere(made: Assistant, tmp_path: Path) -> None:
    write(made, tmp_path, one="武汉今年净增中小企业18.55万家，总量居全国前列。")
    asked = wording(made.library, "深圳净增了多少家中小企业？")
    assert asked.missing == ("深圳",)
    strict = Assistant(made.library, made.embedder, made.reader, plain_calibration(1.1))
    result = strict.ask("深圳净增了多少家中小企业？")
    assert isinstance(result, NotFound)
    assert result.unseen == ("深圳",)
    assert result.searched.read == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("18.55万家", "１８．５５萬家", True),
        ("超18.55万家", "18.55万家", True),
        ("Maria Keller", "maria keller", True),
        ("18.55万家", "124万家", False),
        ("1998", "1999", False),
        ("东湖科技", "江城电子", False),
    ],
)
def test_alike(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is alike(other, one) is same


def test_a_name_and_a_number_do_not_contradict_each_other() -> None:
    assert contradict("212 m", "315 m")
    assert contradict("Anna", "Bernhard")
    assert not contradict("Anna", "212 m")
    assert not contradict("212 m", "some 212 m")


def test_a_text_without_a_number_is_no_reading(made: Assistant, tmp_path: Path) -> None:
    write(made, tmp_path, one="Nothing to count here.")
    assert made.reader.read_spans("?", ["Nothing"], [""], 1) == [[SpanReading(0, 0, -1e9, -1e9)]]
    result = made.ask("How many?")
    assert isinstance(result, NotFound)
    assert result.confidence == 0.0
