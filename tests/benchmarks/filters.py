"""Speed of the filters beside datatrove's four, and how far the decisions agree, on real documents.

    OMP_NUM_THREADS=1 taskset -c 0 python -m tests.benchmarks.filters --shared SHARED --part speed --json FILE
    python -m tests.benchmarks.filters --shared SHARED --part agreement --differences FILE --json FILE

Both sides run in one process on the same texts. datatrove runs as its users run it: GopherRepetitionFilter,
FineWebQualityFilter, GopherQualityFilter and C4QualityFilter in this order, document by document, with the word
tokenizer that it assigns to the language and its cache of five tokenized texts. Tokenizers are loaded before the
clock starts. The clock counts CPU time, of all threads: what else the machine does hardly moves it. A language whose
tokenizer does not load here (a missing package, a model to download) is left out, and the table says which and why.

Two settings: `fineweb2` has the thresholds of FineWeb-2 for the language, with the rules off that its pipeline puts
off, and `datatrove` the defaults of the filters, with the stop words of FineWeb-2 for the language. FineWeb-2 has
none for English, which has the defaults alone. C4's filter takes no thresholds of a language: one setting. Documents
that a filter of datatrove fails on, which would end its pipeline, are counted apart.

datatrove needs `datatrove[multilingual]`; the documents are described in `documents.py`.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from tests.benchmarks.documents import CUT_OR_MADE, UNSPACED, Document, Names, collect, num_bytes, take
from tests.benchmarks.peer import (
    FILTERS,
    RAISED,
    Limits,
    Peer,
    Reasons,
    all_limits,
    default_limits,
    fineweb2_files,
    fineweb2_limits,
    forget_tokenized,
    peer_document,
    tokenizer_problem,
)
from xdata.run.phases.annotate import BATCH_BYTES, BATCH_ROWS
from xdata.scores.c4 import score_c4
from xdata.scores.quality import count_stop_words, score_fineweb, score_quality
from xdata.scores.repetition import score_repetition, score_repetition_of_lines
from xdata.text.analysis import Analyses
from xdata.text.hashes import hash_texts

SPEED_LANGUAGES = (
    *("eng_Latn", "deu_Latn", "spa_Latn", "fra_Latn", "ces_Latn", "swh_Latn", "hau_Latn", "yor_Latn", "ltg_Latn"),
    *("rus_Cyrl", "bul_Cyrl", "arb_Arab", "hin_Deva", "npi_Deva", "ben_Beng", "guj_Gujr", "pan_Guru"),
    *("kan_Knda", "mal_Mlym", "kat_Geor", "amh_Ethi", "nqo_Nkoo", "tzm_Tfng"),
    *("cmn_Hani", "jpn_Jpan", "kor_Hang", "tha_Thai", "khm_Khmr", "lao_Laoo", "mya_Mymr"),
)
"""What is timed where nothing else is asked for: the scripts that there is text of."""

MARKED_SHARE = 0.1
"""Agreement counts where datatrove drops at least this share of the documents."""


def xdata_decisions(texts: Sequence[str], language: str, limits: Limits) -> Reasons:
    """What xdata decides of texts in a language under these thresholds: filter -> first reason of each text."""
    found: dict[str, list[str | None]] = {name: [] for name in limits}
    for batch in _batches(texts):
        analyses = Analyses(batch)
        for name, values in limits.items():
            found[name] += _first_reasons(_DECISIONS[name](analyses, values), len(batch))
    return found


_Failed = Iterable[tuple[str, Any]]
"""(reason, which texts it drops), in order."""


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Texts as the annotate phase takes them."""
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= BATCH_BYTES or len(batch) >= BATCH_ROWS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _first_reasons(failed: _Failed, num_texts: int) -> list[str | None]:
    reasons: list[str | None] = [None] * num_texts
    for reason, dropped in failed:
        for number in np.flatnonzero(dropped).tolist():
            reasons[number] = reasons[number] or reason
    return reasons


def _repetition(analyses: Analyses, limits: Mapping[str, Any]) -> _Failed:
    scores = score_repetition(analyses)
    yield "empty", analyses.tokens.counts == 0
    for name, score in _REPETITION.items():
        if limits[name]:
            yield name, scores[f"scores.{score}"] > limits[name]
    for kind in ("top", "dup"):
        for size, limit in limits[f"{kind}_n_grams"]:
            yield f"{kind}_{size}_gram", scores[f"scores.{kind}_{size}_gram_share"] > limit


_REPETITION = {
    "dup_para_frac": "dup_paragraph_share",
    "dup_para_char_frac": "dup_paragraph_char_share",
    "dup_line_frac": "dup_line_share",
    "dup_line_char_frac": "dup_line_char_share",
}
"""datatrove's argument -> our score."""


def _quality(analyses: Analyses, limits: Mapping[str, Any]) -> _Failed:
    scores = score_quality(analyses)
    stop_words = np.unique(hash_texts(limits["stop_words"]))
    num_stop_words = count_stop_words(analyses, [stop_words] * len(analyses))["scores.num_stop_words"]
    symbols = np.maximum(scores["scores.hash_ratio"], scores["scores.ellipsis_ratio"])
    num_words = analyses.words.counts
    for name, values, side in (
        ("min_doc_words", num_words, "min"),
        ("max_doc_words", num_words, "max"),
        ("min_avg_word_length", scores["scores.mean_word_length"], "min"),
        ("max_avg_word_length", scores["scores.mean_word_length"], "max"),
        ("max_symbol_word_ratio", symbols, "max"),
        ("max_bullet_lines_ratio", scores["scores.bullet_line_share"], "max"),
        ("max_ellipsis_lines_ratio", scores["scores.ellipsis_line_share"], "max"),
        ("max_non_alpha_words_ratio", scores["scores.alpha_word_share"], "min"),
        ("min_stop_words", num_stop_words, "min"),
    ):
        if limits[name]:
            yield name, values < limits[name] if side == "min" else values > limits[name]


def _fineweb(analyses: Analyses, limits: Mapping[str, Any]) -> _Failed:
    scores, again = score_fineweb(analyses), score_repetition_of_lines(analyses)
    yield "empty", analyses.lines.counts == 0
    yield "line_punct_ratio", scores["scores.line_punct_share"] < limits["line_punct_thr"]
    yield "short_line_ratio", scores["scores.short_line_share"] > limits["short_line_thr"]
    yield "char_dup_ratio", again["scores.dup_line_char_share"] > limits["char_duplicates_ratio"]
    yield "list_ratio", scores["scores.new_line_ratio"] > limits["new_line_ratio"]


def _c4(analyses: Analyses, limits: Mapping[str, Any]) -> _Failed:
    scores = score_c4(analyses, min_words=limits["min_words_per_line"])
    yield "lorem_ipsum", scores["scores.num_placeholders"] > 0
    yield "curly_bracket", scores["scores.num_curly_brackets"] > 0
    yield "too_few_sentences", scores["scores.num_c4_sentences"] < limits["min_num_sentences"]


_DECISIONS: dict[str, Callable[[Analyses, Mapping[str, Any]], _Failed]] = {
    "gopher_repetition": _repetition,
    "fineweb_quality": _fineweb,
    "gopher_quality": _quality,
    "c4_quality": _c4,
}


@dataclass(frozen=True)
class Speed:
    """How fast both sides decide on the documents of one language."""

    language: str
    num_documents: int
    num_bytes: int
    megabytes_per_s: dict[str, list[float]]
    """`all`, `first` and `xdata` -> MB of UTF-8 per second of CPU, of each repeat."""

    def middle(self, side: str) -> float:
        return median(self.megabytes_per_s[side])

    def ratio(self, peer: str) -> float | None:
        """How many times faster xdata is, by medians; None where it did not run."""
        return self.middle("xdata") / self.middle(peer) if "xdata" in self.megabytes_per_s else None


@dataclass
class Agreement:
    """What both sides decide with one filter, setting and language."""

    language: str
    setting: str
    filter: str
    both_keep: int = 0
    only_peer_drops: int = 0
    only_xdata_drops: int = 0
    both_drop: int = 0
    peer_raises: int = 0
    """Documents that datatrove's filter fails on: in none of the other counts."""
    peer_reasons: Counter[str] = field(default_factory=Counter)
    xdata_reasons: Counter[str] = field(default_factory=Counter)
    compared: bool = True
    """False where datatrove ran alone: the counts are then its own on both sides."""

    def row(self) -> dict[str, Any]:
        """All figures, as JSON can hold them."""
        reasons = {"peer_reasons": dict(self.peer_reasons), "xdata_reasons": dict(self.xdata_reasons)}
        figures = {"peer_share": self.peer_share, "kappa": self.kappa, "marked": self.marked}
        return {**vars(self), **reasons, **figures}

    def count(self, theirs: str | None, ours: str | None) -> None:
        """Adds one document."""
        if theirs is not None and theirs.startswith(RAISED):
            self.peer_raises += 1
            self.peer_reasons.update([theirs])
            return
        names = {(0, 0): "both_keep", (1, 0): "only_peer_drops", (0, 1): "only_xdata_drops", (1, 1): "both_drop"}
        name = names[theirs is not None, ours is not None]
        setattr(self, name, getattr(self, name) + 1)
        self.peer_reasons.update([theirs] if theirs else [])
        self.xdata_reasons.update([ours] if ours else [])

    @property
    def num_documents(self) -> int:
        return self.both_keep + self.only_peer_drops + self.only_xdata_drops + self.both_drop

    @property
    def peer_share(self) -> float:
        """Share of the documents that datatrove drops."""
        return (self.only_peer_drops + self.both_drop) / self.num_documents if self.num_documents else 0.0

    @property
    def marked(self) -> bool:
        """Whether datatrove drops enough for the agreement to count."""
        return self.peer_share >= MARKED_SHARE

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None where both sides keep all or both drop all, and where datatrove ran alone."""
        if not self.compared:
            return None
        return cohen_kappa(self.both_keep, self.only_peer_drops, self.only_xdata_drops, self.both_drop)


def cohen_kappa(both_keep: int, only_first: int, only_second: int, both_drop: int) -> float | None:
    """Agreement of two sides beyond chance, at most 1; None where chance alone makes them agree in everything."""
    total = both_keep + only_first + only_second + both_drop
    first, second = only_first + both_drop, only_second + both_drop
    chance = first * second + (total - first) * (total - second)
    if chance == total * total:
        return None
    return ((both_keep + both_drop) * total - chance) / (total * total - chance)


def measure_speed(documents: Sequence[Document], limits: Limits, *, repeats: int, peer_only: bool) -> Speed:
    """Times both sides in turn on the texts of one language, its tokenizer being loaded."""
    texts, language = [document.text for document in documents], documents[0].language
    peer = Peer(language, limits)
    sides: dict[str, Callable[[Sequence[str]], object]] = {"all": peer.decide_all, "first": peer.decide_first}
    if not peer_only:
        sides["xdata"] = partial(xdata_decisions, language=language, limits=limits)
    size = sum(map(num_bytes, texts))
    for side in sides.values():
        side(texts[:10])
    speeds = defaultdict(list)
    for _ in range(repeats):
        for name, side in sides.items():
            forget_tokenized()
            begin = time.process_time()
            side(texts)
            speeds[name].append(size / 1e6 / (time.process_time() - begin))
    return Speed(language, len(texts), size, dict(speeds))


def measure_agreement(
    documents: Sequence[Document], settings: Mapping[str, Limits], *, peer_only: bool
) -> tuple[list[Agreement], list[dict[str, str | None]]]:
    """What both sides decide on the documents of one language, and the documents that they differ on."""
    texts, language = [document.text for document in documents], documents[0].language
    theirs = _peer_reasons(texts, language, settings)
    agreements, differences = [], []
    for setting, limits in settings.items():
        ours = theirs[setting] if peer_only else xdata_decisions(texts, language, limits)
        for name in limits:
            agreement = Agreement(language, setting, name, compared=not peer_only)
            for document, their, our in zip(documents, theirs[setting][name], ours[name], strict=True):
                agreement.count(their, our)
                if (their is None) != (our is None) and not (their or "").startswith(RAISED):
                    differences.append(_difference(document, setting=setting, name=name, their=their, our=our))
            agreements.append(agreement)
    return agreements, differences


def _peer_reasons(texts: Sequence[str], language: str, settings: Mapping[str, Limits]) -> dict[str, Reasons]:
    """Setting -> decisions, all settings on one document before the next, so that it is tokenized once."""
    peers = {setting: Peer(language, limits) for setting, limits in settings.items()}
    found: dict[str, Reasons] = {setting: {name: [] for name in limits} for setting, limits in settings.items()}
    for text in texts:
        for name in FILTERS:
            for setting in settings:
                if name in found[setting]:
                    found[setting][name].append(peers[setting].reason(name, peer_document(text)))
    return found


def _difference(
    document: Document, *, setting: str, name: str, their: str | None, our: str | None
) -> dict[str, str | None]:
    return {
        "language": document.language,
        "setting": setting,
        "filter": name,
        "datatrove": their,
        "xdata": our,
        "id": document.id,
        "source": document.source,
        "begin": document.text[:200],
    }


def pool(agreements: Iterable[Agreement]) -> list[Agreement]:
    """The counts of each filter and setting over the languages that put spaces between words."""
    pooled: dict[tuple[str, str], Agreement] = {}
    for item in agreements:
        if item.language[4:] not in UNSPACED:
            key = (item.setting, item.filter)
            total = pooled.setdefault(key, Agreement("spaced", *key, compared=item.compared))
            for name in ("both_keep", "only_peer_drops", "only_xdata_drops", "both_drop", "peer_raises"):
                setattr(total, name, getattr(total, name) + getattr(item, name))
            total.peer_reasons += item.peer_reasons
            total.xdata_reasons += item.xdata_reasons
    return list(pooled.values())


def main() -> None:
    options = _options()
    files = fineweb2_files(options.shared)
    found = collect(options.shared, Names({*files, "eng_Latn"}))
    left_out: dict[str, str] = {}
    result: dict[str, Any] = {"machine": _machine(), "left_out": left_out}
    if options.part in ("speed", "both"):
        result["speed"] = [asdict(speed) for speed in _speeds(options, found, files, left_out)]
    if options.part in ("agreement", "both"):
        result["agreement"] = _agreements(options, found, files, left_out)
    for language, problem in sorted(left_out.items()):
        print(f"left out: {language}: {problem}")
    if options.json:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder of the real data")
    parser.add_argument("--part", choices=("speed", "agreement", "both"), default="both")
    parser.add_argument(
        "--language-files", nargs="+", help="as FineWeb-2 names them; for agreement all where not given"
    )
    parser.add_argument("--megabytes", type=float, default=1.0, help="at most this much text of each language")
    parser.add_argument("--minimum", type=int, default=30, help="documents that a language needs for agreement")
    parser.add_argument("--repeats", type=int, default=3, help="times that each side runs for speed")
    parser.add_argument("--peer-only", action="store_true", help="datatrove alone")
    parser.add_argument("--differences", type=Path, help="JSON Lines of the documents decided differently")
    parser.add_argument("--json", type=Path, help="all figures")
    return parser.parse_args()


def _speeds(
    options: argparse.Namespace,
    found: Mapping[str, Sequence[Document]],
    files: Mapping[str, Mapping[str, Any]],
    left_out: dict[str, str],
) -> Iterator[Speed]:
    """Measures language by language, and prints each."""
    print("MB per second of CPU: median (least-most) of the repeats")
    print("all: all four filters on every document; first: no more filters after the first that drops; ratios to both")
    print(f"{'language':9} {'docs':>5} {'MB':>5}  {'datatrove all':>20} {'datatrove first':>20} {'xdata':>20}  ratios")
    for language in options.languages or SPEED_LANGUAGES:
        whole = [document for document in found.get(language, ()) if document.source not in CUT_OR_MADE]
        documents = take(whole, max_bytes=options.megabytes * 1e6)
        if _runs_here(language, documents, left_out, minimum=1):
            limits = fineweb2_limits(files[language]) if language in files else default_limits()
            speed = measure_speed(documents, limits, repeats=options.repeats, peer_only=options.peer_only)
            print(_speed_line(speed), flush=True)
            yield speed


def _agreements(
    options: argparse.Namespace,
    found: Mapping[str, Sequence[Document]],
    files: Mapping[str, Mapping[str, Any]],
    left_out: dict[str, str],
) -> list[dict[str, Any]]:
    """Measures language by language, prints each, and writes the differences."""
    print("\nagreement: documents that both keep, only datatrove drops, only xdata drops, both drop")
    print(f"* where datatrove drops {MARKED_SHARE:.0%} or more; -- where both keep all or both drop all")
    print("language  setting    filter               keep only dt only x   drop     dt  kappa")
    agreements, differences = [], []
    for language in options.languages or sorted(found):
        documents = take(found.get(language, ()), max_bytes=options.megabytes * 1e6)
        if _runs_here(language, documents, left_out, minimum=options.minimum):
            settings = all_limits(files.get(language))
            some, differing = measure_agreement(documents, settings, peer_only=options.peer_only)
            print("\n".join(map(_agreement_line, some)), flush=True)
            agreements += some
            differences += differing
    pooled = pool(agreements)
    print("\n".join(map(_agreement_line, pooled)))
    if options.differences:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in differences)
        options.differences.write_text("".join(lines), encoding="utf-8")
    return [item.row() for item in (*agreements, *pooled)]


def _runs_here(language: str, documents: Sequence[Document], left_out: dict[str, str], *, minimum: int) -> bool:
    """Whether a language can be measured; says why not in `left_out`."""
    problem: str | None = f"{len(documents)} documents, {minimum} are needed"
    if len(documents) >= minimum:
        problem = tokenizer_problem(language, documents[0].text)
    if problem:
        left_out[language] = problem
    return not problem


def _speed_line(speed: Speed) -> str:
    cells = [f"{speed.language:9} {speed.num_documents:5} {speed.num_bytes / 1e6:5.2f} "]
    for side in ("all", "first", "xdata"):
        values = speed.megabytes_per_s.get(side)
        cells.append(
            f"{speed.middle(side):.3f} ({min(values):.3f}-{max(values):.3f})".rjust(20) if values else " " * 20
        )
    ratios = [speed.ratio(side) for side in ("all", "first")]
    return " ".join(cells) + "  " + " ".join(f"{ratio:.1f}" for ratio in ratios if ratio)


def _agreement_line(item: Agreement) -> str:
    counts = f"{item.both_keep:6} {item.only_peer_drops:7} {item.only_xdata_drops:6} {item.both_drop:6}"
    kappa = "--" if item.kappa is None else f"{item.kappa:.3f}"
    mark = " *" if item.marked else ""
    reasons = ", ".join(f"{name} {count}" for name, count in item.peer_reasons.most_common(3))
    names = f"{item.language:9} {item.setting:10} {item.filter:18}"
    return f"{names} {counts} {item.peer_share:6.1%}  {kappa:5}{mark:2}  {reasons}"


def _machine() -> dict[str, Any]:
    names = ("datatrove", "spacy", "indic-nlp-library", "jieba", "pythainlp", "sudachipy", "kiwipiepy", "khmer-nltk")
    return {
        "python": platform.python_version(),
        "processor": platform.machine(),
        "num_cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "versions": {name: _version(name) for name in names},
    }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


if __name__ == "__main__":
    main()
