"""`xdata identify`: the language of each line of some text."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from xdata.commands.answer import Answer
from xdata.errors import InputError, UsageError
from xdata.languages import UNDETERMINED, resolve_codes
from xdata.models.language import (
    EVERY_OTHER,
    XLID,
    Identification,
    LanguageIdentifier,
    Weights,
    check_nameable,
    load_identifier,
)
from xdata.models.priors import Prior
from xdata.references import ModelRef

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

    def in_json(self) -> str:
        """An object with `language`, `score` and `alternatives`, language -> probability."""
        return _in_json(language=self.language, score=self.found.score, alternatives=dict(self.found.alternatives))


@dataclass(frozen=True)
class LanguageCount:
    """How many lines are in a language."""

    language: str
    num_lines: int
    share: float
    mean_score: float

    def __str__(self) -> str:
        """`code<TAB>lines<TAB>share<TAB>mean score`."""
        return f"{self.language}\t{self.num_lines}\t{self.share:.4f}\t{self.mean_score:.4f}"

    def in_json(self) -> str:
        """An object with `language`, `lines`, `share` and `mean_score`."""
        share, score = round(self.share, 4), round(self.mean_score, 4)
        return _in_json(language=self.language, lines=self.num_lines, share=share, mean_score=score)


@dataclass(frozen=True, kw_only=True)
class IdentifyOptions:
    """The arguments of `xdata identify`, as its parser gives them."""

    files: Sequence[str]
    min_score: float
    candidates: Sequence[str]
    """Codes, or several of them separated by commas."""
    other_weight: float
    prior: Prior
    model: Path | None
    labels: Path | None
    summary: bool
    json: bool


def run(options: IdentifyOptions) -> Answer:
    """The language of each line, or their summary; lines are printed as they are read. Raises XdataError."""
    model = _model(options)
    candidates = resolve_codes(code.strip() for word in options.candidates for code in word.split(","))
    check_nameable(candidates, model=model)
    found = identify_lines(
        read_lines(options.files),
        load_identifier(model, prior=options.prior),
        min_score=options.min_score,
        weights=candidate_weights(candidates, other_weight=options.other_weight) if candidates else None,
    )
    rows = count_languages(found) if options.summary else found
    return Answer(each.in_json() if options.json else str(each) for each in rows)


def _model(options: IdentifyOptions) -> ModelRef:
    if options.model is None:
        if options.labels is not None:
            raise UsageError(
                f"--labels {options.labels}: describes a fastText model, and none is given: add --model FILE"
            )
        return XLID
    if options.prior != "equal":
        raise UsageError(
            f"--prior {options.prior}: a fastText model has the frequencies of its training data: remove --prior"
        )
    labels = None if options.labels is None else str(options.labels)
    return ModelRef(backend="fasttext", model=str(options.model), labels=labels)


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


def count_languages(found: Iterable[LineLanguage]) -> list[LanguageCount]:
    """Languages by number of lines, most frequent first."""
    numbers: Counter[str] = Counter()
    scores: dict[str, float] = defaultdict(float)
    for line in found:
        numbers[line.language] += 1
        scores[line.language] += line.found.score
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return [LanguageCount(code, num, num / numbers.total(), scores[code] / num) for code, num in ordered]


def _in_json(**facts: Any) -> str:
    return orjson.dumps(facts).decode()


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
