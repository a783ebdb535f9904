"""Language identification: the protocol, and fastText behind it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

import regex

from xdata.errors import ConfigError, ResourceError, one_line
from xdata.languages import is_iso639_3
from xdata.models.reference import ModelRef
from xdata.yaml_files import read_yaml

LID_176 = ModelRef(backend="fasttext", resource="lid.176.ftz")
"""fastText's identifier of 176 languages (Joulin et al. 2016); CC-BY-SA-3.0."""

_LABEL = "__label__"
_CODED_LABEL = regex.compile(r"([a-z]{3})(?:_[A-Z][a-z]{3})?")


class Identification(NamedTuple):
    """What an identifier says of one text."""

    language: str | None
    """ISO 639-3, None where it cannot say."""
    score: float
    """Probability of the language, in [0, 1], rounded to 4 decimals."""


class LanguageIdentifier(Protocol):
    """Says which language a text is in."""

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-3 codes of the languages that it can name."""

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        """The most probable language of each text, in order."""


class FastTextIdentifier:
    """A fastText classifier of languages. Raises ResourceError for a file that is no such model."""

    def __init__(self, path: Path, *, labels: Mapping[str, str] | None = None) -> None:
        import fasttext

        try:
            self._model = fasttext.load_model(str(path))
        except (ValueError, RuntimeError) as error:
            raise ResourceError(f"{path}: is not a fastText model: {one_line(str(error))}") from None
        self._path = path
        self._labels = labels

    @cached_property
    def languages(self) -> frozenset[str]:
        return frozenset(self._language(label) for label in self._model.labels)

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        found = []
        for text in texts:
            line = text.replace("\n", " ").encode("utf-8", "replace").decode()  # fastText refuses lone surrogates
            labels, scores = self._model.predict(line, k=1)
            if labels:
                found.append(Identification(self._language(labels[0]), _rounded(scores[0])))
            else:
                found.append(Identification(None, 0.0))
        return found

    def _language(self, label: str) -> str:
        name = label.removeprefix(_LABEL)
        if self._labels is not None:
            if name not in self._labels:
                raise ConfigError(f"{self._path}: its label {name!r} is not in the file of its labels")
            return self._labels[name]
        match = _CODED_LABEL.fullmatch(name)
        if match is None:
            raise ConfigError(f"{self._path}: its label {name!r} is no iso639-3_Script: give a file of labels")
        return match[1]


def load_identifier(model: ModelRef) -> LanguageIdentifier:
    """The identifier that a reference names. Raises ConfigError for a backend that identifies no languages."""
    if model.backend != "fasttext":
        raise ConfigError(f"no language identifier has the backend {model.backend!r}: there is 'fasttext'")
    path, *label_file = model.files()
    return FastTextIdentifier(path, labels=_read_labels(label_file[0]) if label_file else None)


def _read_labels(path: Path) -> dict[str, str]:
    content = read_yaml(path)
    labels = content.get("labels") if isinstance(content, dict) else None
    if not isinstance(labels, dict) or not all(isinstance(code, str) and is_iso639_3(code) for code in labels.values()):
        raise ConfigError(f"{path}: expected `labels:` with the ISO 639-3 code of each label")
    return labels


def _rounded(score: float) -> float:
    return round(min(1.0, float(score)), 4)
