"""Distinctive words of the language in a document, and the language that its URL states.

A small language is identified in much text that is in others: a few in a million of a large neighbour are more than
there is of it. Words that hardly any other language has tell the two apart, at the price of nothing but a lookup.
"""

import gzip
import re
import unicodedata
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from xdata.context import Context
from xdata.errors import ResourceError, one_line
from xdata.language_options import ByLanguage
from xdata.records import LANGUAGE, URL_LANGUAGE
from xdata.references import FileRef
from xdata.resources import resource
from xdata.step import LABEL, SCORE, Columns, Score
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes, hash_texts
from xdata.text.url_languages import says_language

SHARE = "scores.distinctive_words"

_APOSTROPHE = re.compile("['\u2019]")


class DistinctiveWords(Score):
    """Adds `scores.distinctive_words`: the share in [0, 1] of a document's words that are its language's own.

    Own are the words that are frequent in a language and hardly in any other; which ones is in
    `resources/words/distinctive_words.tsv.gz`, of some six hundred languages, or in a list of the user's. Null for a
    language without a list, and for a document without words. Adds `url_language` too: the language of the document
    where the host or the path of its URL states it, else null. Reads `language`. Raises ResourceError for a list that
    cannot be read or has no word.
    """

    kind: Literal["scores.distinctive_words"] = "scores.distinctive_words"
    data_files = ("words/distinctive_words.tsv.gz",)
    language_facts = ("names", "aliases")
    version = 2
    libraries = ("icu4py", "babel")
    papers = ("Penedo et al. 2025, FineWeb2 (arXiv 2506.20920), precision filtering",)

    lists: ByLanguage[FileRef] = Field(default_factory=dict)
    """Code of a language -> its list in place of ours: UTF-8, a word a line, plain or `.gz`."""

    def reads(self) -> frozenset[str]:
        return frozenset({LANGUAGE})

    def adds(self) -> Mapping[str, pa.DataType]:
        return {SHARE: SCORE, URL_LANGUAGE: LABEL}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        lists = {code: read_words(file.path, language=code) for code, file in self.lists.items()}

        def score(analyses: Analyses) -> Columns:
            return {SHARE: own_word_shares(analyses, lists=lists), URL_LANGUAGE: url_languages(analyses)}

        return score


def own_word_shares(analyses: Analyses, *, lists: Mapping[str, tuple[str, ...]]) -> npt.NDArray[np.float64]:
    """Share of the words of each text that are its language's own; NaN without a list or without words."""
    words, hashes = analyses.words, analyses.word_hashes
    languages = np.array([language or "" for language in analyses.languages])
    shares = np.full(len(analyses), np.nan)
    own = np.zeros(len(hashes), dtype=bool)
    for language in np.unique(languages).tolist():
        wanted = _hashes(lists.get(language) or listed_words().get(language, ()), language)
        if len(wanted):
            texts = languages == language
            inside = texts[words.texts]
            own[inside] = _among(hashes[inside], wanted)
            shares[texts] = 0.0
    shares[words.counts == 0] = np.nan
    return shares + words.shares(own)


def url_languages(analyses: Analyses) -> list[str | None]:
    """The language of each document if its URL states it."""
    return [
        language if url and language and says_language(url, language) else None
        for url, language in zip(analyses.urls, analyses.languages, strict=True)
    ]


def listed_words() -> Mapping[str, tuple[str, ...]]:
    """Code of a language -> its distinctive words, as they come with xdata."""
    return _read_lists(_file())


def read_words(path: Path, *, language: str) -> tuple[str, ...]:
    """The words of a list of the user's for a language, a word a line, in NFC.

    A line that is not one word, as texts of the language are cut into words, would match nothing, and is left out.
    Raises ResourceError for a file that cannot be read, one without words, and one most lines of which are no words.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines = [line.strip() for line in unicodedata.normalize("NFC", content.decode("utf-8-sig")).splitlines()]
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        reason = one_line(str(error))
        raise ResourceError(f"{path}: cannot be read as a list of words in UTF-8: {reason}") from None
    found = tuple(filter(None, lines))
    if not found:
        raise ResourceError(f"{path}: no word in it")
    whole = _are_words(found, language)
    if 2 * sum(whole) < len(found):
        odd = found[whole.index(False)]
        line = lines.index(odd) + 1
        raise ResourceError(
            f"{path}:{line}: {one_line(odd, limit=60)!r} is not one word of {language}, nor are most lines"
        )
    return tuple(word for word, is_word in zip(found, whole, strict=True) if is_word)


def _are_words(words: Sequence[str], language: str) -> list[bool]:
    """Which of some lines are one word each; an apostrophe at an end may be a letter."""
    lettered = [_APOSTROPHE.sub("\u02bc", word) for word in words]
    analyses = Analyses(lettered, declared_languages=[language] * len(words))
    return [analysis.words == [word] for analysis, word in zip(analyses, lettered, strict=True)]


def _among(hashes: Hashes, wanted: Hashes) -> npt.NDArray[np.bool_]:
    """Which hashes are among some ascending ones."""
    found: npt.NDArray[np.bool_] = wanted[np.minimum(np.searchsorted(wanted, hashes), len(wanted) - 1)] == hashes
    return found


def _file() -> Path:
    return resource("words", "distinctive_words.tsv.gz")


@cache
def _read_lists(path: Path) -> Mapping[str, tuple[str, ...]]:
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return {code: tuple(words.split(" ")) for code, words in (line.split("\t") for line in lines)}


@cache
def _hashes(words: tuple[str, ...], language: str) -> Hashes:
    return np.unique(hash_texts(words, language=language))
