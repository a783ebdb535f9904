"""Language identification measured on labelled sentences, beside lid.176, gcld3 and heliport.

    python -m tests.benchmarks.identification --shared SHARED --out FOLDER
    python -m tests.benchmarks.identification --shared SHARED --part tables mixed --ours MODULE:FACTORY

Parts:

- `tables`: macro-F1 of all identifiers on all sets, by language code and by code and script; over the languages that a
  set has in common with SIB-200, F1 and recall here and there (F1 is the easier the fewer languages a set has: only
  recall compares); in the folder, all figures per language.
- `confusions`: what is most often taken for what.
- `calibration`: expected calibration error of the scores that are probabilities, in fifteen bins of equal weight, with
  all languages as frequent and as in a crawl; a plot of reliability.
- `abstention`: coverage against accuracy; a plot.
- `precision`: false positives of the fifteen smallest languages among sentences of large ones, with 95 % bounds; and
  their recall, without which there is little to say.
- `contamination`: what the filter of distinctive words keeps of documents of the fifteen, and of documents in other
languages.
- `mixed`: planted documents of two languages; precision and recall by character.
- `speed`: sentences a second of CPU on one core, start-up, peak memory; each identifier in a process of its own.

Abstaining is wrong, and so is a language that the set has not. Peers that are not installed are named and left out:
`pip install cld3-py==3.1.0 heliport==1.0.1`. An identifier of ours is `[NAME=]module:factory[:argument]`, and so is a
segmenter, which is called with a text and gives `(start, end, label)`.
"""

import argparse
import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.identification.calibration import (
    PRIORS,
    Bin,
    abstention_curve,
    bin_answers,
    coverage_at,
    expected_calibration_error,
    weigh,
)
from tests.benchmarks.identification.contamination import Contamination, Kept, measure
from tests.benchmarks.identification.metrics import (
    Score,
    accuracy,
    confusions,
    macro_f1,
    macro_recall,
    wilson_bounds,
)
from tests.benchmarks.identification.mixed import LAYOUTS, PAIRS, Mixed, Segmenter, count_found, plant, segment_by
from tests.benchmarks.identification.neighbours import NEIGHBOUR_SETS, SMALL, SMALL_SETS, count_false, false_positives
from tests.benchmarks.identification.peers import PEERS, MissingPackage, Peer, load_object, load_ours, load_peer
from tests.benchmarks.identification.plots import draw_shares
from tests.benchmarks.identification.results import Result, Results
from tests.benchmarks.identification.speed import measure_in_process
from tests.benchmarks.identification.texts import SETS, Sentence

_BESIDE = "sib200"
_SCORED = ("sib200", "tatoeba")
_CURVE_POINTS = 200
_ACCURACIES = (0.90, 0.95, 0.98, 0.99)


class Bench:
    """What the parts of a run share."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.shared: Path = options.shared
        self.out: Path | None = options.out
        self.sets: Sequence[str] = options.sets
        self.wanted = [*options.identifiers, *options.ours]
        self.peers = list(_load(self.wanted))
        self.segmenters = [_load_segmenter(wanted) for wanted in options.segmenter]
        self.results = Results(options.shared, most=options.limit)
        self.all_results = Results(options.shared, most=None)

    def write(self, name: str, rows: Sequence[Sequence[object]]) -> None:
        """A TSV into the folder, if there is one."""
        if self.out:
            with (self.out / name).open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)

    def draw(self, name: str, image: str) -> None:
        """A plot into the folder, if there is one."""
        if self.out:
            (self.out / name).write_text(image, encoding="utf-8")


def print_tables(bench: Bench) -> None:
    """Macro-F1 of all identifiers on all sets."""
    titles = f"{'langs':>5} {'F1':>6} {'labels':>6} {'F1':>6} {'recall':>6} {'right':>6} {'und':>6}"
    print(
        f"{'set':14} {'identifier':13} {titles}   with {_BESIDE}: languages, F1 here and there, recall here and there"
    )
    rows: list[Sequence[object]] = [_LANGUAGE_HEADER]
    for name in bench.sets:
        for peer in bench.peers:
            codes, labels = bench.results.of(peer, name).by_code, bench.results.of(peer, name).by_label
            print(f"{name:14} {peer.name:13} {_table_cells(bench.results.of(peer, name))} {_beside(bench, peer, name)}")
            rows += _language_rows(name, peer.name, "code", codes)
            rows += _language_rows(name, peer.name, "label", labels)
    bench.write("languages.tsv", rows)
    bench.write("f1.tsv", _side_by_side(bench))


def _table_cells(result: Result) -> str:
    codes, labels = result.by_code, result.by_label
    figures = (macro_recall(codes), accuracy(result.gold_codes, result.predicted_codes), 1 - result.answered.mean())
    cells = " ".join(f"{value:6.3f}" for value in figures)
    return f"{len(codes):5} {macro_f1(codes):6.3f} {len(labels):6} {macro_f1(labels):6.3f} {cells}"


_LANGUAGE_HEADER = (
    *("set", "by", "language", "identifier", "sentences", "predicted", "right"),
    *("precision", "recall", "f1", "false_positive_rate"),
)


def _language_rows(name: str, peer: str, by: str, scores: dict[str, Score]) -> list[Sequence[object]]:
    return [
        (name, by, label, peer, score.num_gold, score.num_predicted, score.num_right, f"{score.precision:.4f}",
         f"{score.recall:.4f}", f"{score.f1:.4f}", f"{score.false_positive_rate:.6f}")
        for label, score in scores.items()
    ]  # fmt: skip


def _side_by_side(bench: Bench) -> list[Sequence[object]]:
    """F1 of each language in its script, an identifier a column."""
    rows: list[Sequence[object]] = [("set", "language", *(peer.name for peer in bench.peers))]
    for name in bench.sets:
        tables = [bench.results.of(peer, name).by_label for peer in bench.peers]
        labels = sorted(set().union(*tables))
        rows += [
            (name, label, *(f"{table[label].f1:.3f}" if label in table else "" for table in tables)) for label in labels
        ]
    return rows


def _beside(bench: Bench, peer: Peer, name: str) -> str:
    if name == _BESIDE or _BESIDE not in bench.sets:
        return ""
    here, there = bench.results.of(peer, name).by_code, bench.results.of(peer, _BESIDE).by_code
    both = sorted(here.keys() & there.keys())
    tables = [{code: table[code] for code in both} for table in (here, there)]
    figures = [*map(macro_f1, tables), *map(macro_recall, tables)]
    return f"{len(both):5}   " + " ".join(f"{value:.3f}" for value in figures)


def print_confusions(bench: Bench, *, num_shown: int = 25) -> None:
    """The most frequent confusions of each identifier."""
    rows: list[Sequence[object]] = [("set", "identifier", "gold", "predicted", "count", "share_of_gold")]
    for name in bench.sets:
        for peer in bench.peers:
            result = bench.results.of(peer, name)
            found = confusions(result.gold_codes, result.predicted_codes)
            shares = [(gold, said or "und", n, n / result.by_code[gold].num_gold) for gold, said, n in found]
            rows += [(name, peer.name, gold, said, n, f"{share:.4f}") for gold, said, n, share in shares]
            top = sorted(shares, key=lambda item: -item[3])[:num_shown]
            print(f"{name} {peer.name}: " + ", ".join(f"{gold}->{said} {share:.0%}" for gold, said, _, share in top))
    bench.write("confusions.tsv", rows)


def print_calibration(bench: Bench) -> None:
    """Expected calibration error, by set and prior."""
    print(f"{'set':14} {'identifier':13} {'prior':8} {'ECE':>6} {'score':>6} {'right':>6} {'answered':>8}")
    rows: list[Sequence[object]] = [("set", "identifier", "prior", "bin", "weight", "score", "accuracy")]
    for name in _scored_sets(bench):
        for prior_name in PRIORS:
            lines = {}
            for peer in bench.peers:
                if peer.is_probability:
                    bins, answered = _bins(bench, peer, name, prior_name)
                    _print_bins(name, peer.name, prior_name, bins, answered)
                    rows += [(name, peer.name, prior_name, n, *map("{:.4f}".format, row)) for n, row in enumerate(bins)]
                    lines[peer.name] = [(row.score, row.accuracy) for row in bins]
            image = draw_shares(
                lines,
                title=f"Reliability on {name}, {prior_name} prior",
                x_title="mean score",
                y_title="share right",
                diagonal=True,
            )
            bench.draw(f"calibration.{name}.{prior_name}.svg", image)
    bench.write("calibration.tsv", rows)


def _bins(bench: Bench, peer: Peer, name: str, prior_name: str) -> tuple[list[Bin], float]:
    """Bins of the answers, and the share of sentences answered."""
    result = bench.results.of(peer, name)
    weights = weigh(result.gold_codes, PRIORS[prior_name](result.by_code.keys()))
    kept = result.answered
    return bin_answers(result.scores[kept], result.right[kept], weights[kept]), float(weights[kept].sum())


def _print_bins(name: str, peer: str, prior_name: str, bins: Sequence[Bin], answered: float) -> None:
    error = expected_calibration_error(bins)
    score, right = (sum(row.weight * value for row, value in zip(bins, values, strict=True)) for values in (
        [row.score for row in bins], [row.accuracy for row in bins]))  # fmt: skip
    print(f"{name:14} {peer:13} {prior_name:8} {error:6.3f} {score:6.3f} {right:6.3f} {answered:8.3f}", flush=True)


def print_abstention(bench: Bench) -> None:
    """How much can be answered at how great an accuracy."""
    titles = " ".join(f"{f'at {share:.0%}':>7}" for share in _ACCURACIES)
    print(f"coverage at an accuracy\n{'set':14} {'identifier':13} {'prior':8} {titles}   accuracy of all answers")
    rows: list[Sequence[object]] = [("set", "identifier", "prior", "threshold", "coverage", "accuracy")]
    for name in _scored_sets(bench):
        for prior_name, prior in PRIORS.items():
            lines = {}
            for peer in bench.peers:
                result = bench.results.of(peer, name)
                weights = weigh(result.gold_codes, prior(result.by_code.keys()))
                curve = abstention_curve(result.scores, result.right, result.answered, weights)
                cells = " ".join(f"{coverage_at(curve, share):7.3f}" for share in _ACCURACIES)
                print(
                    f"{name:14} {peer.name:13} {prior_name:8} {cells}   {curve[-1].accuracy if curve else 0.0:.3f}",
                    flush=True,
                )
                kept = curve[:: max(1, len(curve) // _CURVE_POINTS)]
                rows += [(name, peer.name, prior_name, *map("{:.4f}".format, point)) for point in kept]
                lines[peer.name] = [(point.coverage, point.accuracy) for point in curve]
            image = draw_shares(
                lines,
                title=f"Abstention on {name}, {prior_name} prior",
                x_title="coverage: share answered",
                y_title="share of the answered that is right",
            )
            bench.draw(f"abstention.{name}.{prior_name}.svg", image)
    bench.write("abstention.tsv", rows)


def _scored_sets(bench: Bench) -> list[str]:
    return [name for name in _SCORED if name in bench.sets]


def print_precision(bench: Bench) -> None:
    """False positives of small languages among all sentences of large ones."""
    sentences = [sentence for name in NEIGHBOUR_SETS for sentence in bench.all_results.sentences(name)]
    print(f"{len(sentences)} sentences of {', '.join(NEIGHBOUR_SETS)}; k of N (95 % bounds a million)")
    print(f"{'identifier':13} " + " ".join(f"{code:>19}" for code in SMALL))
    header = ("identifier", "language", "speakers", "recall", "false", "sentences", "low", "high", "of")
    rows: list[Sequence[object]] = [header]
    for peer in bench.peers:
        counts = count_false(peer, sentences)
        found = false_positives(counts, len(sentences))
        cells = [f"{item.num_false} ({item.bounds[0] * 1e6:.0f}-{item.bounds[1] * 1e6:.0f})" for item in found]
        print(f"{peer.name:13} " + " ".join(f"{cell:>19}" for cell in cells), flush=True)
        recalls = _recalls(bench, peer)
        print(f"{'':13} " + " ".join(f"{f'recall {recalls[code]:.3f}':>19}" for code in SMALL))
        total = sum(item.num_false for item in found)
        low, high = wilson_bounds(total, len(sentences))
        print(f"{'':13} all fifteen: {total} of {len(sentences)} ({low:.3%} to {high:.3%})")
        for item in found:
            of = ", ".join(f"{gold} {count}" for (gold, said), count in sorted(counts.items()) if said == item.code)
            low, high = item.bounds
            figures = (item.num_false, item.num_sentences, f"{low:.8f}", f"{high:.8f}")
            rows.append((peer.name, item.code, SMALL[item.code], f"{recalls[item.code]:.4f}", *figures, of))
    bench.write("precision.tsv", rows)


def _recalls(bench: Bench, peer: Peer) -> dict[str, float]:
    """Recall of each small language in the first set that has it."""
    tables = [bench.results.of(peer, name).by_code for name in SMALL_SETS]
    return {code: next(table[code].recall for table in tables if code in table) for code in SMALL}


def print_contamination(bench: Bench) -> None:
    """Documents of small languages and of others, before and after the filter of distinctive words: kept of all."""
    names = Contamination._fields[1:]
    others = [sentence for name in (_BESIDE, *NEIGHBOUR_SETS) for sentence in bench.all_results.sentences(name)]
    own = {code: _sentences_of(bench, code) for code in SMALL}
    rows: list[Sequence[object]] = [("identifier", "language", "documents", "before", "after", "low", "high")]
    for peer in bench.peers:
        print(f"{peer.name:13} " + " ".join(f"{name:>24}" for name in names))
        found = measure(peer, own, others)
        for item in found:
            print(f"{item.code:13} " + " ".join(f"{_kept_cell(kept):>24}" for kept in item[1:]), flush=True)
            for name, kept in zip(names, item[1:], strict=True):
                bounds = (f"{bound:.6f}" for bound in wilson_bounds(kept.after, kept.before))
                rows.append((peer.name, item.code, name, kept.before, kept.after, *bounds))
        totals = [
            Kept(*map(sum, zip(*column, strict=True))) for column in zip(*(item[1:] for item in found), strict=True)
        ]
        print(f"{'all fifteen':13} " + " ".join(f"{_kept_cell(kept):>24}" for kept in totals))
    bench.write("contamination.tsv", rows)


def _kept_cell(kept: Kept) -> str:
    """As `3 of 40 (0.026-0.199)`, with 95 % bounds of the share."""
    low, high = wilson_bounds(kept.after, kept.before)
    return f"{kept.after} of {kept.before} ({low:.2g}-{high:.2g})"


def _sentences_of(bench: Bench, code: str) -> list[Sentence]:
    """Sentences in a small language, out of the first set that has it."""
    for name in SMALL_SETS:
        found = [sentence for sentence in bench.results.sentences(name) if sentence.label.startswith(f"{code}_")]
        if found:
            return found
    return []


def print_mixed(bench: Bench) -> None:
    """How well the parts of planted documents are found."""
    documents = list(plant(bench.all_results.sentences("sib200")))
    segmenters = dict(bench.segmenters)
    for peer in bench.peers:
        segmenters[f"{peer.name} by line"] = segment_by(peer, sentences=False)
        segmenters[f"{peer.name} by sentence"] = segment_by(peer, sentences=True)
    rows: list[Sequence[object]] = [("segmenter", "layout", "pair", "language", "precision", "recall")]
    print(f"{len(documents)} documents; precision/recall by character, of the smaller language in brackets")
    for name, segmenter in segmenters.items():
        cells = []
        for layout in LAYOUTS:
            some = [document for document in documents if document.layout == layout]
            pairs = [_pair_rows(some, pair, segmenter) for pair in PAIRS]
            rows += [(name, layout, *row) for found in pairs for row in found]
            means = [np.mean([float(found[part][column]) for found in pairs]) for part in (0, 1) for column in (2, 3)]
            cells.append(f"{layout}: {means[0]:.3f}/{means[1]:.3f} ({means[2]:.3f}/{means[3]:.3f})")
        print(f"{name:26} " + "  ".join(cells), flush=True)
    bench.write("mixed.tsv", rows)


def _pair_rows(
    documents: Iterable[Mixed], pair: tuple[str, str], segmenter: Segmenter
) -> list[tuple[str, str, str, str]]:
    """Pair, language, precision and recall: of both languages together, then of each."""
    found = count_found([document for document in documents if document.pair == pair], segmenter)
    title = "-".join(label[:3] for label in pair)
    return [
        (title, code or "both", f"{found.precision(code):.4f}", f"{found.recall(code):.4f}")
        for code in (None, pair[0][:3], pair[1][:3])
    ]


def print_speed(bench: Bench) -> None:
    """Speed, start-up and memory of each identifier alone."""
    found = []
    for wanted in ("none", *bench.wanted):
        try:
            found.append(measure_in_process(bench.shared, wanted))
        except RuntimeError as error:
            print(f"left out: {error}")
    titles = list(found[0])
    rows = [[f"{row[title]:.2f}" if isinstance(row[title], float) else row[title] for title in titles] for row in found]
    for cells in (titles, *rows):
        print(" ".join(f"{cell:>15}" for cell in cells))
    bench.write("speed.tsv", [titles, *rows])


PARTS: dict[str, Callable[[Bench], None]] = {
    "tables": print_tables,
    "confusions": print_confusions,
    "calibration": print_calibration,
    "abstention": print_abstention,
    "precision": print_precision,
    "contamination": print_contamination,
    "mixed": print_mixed,
    "speed": print_speed,
}


def _load(wanted: Iterable[str]) -> Iterable[Peer]:
    for name in wanted:
        try:
            yield load_peer(name) if name in PEERS else load_ours(name)
        except MissingPackage as error:
            print(f"left out: {name}: {error}")


def _load_segmenter(wanted: str) -> tuple[str, Segmenter]:
    name, _, path = wanted.rpartition("=")
    found: Any = load_object(path)
    return name or "segmenter", getattr(found, "segments", found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder of the real data")
    parser.add_argument("--part", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help="all by default")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS), metavar="SET", help=", ".join(SETS))
    parser.add_argument("--identifiers", nargs="*", choices=PEERS, default=list(PEERS), metavar="NAME")
    parser.add_argument("--ours", action="append", default=[], metavar="FACTORY", help="may be given again")
    parser.add_argument("--segmenter", action="append", default=[], metavar="FACTORY", help="may be given again")
    parser.add_argument(
        "--limit", type=int, default=2000, help="sentences of a label in a set, for all but `precision`"
    )
    parser.add_argument("--out", type=Path, help="folder of the tables and plots")
    options = parser.parse_args()
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
    bench = Bench(options)
    for part in options.part:
        print(f"\n# {part}\n")
        PARTS[part](bench)


if __name__ == "__main__":
    main()
