"""How frequent languages are taken to be, before a word of a text is read.

`equal` takes all for as frequent as each other, as a list of languages is. `people` takes them for the more frequent
the more people read and write them, as the web is, by CLDR (`resources/priors/writers.tsv`).
"""

from collections.abc import Sequence
from functools import cache
from typing import Literal

import numpy as np

from xdata.models.identifier import NOISE, Floats
from xdata.resources import resource

Prior = Literal["equal", "people"]

POWER = 0.5
"""Of the number of people, by which a language is frequent; 1 would be a web on which all write as much."""
LEAST_PEOPLE = 10_000
"""People that a language has which CLDR does not count, or counts fewer of."""


def prior_of(labels: Sequence[str], prior: Prior) -> Floats:
    """What the probability of each label (`iso639-3_Script`) is multiplied with; noise is as frequent as the mean."""
    if prior == "equal":
        return np.ones(len(labels), dtype=np.float32)
    people = np.array([max(writers().get(label, 0), LEAST_PEOPLE) for label in labels], dtype=np.float64)
    weights = people**POWER
    weights /= weights.mean()
    weights[[label.startswith(NOISE) for label in labels]] = 1.0
    return weights.astype(np.float32)


@cache
def writers() -> dict[str, int]:
    """`iso639-3_Script` -> people who read and write it, of the languages that CLDR counts."""
    lines = resource("priors", "writers.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {code: int(num) for code, num in rows}
