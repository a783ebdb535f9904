"""How far the score of an identifier can be trusted, and what abstaining by it gains.

Both depend on how frequent languages are. Sentences are weighted so that the languages of a set are as frequent as a
prior says: all alike, or as in a crawl of the web.

Calibration is that of the answers; what an identifier abstains on makes no claim, and its share is said beside.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]
_Bools = npt.NDArray[np.bool_]

_ENGLISH_SHARE = 0.45
_OFFSET, _EXPONENT = 10, 3

_BY_SIZE = """
eng rus deu jpn spa zho fra ita por pol nld ind tur ces vie arb pes kor swe ron ell hun dan ukr fin tha nob slk
bul cat hin lit hrv srp slv ekk heb lvs ben tam zsm tel kat glg eus als azj urd mar isl bel mkd kaz mal hye kan
guj bos khk tgl sin mya npi afr pan uzn kir cym khm epo gle amh tgk swh som hau nno jav ckb kmr lat tuk mri gla
lao mlt kin yor ibo zul xho sna sun bod bak tat plt hat ceb smo nya gaz uig war ilo run wol arz mai azb wuu lmo
scn srd lij fur hsb ltg pcm arq acm ars min ban awa kab fij tpi bem bam gug ayr quy pag pam bug mni lus dik dyu
lua kon kam kmb kac kbp cjk nqo tzm ido ile nah cni dtp lfn orv nov tzl
"""
"""Languages by the text that a crawl of the web has of them, the largest first. Roughly: the first sixty as Common
Crawl's counts have them for years, the others by their Wikipedias and speakers."""


_RANKS = {code: rank for rank, code in enumerate(_BY_SIZE.split())}


def uniform_prior(codes: Collection[str]) -> dict[str, float]:
    """Language -> its share where all are as frequent."""
    return {code: 1 / len(codes) for code in sorted(codes)}


def crawl_prior(codes: Collection[str]) -> dict[str, float]:
    """Language -> its share in a crawl of the web: English 45 %, the rest by Zipf and Mandelbrot's law of their ranks.

    Its offset and exponent (10, 3) put the second language at some 7 % and the hundredth at 1 of 20,000 or so, much as
    a crawl has them. A language that nobody has ranked comes last.
    """
    others = sorted(set(codes) - {"eng"}, key=lambda code: (_RANKS.get(code, len(_RANKS)), code))
    sizes = {code: (rank + _OFFSET) ** -_EXPONENT for rank, code in enumerate(others, start=1)}
    total, share = sum(sizes.values()), 1.0 - _ENGLISH_SHARE if "eng" in codes else 1.0
    english = {"eng": _ENGLISH_SHARE if others else 1.0} if "eng" in codes else {}
    return english | {code: share * size / total for code, size in sizes.items()}


PRIORS = {"uniform": uniform_prior, "crawl": crawl_prior}


def weigh(gold: Sequence[str], prior: Mapping[str, float]) -> _Floats:
    """Weight of each sentence, so that those of a language weigh together what the prior says."""
    counts = Counter(gold)
    return np.array([prior[code] / counts[code] for code in gold])


class Bin(NamedTuple):
    """Answers of about the same score."""

    weight: float
    """Share of all answers."""
    score: float
    """Mean score."""
    accuracy: float
    """Share that is right."""


def bin_answers(scores: _Floats, right: _Bools, weights: _Floats, *, num_bins: int = 15) -> list[Bin]:
    """Bins of equal weight, from the least score to the greatest; none without answers.

    Answers of one score that two bins share are shared out by weight, so the order of sentences makes no difference.
    """
    if not weights.sum():
        return []
    _, group = np.unique(scores, return_inverse=True)
    sums = (weights, weights * scores, weights * right)
    mass, score, hits = (np.concatenate([[0.0], np.cumsum(np.bincount(group, values))]) for values in sums)
    edges = np.linspace(0.0, mass[-1], num_bins + 1)
    width = mass[-1] / num_bins
    means = zip(np.diff(np.interp(edges, mass, score)), np.diff(np.interp(edges, mass, hits)), strict=True)
    return [Bin(1 / num_bins, float(mean / width), float(share / width)) for mean, share in means]


def expected_calibration_error(bins: Iterable[Bin]) -> float:
    """How far the mean score of a bin is from its accuracy, on average; 0 without bins."""
    return sum(bin.weight * abs(bin.score - bin.accuracy) for bin in bins)


class Point(NamedTuple):
    """What is answered and right where answers of less than a score are held back."""

    threshold: float
    coverage: float
    """Share of all sentences that is answered."""
    accuracy: float
    """Share of the answered that is right."""


def abstention_curve(scores: _Floats, right: _Bools, answered: _Bools, weights: _Floats) -> list[Point]:
    """Coverage and accuracy at each score there is, from the surest answers alone to all of them."""
    thresholds, group = np.unique(-scores[answered], return_inverse=True)
    covered = np.cumsum(np.bincount(group, weights[answered], minlength=len(thresholds)))
    hits = np.cumsum(np.bincount(group, (weights * right)[answered], minlength=len(thresholds)))
    total = weights.sum()
    rows = zip(-thresholds, covered / total, hits / np.where(covered > 0, covered, 1.0), strict=True)
    return [Point(*map(float, row)) for row in rows]


def coverage_at(curve: Iterable[Point], accuracy: float) -> float:
    """The greatest coverage at which answers are at least so accurate; 0 where they never are."""
    return max((point.coverage for point in curve if point.accuracy >= accuracy), default=0.0)
