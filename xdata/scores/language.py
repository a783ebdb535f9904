"""Language identification: the language of a document and its probability."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa
from pydantic import Field, field_validator

from xdata.context import Context
from xdata.errors import ConfigError
from xdata.languages import CHINESE_OF_EITHER, UNDETERMINED, is_iso639_3, resolve_code
from xdata.models.language import (
    EVERY_OTHER,
    XLID,
    Identification,
    LanguageIdentifier,
    Weights,
    XdataIdentifier,
    check_nameable,
    load_identifier,
    weight_of,
)
from xdata.models.priors import Prior
from xdata.records import ALTERNATIVES, LANGUAGE, LANGUAGE_SCORE, SCRIPT
from xdata.references import ModelRef
from xdata.step import LABEL, SCORE, Columns, Score
from xdata.text.analysis import Analyses, Analysis
from xdata.text.hosts import host_suffixes, read_host, split_url

AGREEMENT = "scores.language_agreement"
EVERYWHERE = ""
"""Key of the weights that hold for every document."""
MOST_WEIGHT = 1e9
"""Greatest factor of a probability."""


class IdentifyLanguage(Score):
    """Identifies the language and script of each document.

    Adds `language`, `iso639-3_Script`, the most probable one; `und` for a text without letters, in a script that
    no known language has, or that looks like no text, as keys do. Adds `script` (ISO 15924), `language_score`, the
    probability of that language in [0, 1], and `alternatives`, other languages that it may be, with theirs, as
    `zsm_Latn 0.41`. A language that the source declares is taken as it is; its score is null.

    With a second identifier, adds `scores.language_agreement`: 1 where it names the same language, 0 where it names
    another, null where it does not know the language (the agreement of HPLT).
    """

    kind: Literal["scores.language"] = "scores.language"
    version = 3
    libraries = ("fasttext-community", "babel")
    data_files = ("priors/writers.tsv",)
    papers = (
        "Joulin et al. 2017, Bag of Tricks for Efficient Text Classification (EACL, arXiv 1607.01759)",
        "Burchell et al. 2023, An Open Dataset and Model for Language Identification (ACL, arXiv 2305.13820)",
    )

    model: ModelRef = XLID
    """Language identification model."""
    second: ModelRef | None = None
    """Second model, for `scores.language_agreement`."""
    prior: Prior = "equal"
    """Prior probability of languages for the model of xdata: equal, or by number of writers."""
    weights: Mapping[str, Weights] = Field(default_factory=dict)
    """Host or end of hosts, as `lk` or `bbc.com`, or nothing for all documents -> language -> what its probability is
    multiplied with before the most probable is taken; `*` names all other languages."""

    @field_validator("weights")
    @classmethod
    def _resolved(cls, weights: Mapping[str, Weights]) -> Mapping[str, Weights]:
        found: dict[str, Weights] = {}
        for name, each in sorted(weights.items()):
            host = read_host(name) if name else EVERYWHERE
            if name and not host:
                raise ValueError(f"{name!r} is neither a host nor an end of hosts: write lk or bbc.com")
            if host in found:
                raise ValueError(f"the host {host} is given twice")
            try:
                found[host] = _named(each)
            except ConfigError as error:
                raise ValueError(str(error)) from None
        return dict(sorted(found.items()))

    def adds(self) -> Mapping[str, pa.DataType]:
        added = {LANGUAGE: LABEL, SCRIPT: LABEL, LANGUAGE_SCORE: SCORE, ALTERNATIVES: LABEL}
        return added if self.second is None else {**added, AGREEMENT: SCORE}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        identifier = load_identifier(self.model, prior=self.prior)
        second = None if self.second is None else load_identifier(self.second)

        def score(analyses: Analyses) -> Columns:
            found = self._identify(analyses, identifier)
            rows = [_row(analysis, one) for analysis, one in zip(analyses, found, strict=True)]
            languages, scripts, scores, alternatives = zip(*rows, strict=True)
            columns: dict[str, Sequence[Any]] = {
                LANGUAGE: languages,
                SCRIPT: scripts,
                LANGUAGE_SCORE: scores,
                ALTERNATIVES: alternatives,
            }
            if second is not None:
                columns[AGREEMENT] = _agreement(languages, analyses.texts, second)
            return columns

        return score

    def _identify(self, analyses: Analyses, identifier: LanguageIdentifier) -> list[Identification]:
        weights = [self._weights_of(analysis.url) for analysis in analyses] if self.weights else None
        return identifier.identify(analyses.texts, weights=weights)

    def _weights_of(self, url: str | None) -> Weights:
        """Those of the longest end of the host that has some, times those that hold everywhere."""
        common = self.weights.get(EVERYWHERE, {})
        if url is None:
            return common
        ends = host_suffixes(split_url(url)[0])
        own = next((self.weights[end] for end in sorted(ends, key=len, reverse=True) if end in self.weights), None)
        if own is None:
            return common
        return {name: weight_of(name, common) * weight_of(name, own) for name in {**common, **own}}


def _named(weights: Weights) -> Weights:
    """The weights by codes that identifiers have.

    Raises ConfigError for an unknown language, one that is given twice, and an invalid weight.
    """
    found: dict[str, float] = {}
    for name, factor in weights.items():
        if not 0 <= factor <= MOST_WEIGHT:
            raise ConfigError(f"the weight of {name} is {factor:g}: it must be from 0 to {MOST_WEIGHT:g}")
        code = name if name == EVERY_OTHER or is_iso639_3(name) else resolve_code(name)
        if code in found:
            raise ConfigError(f"the weight of {code} is given twice")
        found[code] = factor
    return dict(sorted(found.items()))


def check_identifiable(languages: Iterable[str], *, model: ModelRef, declared: Iterable[str]) -> None:
    """Raises ConfigError for a language that neither the model can name nor a source declares: none would be found."""
    identifier = load_identifier(model)
    names = identifier.names() if isinstance(identifier, XdataIdentifier) else []
    for code in sorted(set(languages) - set(declared)):
        if identifier.can_name(code) or (code == CHINESE_OF_EITHER and identifier.can_name("zho_Hans")):
            continue
        others = sorted(name for name in names if name and name.split("_")[0] == code.split("_")[0])
        named = f", which names {' and '.join(others)}" if others else ""
        raise ConfigError(
            f"{code} cannot be identified by {model}{named}: declare the language of its source in a sources.yaml, "
            "or give another model with --set identifier=…"
        )


def check_weights(weights: Mapping[str, Weights], *, model: ModelRef) -> None:
    """Raises ConfigError for weights of a language or script that the model cannot name: they would do nothing."""
    check_nameable(sorted({code for each in weights.values() for code in each} - {EVERY_OTHER}), model=model)


def shown_alternatives(found: Identification) -> str | None:
    """As `zsm_Latn 0.41, jav_Latn 0.07`; None without any."""
    return ", ".join(f"{code} {share:.2f}" for code, share in found.alternatives) or None


def _row(analysis: Analysis, found: Identification) -> tuple[str, str | None, float | None, str | None]:
    """(language, script, probability, alternatives) of one document."""
    if analysis.declared_language is not None:
        return analysis.declared_language, analysis.script, None, None
    if found.language is None:
        return UNDETERMINED, analysis.script, None, shown_alternatives(found)
    language, script = found.language.split("_")
    if language == "zho" and analysis.script == "Hani":  # Hans or Hant is unknown
        script = "Hani"
    return f"{language}_{script}", script, found.score, shown_alternatives(found)


def _agreement(languages: Sequence[str], texts: Sequence[str], second: LanguageIdentifier) -> list[float | None]:
    """Whether a second identifier names the same language for each text."""
    found: list[float | None] = []
    for language, other in zip(languages, second.identify(texts), strict=True):
        iso639_3 = language.split("_")[0]
        found.append(float(other.iso639_3 == iso639_3) if iso639_3 in second.languages else None)
    return found
