"""The thresholds that FineWeb-2 published for each language, as filters over our scores.

A configuration is a YAML file, `swh_Latn.yml`, of huggingface/fineweb-2 (Apache-2.0). None comes with xdata: give the
folder `configs` or a tar archive of it. Its values stand in datatrove's terms, to which our scores hold:

    language_score                    language                  least
    dup_line_frac                     dup_line_share            greatest, 0 is off
    top_n_grams, dup_n_grams          top_N_gram_share, dup_N_gram_share
    line_punct_thr                    line_punct_share          least, -1 is off
    new_line_ratio                    new_line_ratio            greatest
    min_, max_avg_word_length         mean_word_length          0 is off
    max_non_alpha_words_ratio         alpha_word_share          least, despite its name
    stopwords                         num_stop_words            least 2, of these words

What FineWeb-2 has alike for all languages: at most 0.1 of the text in repeated lines, `#` and ellipses at most 0.1 a
word, at most 0.9 of the lines with bullets and 0.3 ending in an ellipsis.
"""

import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from xdata.errors import ConfigError, ResourceError, one_line
from xdata.filters.rules import LANGUAGE_RULE, LEARNED, OFF, RULES, Rule, own_thresholds
from xdata.filters.thresholds import Threshold
from xdata.languages import find_code
from xdata.validation import validate
from xdata.yaml_files import load_yaml

MIN_WORDS, MAX_WORDS = 50, 100_000
"""Of a document, in all languages."""
MIN_STOP_WORDS = 2
"""Different ones that a document must have."""

_COMMON: Mapping[str, float] = {
    "repeated_line_text": 0.1,
    "many_hashes": 0.1,
    "many_ellipses": 0.1,
    "bullet_lines": 0.9,
    "ellipsis_lines": 0.3,
}
"""Rule -> threshold that FineWeb-2 has for all languages."""

_SCRIPTS: Mapping[str, str] = {"Hans": "Hani", "Hant": "Hani", "Kore": "Hang"}
"""Script -> what GlotLID, whose codes configurations have, calls it."""

_NGRAM_RULES: Mapping[str, str] = {"top_n_grams": "frequent_{}_gram", "dup_n_grams": "repeated_{}_grams"}
_RULE_NAMES = frozenset(rule.name for rule in RULES)


class Fineweb2Config(BaseModel):
    """One configuration, as it was published."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    language_score: float = Field(ge=0, le=1)
    dup_line_frac: float
    top_n_grams: tuple[tuple[int, float], ...]
    dup_n_grams: tuple[tuple[int, float], ...]
    line_punct_thr: float
    new_line_ratio: float
    min_avg_word_length: float
    max_avg_word_length: float
    max_non_alpha_words_ratio: float
    stopwords: tuple[str, ...]

    @field_validator("top_n_grams", "dup_n_grams")
    @classmethod
    def _has_rules(cls, shares: tuple[tuple[int, float], ...], info: ValidationInfo) -> tuple[tuple[int, float], ...]:
        for size, _ in shares:
            if _NGRAM_RULES[str(info.field_name)].format(size) not in _RULE_NAMES:
                raise ValueError(f"there is no rule for {size}-grams")
        return shares

    def thresholds(self) -> dict[str, float]:
        """Rule -> threshold, without rules that are off."""
        found = {
            LANGUAGE_RULE.name: self.language_score,
            "repeated_lines": self.dup_line_frac,
            "many_lines": self.new_line_ratio,
            "short_words": self.min_avg_word_length,
            "long_words": self.max_avg_word_length,
            "few_letters": self.max_non_alpha_words_ratio,
        }
        on = {name: value for name, value in found.items() if value}  # 0 switches a rule of datatrove off
        if self.line_punct_thr >= 0:
            on["few_line_ends"] = self.line_punct_thr
        for name, shares in (("top_n_grams", self.top_n_grams), ("dup_n_grams", self.dup_n_grams)):
            on |= {_NGRAM_RULES[name].format(size): share for size, share in shares}
        return {**on, "few_stop_words": float(MIN_STOP_WORDS), **_COMMON}


def read_fineweb2_configs(path: Path, languages: Iterable[str]) -> dict[str, Fineweb2Config]:
    """Language -> its configuration, of those that have one.

    A file is that of a language when it is called like it; else when its name resolves to it, as `fas_Arab` to
    `pes_Arab`. Han characters are one script there (`cmn_Hani` for Hans and Hant). Raises ResourceError for a path
    without configurations, ConfigError for an invalid configuration.
    """
    contents = _read_files(path)
    if not contents:
        raise ResourceError(f"{path}: has no configurations, as configs/swh_Latn.yml")
    names = named_by_fineweb2(contents, languages)
    return {code: _parse(contents[name], f"{path}: {name}.yml") for code, name in names.items()}


def named_by_fineweb2(names: Iterable[str], languages: Iterable[str] = ()) -> dict[str, str]:
    """Language -> what FineWeb-2 calls it, of those that are among the names: of some languages, or of all."""
    known = tuple(names)
    codes = tuple(languages) or _by_resolved_name(known)
    return {code: name for code in codes if (name := _name_of(code, known)) is not None}


def fineweb2_filters(configs: Mapping[str, Fineweb2Config], *, others: Iterable[str] = ()) -> tuple[Threshold, ...]:
    """One filter a rule: by the configurations, and by the thresholds of xdata for `others`, which have none."""
    own = _own_thresholds(tuple(others))
    filters = []
    for rule in (LANGUAGE_RULE, *RULES):
        values = {code: config.thresholds().get(rule.name) for code, config in configs.items()}
        limits = {code: value for code, value in values.items() if value is not None} | own.get(rule.name, {})
        if limits:
            filters.append(_filter(rule, dict(sorted(limits.items()))))
    return tuple(filters)


def _filter(rule: Rule, limits: Mapping[str, float]) -> Threshold:
    common = {"name": rule.name, "score": rule.path, "reason": rule.name}
    return Threshold.model_validate({**common, f"{rule.side}_by_language": limits})


def _own_thresholds(languages: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Rule -> language -> threshold, as `monolingual_corpus` has them."""
    found: dict[str, dict[str, float]] = {}
    for rule in (LANGUAGE_RULE, *(rule for rule in RULES if rule.score not in LEARNED)):
        own = own_thresholds(rule.name, languages) if languages else {}
        common = rule.english if rule.every_script else None
        limits = {code: own.get(code, common) for code in languages}
        found[rule.name] = {
            code: float(value) for code, value in limits.items() if value is not None and value != OFF[rule.side]
        }
    return found


def _name_of(code: str, known: Iterable[str]) -> str | None:
    """The configuration of a language among those known."""
    language, script = code.split("_")
    alike = f"{language}_{_SCRIPTS.get(script, script)}"
    found = next((name for name in (code, alike) if name in known), None)
    return found or _by_resolved_name(tuple(known)).get(code) or _by_resolved_name(tuple(known)).get(alike)


@cache
def _by_resolved_name(names: tuple[str, ...]) -> dict[str, str]:
    """What each name resolves to -> the name."""
    found: dict[str, str] = {}
    for name in sorted(names):
        try:
            code = find_code(name)
        except ConfigError:  # a language whose script is not clear
            code = None
        if code is not None:
            found.setdefault(code, name)
    return found


def _parse(content: bytes, where: str) -> Fineweb2Config:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"{where}: is not UTF-8") from None
    return validate(Fineweb2Config, load_yaml(text, where=where), where=where)


def _read_files(path: Path) -> dict[str, bytes]:
    """Name, without its ending, -> content of each YAML file of a folder or tar archive. Raises ResourceError."""
    try:
        if path.is_dir():
            return {file.stem: file.read_bytes() for file in sorted(path.glob("*.yml"))}
        with tarfile.open(path) as archive:
            return {PurePosixPath(member.name).stem: content for member, content in _members(archive)}
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise ResourceError(f"{path}: cannot be read as a folder or tar archive: {one_line(str(error))}") from None


def _members(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    for member in archive:
        file = archive.extractfile(member) if member.isfile() and member.name.endswith(".yml") else None
        if file is not None:
            yield member, file.read()
