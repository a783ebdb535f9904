"""Thresholds of a language from a sample of it, shown before anything is removed, and put into its language file.

    build the sample with every rule off -> stop words, if nobody knows them -> scores in the ledger
    -> thresholds (`xdata.filters.calibration`) -> what old and new thresholds drop (`threshold_preview`)
    -> the language file in the overlay

The sample is processed by `monolingual_corpus` itself, so its counts are those of a build of the same input.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xdata import records
from xdata.commands.threshold_preview import Effect, table, write_preview
from xdata.errors import ConfigError, InputError
from xdata.filters import calibration
from xdata.filters.calibration import Derived, Method, Scores
from xdata.filters.rules import LANGUAGE_RULE, RULES
from xdata.formats.table import output_of
from xdata.language_facts import Thresholds
from xdata.language_files import OVERLAY, described_languages, thresholds_of_languages, write_language
from xdata.output.manifest import Manifest
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe
from xdata.text.analysis import Analyses
from xdata.validation import validate
from xdata.yaml_files import read_yaml

RECIPE = "monolingual_corpus"
"""The recipe whose edits and scores process the sample."""

_CALIBRATED = (
    "thresholds",
    "rule_limits",
    "rejects",
    "language.min_score",
    "perplexity.max_z",
    "classifier.min_quality",
)
"""Settings that a calibration finds, or that have no effect on it."""
_STOP_WORD_SHARE = 0.008
_MIN_STOP_WORDS = 8
_MAX_STOP_WORDS = 60
_STOP_WORD_SCORES = ("num_stop_words", "stop_word_share")
"""Scores that a language without stop words does not have."""
_ENOUGH_DOCUMENTS = 100
"""Documents that a sample must have to tell the frequent words of a language from those of what it is about."""

Builder = Callable[[Recipe, Path], Manifest]
"""Builds a recipe into a folder."""


@dataclass(frozen=True)
class Calibration:
    """The thresholds of one language, what they would remove, and the file that has them."""

    language: str
    num_documents: int
    """Documents of the language in the sample, whatever is wrong with them."""
    sample_size: int
    """Those that only the rules could remove: the thresholds are of them."""
    num_dropped: int
    """Documents of `sample_size` that some rule drops."""
    num_dropped_before: int
    """The same by the thresholds before the calibration."""
    effect: Effect
    """What each rule drops of `num_documents`, by the old and by the new thresholds."""
    stop_words: tuple[str, ...]
    """Those that were found in the sample; empty where the language has a list."""
    facts: Mapping[str, Any] = field(repr=False)
    """The language file with the thresholds in it."""


@dataclass(frozen=True)
class Reference:
    """A sample of a language whose thresholds were published: English, for all that is known."""

    sources: tuple[Source, ...]
    language: str


def calibrate(
    sources: Sequence[Source],
    languages: Sequence[str],
    *,
    work: Path,
    build: Builder,
    settings: Mapping[str, str] | None = None,
    method: Method = "tail",
    max_loss: float = 0.01,
    reference: Reference | None = None,
    preview: Path | None = None,
) -> list[Calibration]:
    """Derives thresholds of languages from a sample; `work/sample` is the output folder of the sample.

    `languages` are codes; without any, those of which the sample has enough are taken. `settings` are those of
    `monolingual_corpus`. The language files that count are those of the overlay that the environment names. `preview`
    is a file of JSON lines to write, one for each document that the old or the new thresholds drop, with its text; its
    ids are those of `work/sample`, and of a build of the same sources. Raises ConfigError for a method that lacks its
    reference, and InputError for a sample that is too small.
    """
    if (reference is None) != (method == "tail"):
        raise ConfigError(f"method {method!r} {'takes no' if method == 'tail' else 'needs a'} reference sample")
    settings = dict(settings or {})
    with _working_overlay() as overlay:
        recipe = _recipe(sources, languages, settings)
        manifest = build(recipe, work / "sample")
        codes = list(languages) or [code for code, facts in manifest.languages.items() if facts.num_rows]
        stop_words = _add_stop_words(codes, work / "sample", manifest, recipe, overlay)
        if stop_words:
            manifest = build(recipe, work / "sample")
        facts = {code: _facts(code) for code in codes}
        old = thresholds_of_languages(codes)
        other = _reference_scores(reference, settings, work / "reference", build) if reference else None
    how = f"method {method}" + (f", at most {max_loss:g} of the sample" if method == "tail" else "")
    found = []
    ledger = _ledger(work / "sample", manifest)
    for code in codes:
        rows = ledger.filter(pc.equal(ledger[records.LANGUAGE], code)).combine_chunks()
        sure = calibration.language_threshold(_column(rows, LANGUAGE_RULE.score))
        scores, in_sample = _scores(rows), _in_sample(rows, sure)
        sample = {name: values[in_sample] for name, values in scores.items()}
        if not languages and _num_rows(sample) < calibration.MIN_DOCUMENTS:
            continue
        _check_size(sample, code)
        if other is None:
            derived = calibration.derive_by_tail(sample, max_loss=max_loss)
        else:
            derived = calibration.derive_by_reference(sample, other, method=method)
        facts[code]["thresholds"] = _threshold_facts(derived, sure, how, _sources_of(recipe, code), _num_rows(sample))
        found.append(_calibration(rows, in_sample, stop_words.get(code, ()), facts[code], old.get(code)))
    if not found:
        raise InputError(f"the sample has no language with {calibration.MIN_DOCUMENTS} usable documents")
    if preview is not None:
        write_preview({each.language: each.effect for each in found}, work / "sample", manifest, preview)
    return found


def describe(found: Calibration) -> Iterator[str]:
    """What a calibration found, as lines: one for each rule, and what all rules drop together."""
    yield f"{found.language}: {found.num_documents:,} documents, {found.sample_size:,} of them left to the rules"
    if found.stop_words:
        yield f"stop words found: {' '.join(found.stop_words)}"
    yield from table(found.effect)
    size = max(found.sample_size, 1)
    yield (
        f"all rules together drop {found.num_dropped:,} of {found.sample_size:,} documents "
        f"({found.num_dropped / size:.2%}); by the old thresholds {found.num_dropped_before:,} "
        f"({found.num_dropped_before / size:.2%})"
    )


def find_stop_words(texts: Iterator[Sequence[str]]) -> tuple[str, ...]:
    """The words that make up at least 0.8 % of the words of some texts each, eight to sixty of them, frequent first.

    The rule of FineWeb-2 (Penedo et al. 2025): a share, and no fewer than eight. Words are lower case, with a letter.
    None of fewer than a hundred documents, which tell what they are about.
    """
    counts: Counter[str] = Counter()
    num_documents = 0
    for batch in texts:
        num_documents += len(batch)
        for analysis in Analyses(batch):
            counts.update(word.lower() for word in analysis.words if any(c.isalpha() for c in word))
    total = counts.total()
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    frequent = sum(count >= _STOP_WORD_SHARE * total for _, count in ranked)
    if num_documents < _ENOUGH_DOCUMENTS:
        return ()
    return tuple(word for word, _ in ranked[: min(max(frequent, _MIN_STOP_WORDS), _MAX_STOP_WORDS)])


@contextmanager
def _working_overlay() -> Iterator[Path]:
    """A copy of the overlay that the environment names, in its stead, so that the user's is left alone."""
    before = os.environ.get(OVERLAY)
    with tempfile.TemporaryDirectory(prefix="xdata-languages-") as folder:
        if before and Path(before).is_dir():
            shutil.copytree(before, folder, dirs_exist_ok=True)
        os.environ[OVERLAY] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ[OVERLAY]
            else:
                os.environ[OVERLAY] = before


def _recipe(sources: Sequence[Source], languages: Sequence[str], settings: Mapping[str, str]) -> Recipe:
    """The recipe of the sample, in which no rule is on yet."""
    for name in _CALIBRATED:
        if name in settings:
            raise ConfigError(f"{name} cannot be set for a calibration: calibration derives it, or does not use it")
    own = {"thresholds": "none", "language.min_score": "0", **settings}
    return find_recipe(RECIPE).make(sources=sources, languages=languages, settings=own)


def _facts(language: str) -> dict[str, Any]:
    path = described_languages().get(language)
    facts: dict[str, Any] = {"code": language} if path is None else read_yaml(path)
    return facts


def _add_stop_words(
    languages: Sequence[str], folder: Path, manifest: Manifest, recipe: Recipe, overlay: Path
) -> dict[str, tuple[str, ...]]:
    """Puts stop words into the files of the languages that have none; language -> those that were found."""
    found: dict[str, tuple[str, ...]] = {}
    for code in languages:
        facts = _facts(code)
        words = () if "stop_words" in facts else find_stop_words(_texts(folder, manifest, code))
        if words:
            found[code] = words
            write_language(facts | {"stop_words": _stop_word_facts(words, _sources_of(recipe, code))}, overlay)
    return found


def _sources_of(recipe: Recipe, language: str) -> tuple[str, str]:
    """(names, licenses) of the sources that may have documents in a language."""
    sources = [source for source in recipe.reader.sources if source.language in (None, language)]
    names, licenses = ({getattr(source, name) for source in sources} for name in ("name", "license"))
    return ", ".join(sorted(names)), ", ".join(sorted(licenses))


def _stop_word_facts(words: Sequence[str], sources: tuple[str, str]) -> dict[str, Any]:
    names, licenses = sources
    source = f"xdata calibrate: words of at least {_STOP_WORD_SHARE:.1%} of {names}"
    return {"source": source, "license": licenses, "words": sorted(words)}


def _threshold_facts(
    derived: Derived, sure: float | None, how: str, sources: tuple[str, str], num_documents: int
) -> dict[str, Any]:
    own = {LANGUAGE_RULE.name: sure} if sure is not None else {}
    return {
        "source": f"xdata calibrate, {how}: {num_documents} documents of {sources[0]} ({sources[1]})",
        "num_documents": num_documents,
        "min_values": own | derived.min_values,
        "max_values": derived.max_values,
        "switched_off": list(derived.switched_off),
    }


def _texts(folder: Path, manifest: Manifest, language: str) -> Iterator[list[str]]:
    for file in manifest.data_files(language):
        for rows in output_of(file.path).rows(folder / file.path, [records.TEXT]):
            yield [row[records.TEXT] for row in rows]


def _ledger(folder: Path, manifest: Manifest) -> pa.Table:
    """Id, language, scores, and whether nothing but a rule could drop it, of each document."""
    names = [records.ID, records.LANGUAGE, records.LANGUAGE_SCORE, records.SCORES, records.DECISION]
    tables = []
    for file in manifest.files:
        if file.path.startswith("ledger/"):
            table = pq.read_table(folder / file.path, columns=names, use_threads=False)
            tables.append(table.append_column(records.KEPT, pc.equal(table[records.DECISION], "kept")))
    if not tables:
        raise InputError("the sample has no document")
    return pa.concat_tables(tables)


def _in_sample(rows: pa.Table, sure: float | None) -> npt.NDArray[np.bool_]:
    """Which documents only a rule of quality could drop: kept so far, and surely in the language."""
    least = np.float32(LANGUAGE_RULE.english if sure is None else sure)
    unsure: npt.NDArray[np.bool_] = _column(rows, LANGUAGE_RULE.score).astype(np.float32) < least
    kept: npt.NDArray[np.bool_] = rows[records.KEPT].to_numpy(zero_copy_only=False)
    return kept & ~unsure


def _scores(ledger: pa.Table) -> Scores:
    made = {field.name for field in ledger.schema.field(records.SCORES).type}
    return {name: _column(ledger, name) for name in sorted({rule.score for rule in RULES} & made)}


def _column(ledger: pa.Table, score: str) -> npt.NDArray[np.float64]:
    column = ledger[score] if score == records.LANGUAGE_SCORE else pc.struct_field(ledger[records.SCORES], score)
    values = pa.chunked_array(column).combine_chunks()
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _num_rows(scores: Scores) -> int:
    return len(next(iter(scores.values())))


def _check_size(sample: Scores, language: str) -> None:
    if _num_rows(sample) < calibration.MIN_DOCUMENTS:
        raise InputError(
            f"the sample has {_num_rows(sample)} usable documents of {language}, "
            f"{calibration.MIN_DOCUMENTS} are needed: give more, or declare what it is in with --declared"
        )


def _reference_scores(reference: Reference, settings: Mapping[str, str], work: Path, build: Builder) -> Scores:
    manifest = build(_recipe(reference.sources, [reference.language], settings), work)
    ledger = _ledger(work, manifest)
    mine = pc.and_(ledger[records.KEPT], pc.equal(ledger[records.LANGUAGE], reference.language))
    scores = _scores(ledger.filter(mine).combine_chunks())
    _check_size(scores, reference.language)
    return scores


def _calibration(
    ledger: pa.Table,
    in_sample: npt.NDArray[np.bool_],
    stop_words: tuple[str, ...],
    facts: Mapping[str, Any],
    old: Thresholds | None,
) -> Calibration:
    effect = Effect.of(
        ledger[records.ID].to_pylist(),
        dict(_scores(ledger)) | {LANGUAGE_RULE.score: _column(ledger, LANGUAGE_RULE.score)},
        (LANGUAGE_RULE, *RULES),
        old=old,
        new=validate(Thresholds, facts["thresholds"], where=str(facts["code"])),
        disabled=_STOP_WORD_SCORES if stop_words else (),
    )
    return Calibration(
        language=facts["code"],
        num_documents=ledger.num_rows,
        sample_size=int(in_sample.sum()),
        num_dropped=int((effect.by_new.any(axis=1) & in_sample).sum()),
        num_dropped_before=int((effect.by_old.any(axis=1) & in_sample).sum()),
        effect=effect,
        stop_words=stop_words,
        facts=facts,
    )
