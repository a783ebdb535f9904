"""datatrove's four filters as its users run them, and the thresholds that both sides decide with."""

import importlib.metadata  # noqa: F401 - datatrove 0.10.1 reads it without importing it
import inspect
import tarfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

Limits = Mapping[str, Mapping[str, Any]]
"""Filter -> the thresholds that decide, all of them, by the names of datatrove's arguments."""

Reasons = dict[str, list[str | None]]
"""Filter -> first reason of each document, None where it is kept."""

FILTERS = ("gopher_repetition", "fineweb_quality", "gopher_quality", "c4_quality")
"""In the order that they run in. C4 comes last since it rewrites the text that it keeps."""

RAISED = "raised"
"""How the reason begins of a document that a filter of datatrove failed on, which ends its pipeline."""

_FINEWEB2_OFF: Mapping[str, Mapping[str, float]] = {
    "gopher_repetition": {"dup_para_frac": 0, "dup_line_char_frac": 0, "dup_para_char_frac": 0},
    "fineweb_quality": {"short_line_thr": 999, "char_duplicates_ratio": 0.1},
}
"""What FineWeb-2's pipeline sets for every language."""

_FINEWEB2_KEYS = {
    "gopher_repetition": ("dup_line_frac", "top_n_grams", "dup_n_grams"),
    "fineweb_quality": ("line_punct_thr", "new_line_ratio"),
    "gopher_quality": ("min_avg_word_length", "max_avg_word_length", "max_non_alpha_words_ratio"),
}
"""What it reads from the file of the language; the stop words have another name there."""


class Peer:
    """datatrove's four filters for one language."""

    def __init__(self, language: str, limits: Limits) -> None:
        self._filters = {
            name: kind(**limits[name], language=language) for name, kind in peer_filters().items() if name in limits
        }

    def reason(self, name: str, document: Any) -> str | None:
        """Why a filter drops a document of datatrove, None where it keeps it; RAISED and the error where it raises."""
        try:
            result = self._filters[name].filter(document)
        except Exception as error:
            return f"{RAISED} {type(error).__name__}"
        kept, reason = result if isinstance(result, tuple) else (result, "no reason")
        return None if kept else reason

    def decide_all(self, texts: Sequence[str]) -> Reasons:
        """The decision of each filter on each text."""
        found: Reasons = {name: [] for name in self._filters}
        for text in texts:
            document = peer_document(text)
            for name in self._filters:
                found[name].append(self.reason(name, document))
        return found

    def decide_first(self, texts: Sequence[str]) -> list[str | None]:
        """The first filter that drops each text: as in a pipeline, the filters after it do not run."""
        found = []
        for text in texts:
            document = peer_document(text)
            found.append(next((name for name in self._filters if self.reason(name, document) is not None), None))
        return found


def peer_filters() -> dict[str, Any]:
    """The classes of datatrove, in the order that they run in."""
    from datatrove.pipeline.filters import (
        C4QualityFilter,
        FineWebQualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
    )

    kinds = (GopherRepetitionFilter, FineWebQualityFilter, GopherQualityFilter, C4QualityFilter)
    return dict(zip(FILTERS, kinds, strict=True))


def peer_document(text: str) -> Any:
    from datatrove.data import Document as PeerDocument

    return PeerDocument(text=text, id="")


def forget_tokenized() -> None:
    """Empties datatrove's cache of tokenized texts, which would give one run what another has computed."""
    from datatrove.utils.text import split_into_parts

    split_into_parts.cache_clear()


def tokenizer_problem(language: str, text: str) -> str | None:
    """Why the tokenizer that datatrove assigns does not run here; None where it does, and then it is loaded."""
    from datatrove.utils.word_tokenizers import load_word_tokenizer

    try:
        tokenizer = load_word_tokenizer(language)
        tokenizer.word_tokenize(text)
        with suppress(ValueError):  # an Indic sentence that is not found again in its text: the filter raises it too
            tokenizer.span_tokenize(text)
    except Exception as error:
        return f"{type(error).__name__}: {error}".split("\n")[0][:120]
    return None


def fineweb2_files(shared: Path) -> dict[str, dict[str, Any]]:
    """Language -> the thresholds of FineWeb-2 as its file says them."""
    with tarfile.open(shared / "filters" / "fineweb2" / "configs.tar.gz") as archive:
        members = [member for member in archive if member.name.endswith(".yml")]
        return {Path(member.name).stem: yaml.safe_load(archive.extractfile(member) or b"") for member in members}


def default_limits(words: Sequence[str] | None = None) -> Limits:
    """The defaults of datatrove's filters, with these stop words."""
    from datatrove.pipeline.filters.gopher_quality_filter import STOP_WORDS

    limits = {name: _defaults(kind) for name, kind in peer_filters().items()}
    limits["gopher_quality"]["stop_words"] = sorted(words or STOP_WORDS)
    return limits


def fineweb2_limits(config: Mapping[str, Any]) -> Limits:
    """The thresholds that FineWeb-2's pipeline gives to datatrove's filters, from the file of a language."""
    limits = {name: dict(values) for name, values in default_limits(config["stopwords"]).items()}
    for name, keys in _FINEWEB2_KEYS.items():
        limits[name].update({key: config[key] for key in keys})
    return {name: {**values, **_FINEWEB2_OFF.get(name, {})} for name, values in limits.items()}


def all_limits(config: Mapping[str, Any] | None) -> dict[str, Limits]:
    """Setting -> thresholds of a language; the defaults alone where FineWeb-2 has no file of it."""
    if config is None:
        return {"datatrove": default_limits()}
    agreed = {name: values for name, values in fineweb2_limits(config).items() if name != "c4_quality"}
    return {"fineweb2": agreed, "datatrove": default_limits(config["stopwords"])}


def _defaults(kind: Any) -> dict[str, Any]:
    parameters = inspect.signature(kind).parameters.values()
    values = {item.name: item.default for item in parameters if item.name not in ("exclusion_writer", "language")}
    if "stop_chars" in values:
        from datatrove.utils.text import TERMINAL_PUNCTUATION

        values["stop_chars"] = tuple(sorted(TERMINAL_PUNCTUATION))
    return values
