"""The calibration that ships: the whole path asked questions of articles kept out of training.

Each set becomes a library, as in use, and each of its articles one of its own. A question is asked
as it is, again with the passages that hold its answer taken away, and some with one thing in them
changed to what the documents do not say.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

from index.embed import Embedder, load_embedder
from index.ingest import make_document, passage_texts
from index.local import LocalLibrary, create_library
from index.records import Block, ReadFile
from rag.answer import Assistant
from rag.calibrate import Seen, Trial, calibration_error, fitted, held_of, reliability, tried, unfitted, with_curve
from rag.judge import FALSE_ANSWERS, Calibration, write_calibration
from rag.reader import Reader, load_reader
from rag.reader.kept import KeptReadings
from rag.records import Hit, Signs
from training.composed import by_language, composed_set, language_asked
from training.rows import Dataset, Passage, Row, Slice
from training.swaps import Names, kind_asked

LANGUAGES = ("zh", "en", "de", "es", "ru", "ar")
READ = ("zh", "en")  # the languages of passages that are asked across languages
# Not ARCD: its passages say the same things several times, so that what was taken away is often still there.
OWN = ("drcd.dev", "cmrc.trial", "jaquad.train", "squad2.zh")
COMPOSED = ("composed.zh", "composed.en", "composed.ja")  # in the other languages too few are kept for a library
MOST_PASSAGES = 400  # of a set's library
PARAGRAPHS = "\n\n"  # between them
# The weights are fitted on the first, and looked at on the second.
SLICES: tuple[Slice, Slice] = ("calibration", "dev")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a set's passage stands: the library, the document's id in it, and the span, in characters of its text."""

    library: LocalLibrary
    document: str
    start: int
    end: int

    def holds(self, hit: Hit) -> bool:
        """Whether the hit has anything of it."""
        passage = hit.passage
        return passage.document == self.document and passage.start < self.end and passage.end > self.start


def calibrate(sets: dict[str, Dataset], work: Path, out: Path, most: int, say: Say) -> Calibration:
    """Fit, say how well it fits on dev, and write `out`. `most` questions a group and slice.

    The trials are kept in `work`, and taken from there when they are asked for again.
    """
    reader = KeptReadings(load_reader())  # the same passages are read again when one is taken away
    trials: dict[Slice, list[Trial]] = {}
    for kept in SLICES:
        path = work / f"trials-{reader.fingerprint[:8]}-{kept}-{most}.jsonl"
        if not path.is_file():
            _write_trials(list(collected(sets, kept, reader, most, say)), path)
        trials[kept] = read_trials(path)
    words = f"{len(trials[SLICES[0]])} trials of {most} questions a group, of articles kept out of training"
    # Of the questions that the weights were fitted on too few are answered falsely: the curve is of both slices.
    calibration = with_curve(
        fitted(trials[SLICES[0]], reader.fingerprint, words), [trial for kept in SLICES for trial in trials[kept]]
    )
    for line in report(calibration, trials[SLICES[1]]):
        say(line)
    say(diagram(calibration, trials[SLICES[1]]))
    write_calibration(calibration, out)
    return calibration


def read_trials(path: Path) -> list[Trial]:
    """The trials that `calibrate` kept."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Trial(row["group"], row["held"], tuple(Seen(Signs(**one["signs"]), one["right"]) for one in row["seen"]))
        for row in rows
    ]


def _write_trials(trials: Sequence[Trial], path: Path) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text("".join(f"{json.dumps(asdict(trial), ensure_ascii=False)}\n" for trial in trials), "utf-8")
    partial.replace(path)


def collected(sets: dict[str, Dataset], kept: Slice, reader: Reader, most: int, say: Say) -> Iterator[Trial]:
    """The trials of a slice, group by group."""
    embedder = load_embedder()
    names = _names(sets)
    bare = unfitted(reader.fingerprint)

    def ask(library: LocalLibrary) -> Assistant:
        return Assistant(library, embedder, reader, bare)

    with tempfile.TemporaryDirectory() as folder:
        for reading in (*LANGUAGES, *OWN):
            name = f"xquad.{reading}" if reading in LANGUAGES else reading
            askers = [reading, *(other for other in LANGUAGES if other != reading and reading in READ)]
            for kind, placed in (
                ("", apart(sets[name], kept, embedder, Path(folder) / name)),
                (" article", whole(sets[name], kept, embedder, Path(folder) / f"{name}-whole")),
            ):
                for asking in askers:
                    questions = sets[f"xquad.{asking}"] if reading in LANGUAGES else sets[name]
                    group = (f"{asking}->{reading}" if reading in LANGUAGES else name) + kind
                    count = 0
                    for trial in _group(group, questions, sets[name], placed, ask, names, kept, most):
                        count += 1
                        yield trial
                    say(f"{kept} {group}: {count} trials")
        composed = by_language(composed_set())
        for name in COMPOSED:
            body = composed[name]
            placed = apart(body, kept, embedder, Path(folder) / name)
            for group, asked, share in _askers(body):
                count = 0
                for trial in _group(group, asked, body, placed, ask, names, kept, share * most):
                    count += 1
                    yield trial
                say(f"{kept} {group}: {count} trials")


def _askers(body: Dataset) -> Iterator[tuple[str, Dataset, int]]:
    """The questions of composed passages in their own language, and those in the eight others, twice as many."""
    own = body.name.rpartition(".")[2]
    for group, share in ((own, 1), ("others", 2)):
        rows = tuple(row for row in body.rows if (language_asked(row) == own) == (group == own))
        yield f"{group}->{body.name}", replace(body, rows=rows), share


def _group(
    group: str,
    asked: Dataset,
    read: Dataset,
    placed: dict[str, Placed],
    assistant_of: Callable[[LocalLibrary], Assistant],
    names: Names,
    kept: Slice,
    most: int,
) -> Iterator[Trial]:
    held = {row.id: row for row in read.of(kept)}
    pairs = [(row, held[row.id]) for row in asked.of(kept) if row.id in held]
    for question, row in sorted(pairs, key=lambda pair: Random(pair[0].id).random())[:most]:
        right = placed[row.passage.id]
        assistant = assistant_of(right.library)
        answers = [row.passage.text[start:end] for start, end in row.answers]
        yield from tried(assistant, group, question.question, answers, right.holds)
        random = Random(question.id)
        passage = question.passage
        change = names.swap(question.question, passage.text, passage.language, random) if answers else None
        if change is not None and change.new not in row.passage.text:
            changed = question.question.replace(change.old, change.new)
            yield from tried(assistant, f"{group} changed", changed, [], right.holds)


def apart(body: Dataset, kept: Slice, embedder: Embedder, folder: Path) -> dict[str, Placed]:
    """One library with the passages of the slice and others of the set, none of `test`, as documents of their own."""
    wanted = {row.passage.id: row.passage for row in body.of(kept)}
    others = {row.passage.id: row.passage for row in body.of("train", "dev", "calibration")}
    for passage in sorted(others.values(), key=lambda one: Random(one.id).random()):
        if len(wanted) < MOST_PASSAGES:
            wanted.setdefault(passage.id, passage)
    return build([[passage] for passage in wanted.values()], embedder, folder)


def whole(body: Dataset, kept: Slice, embedder: Embedder, folder: Path) -> dict[str, Placed]:
    """A library for each article of the slice, which is its one document, as for who asks about one text."""
    titles = {row.passage.title for row in body.of(kept)}
    found: dict[str, Placed] = {}
    for number, title in enumerate(sorted(titles)):
        article = [passage for passage in body.passages if passage.title == title]
        found |= build([article], embedder, folder / str(number))
    return found


def build(documents: Sequence[Sequence[Passage]], embedder: Embedder, folder: Path) -> dict[str, Placed]:
    """A library with a document for each sequence of passages, which are its paragraphs; by the passages' ids."""
    library = create_library(folder, embedder.name, embedder.fingerprint, embedder.dimension)
    made = []
    found: dict[str, Placed] = {}
    for passages in documents:
        text, blocks = "", []
        for passage in passages:
            text += PARAGRAPHS if text else ""
            blocks.append(Block(len(text), len(text) + len(passage.text)))
            text += passage.text
        name = passages[0].id
        sha256 = hashlib.sha256(f"{name}\n{text}".encode()).hexdigest()
        document, parts = make_document(ReadFile(text, passages[0].title, tuple(blocks)), name, name, sha256, embedder)
        made.append((document, parts))
        for passage, block in zip(passages, blocks, strict=True):
            found[passage.id] = Placed(library, document.id, block.start, block.end)
    # In one go, so that texts of one length are embedded together.
    vectors = embedder.embed_passages([text for document, parts in made for text in passage_texts(document, parts)])
    place = 0
    for document, parts in made:
        library.add(document, parts, vectors[place : place + len(parts.passages)])
        place += len(parts.passages)
    return found


def report(calibration: Calibration, trials: Sequence[Trial]) -> Iterator[str]:
    """Lines: calibration error, the bins, and for each group what the default threshold does."""
    yield f"ece {calibration_error(calibration, trials):.4f} over {len(trials)} trials"
    for confidence, right, count in reliability(calibration, trials):
        yield f"confidence {confidence:.3f} right {right:.3f} trials {count}"
    threshold = calibration.threshold()
    yield f"threshold {threshold:.4f} for {FALSE_ANSWERS:.0%} false answers"
    for group in dict.fromkeys(trial.group for trial in trials):
        held = [trial for trial in trials if trial.group == group and trial.held]
        absent = [trial for trial in trials if trial.group == group and not trial.held]
        yield (
            f"{group}: held {len(held)}, answered {_share(calibration, held, threshold)}; "
            f"absent {len(absent)}, answered {_share(calibration, absent, threshold)}"
        )


def diagram(calibration: Calibration, trials: Sequence[Trial]) -> str:
    """The reliability diagram, as Mermaid: bars are shares of right answers, the line mean confidences."""
    bins = reliability(calibration, trials)
    names = ", ".join(f'"{confidence:.2f} ({count})"' for confidence, _, count in bins)
    bars = ", ".join(f"{right:.3f}" for _, right, _ in bins)
    line = ", ".join(f"{confidence:.3f}" for confidence, _, _ in bins)
    return (
        "```mermaid\nxychart-beta\n"
        f'    x-axis "mean confidence of the bin (trials in it)" [{names}]\n'
        f'    y-axis "share of right answers" 0 --> 1\n    bar [{bars}]\n    line [{line}]\n```'
    )


def _share(calibration: Calibration, trials: Sequence[Trial], threshold: float) -> str:
    if not trials:
        return "-"
    return f"{100 * sum(held_of(calibration, trial) >= threshold for trial in trials) / len(trials):.1f} %"


def _names(sets: dict[str, Dataset]) -> Names:
    rows: list[Row] = [row for body in sets.values() for row in body.rows if row.answers and row.slice != "test"]
    return Names(rows, {row.id: kind_asked(row.question) for row in sets["xquad.en"].rows})
