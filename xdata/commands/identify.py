"""The language of each line of some text: what `xdata identify` prints."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from xdata.errors import InputError
from xdata.languages import UNDETERMINED
from xdata.models.language import EVERY_OTHER, Identification, LanguageIdentifier, Weights

_BATCH_LINES, _BATCH_CHARACTERS = 2_000, 1 << 20

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class LineLanguage:
    """Prediction for one line."""

    language: str
    """`iso639-3_Script`, `und` where the identifier abstains."""
    found: Identification

    def __str__(self) -> str:
        """`code<TAB>score<TAB>alternatives`."""
        others = " ".join(f"{code}:{share:.4f}" for code, share in self.found.alternatives)
        return f"{self.language}\t{self.found.score:.4f}\t{others}"


def read_lines(files: Sequence[str]) -> Iterator[str]:
    """The lines of some files, or of standard input, without line feeds; what is not UTF-8 is replaced.

    Raises InputError for a file that cannot be read.
    """
    for name in files or (STANDARD_INPUT,):
        if not name:
            raise InputError("the name of a file is empty")
        with ExitStack() as stack:
            try:
                file: BinaryIO = (
                    sys.stdin.buffer if name == STANDARD_INPUT else stack.enter_context(Path(name).open("rb"))
                )
            except OSError as error:
                raise InputError(f"{name}: {error.strerror}") from None
            for line in file:
                yield line.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")


def identify_lines(
    lines: Iterable[str], identifier: LanguageIdentifier, *, min_score: float = 0.0, weights: Weights | None = None
) -> Iterator[LineLanguage]:
    """The language of each line, in order; `und` where its probability is below `min_score` too."""
    for batch in _batches(lines):
        given = None if weights is None else [weights] * len(batch)
        for found in identifier.identify(batch, weights=given):
            sure = found.language is not None and found.score >= min_score
            yield LineLanguage(str(found.language) if sure else UNDETERMINED, _with_best(found, sure=sure))


def candidate_weights(candidates: Iterable[str], *, other_weight: float) -> Weights:
    """Weights that favour candidate languages: 1 for each of them, `other_weight` (0 to 1) for all others."""
    return {**dict.fromkeys(candidates, 1.0), EVERY_OTHER: other_weight}


def summary(found: Iterable[LineLanguage]) -> list[str]:
    """Languages by number of lines, most frequent first: `code<TAB>lines<TAB>share<TAB>mean score`."""
    numbers: Counter[str] = Counter()
    scores: dict[str, float] = defaultdict(float)
    for line in found:
        numbers[line.language] += 1
        scores[line.language] += line.found.score
    total = max(numbers.total(), 1)
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return [f"{code}\t{num}\t{num / total:.4f}\t{scores[code] / num:.4f}" for code, num in ordered]


def _with_best(found: Identification, *, sure: bool) -> Identification:
    """Where nothing is sure, the most probable language is the first alternative."""
    if sure or found.language is None:
        return found
    return Identification(None, found.score, ((found.language, found.score), *found.alternatives))


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    num = 0
    for line in lines:
        batch.append(line)
        num += len(line)
        if len(batch) >= _BATCH_LINES or num >= _BATCH_CHARACTERS:
            yield batch
            batch, num = [], 0
    if batch:
        yield batch
