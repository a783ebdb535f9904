"""Language identification: the protocol, our own model and those of fastText behind it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import regex

from xdata.errors import ConfigError, ResourceError, one_line
from xdata.languages import CHINESE, is_iso639_3, written_in
from xdata.models.fasttext_files import Broken, check_fasttext
from xdata.models.identifier import NOISE, Floats, LetterIdentifier, excerpt
from xdata.models.priors import Prior, prior_of
from xdata.references import ModelRef
from xdata.text.arabic_forms import to_letters
from xdata.text.scripts import han_variety, main_scripts
from xdata.yaml_files import read_yaml

XLID = ModelRef(backend="letters", model="xlid.npz")
"""Our own identifier; see `xdata list models`."""
LID_176 = ModelRef(backend="fasttext", model="lid.176.ftz")
"""fastText's identifier of 176 languages (Joulin et al. 2016); CC-BY-SA-3.0."""

ABSTAINS_BELOW = 0.15
"""Probability below which our identifier names no language, and gives the most probable ones as alternatives."""
LEAST_SHARE = 0.05
"""Least probability of an alternative."""

_LABEL = "__label__"
_CODED_LABEL = regex.compile(r"(?<language>[a-z]{3})(?:_(?<script>[A-Z][a-z]{3}))?")
_OTHER_CODES = {"cmn": "zho"}
"""ISO 639-3 -> the code that we have, where models have another."""
_NUM_ALTERNATIVES = 5
_ALL = -1
"""How many labels fastText is asked for where weights may lift any of them."""
_BATCH = 1_000
"""Texts that are identified at a time."""
EVERY_OTHER = "*"
"""Stands for all languages that weights do not name."""
_HAN = ("Hani", "Hans", "Hant")

Weights = Mapping[str, float]
"""Language or `iso639-3_Script` -> what its probability is multiplied with; `*` for all that are not named."""


class Identification(NamedTuple):
    """Prediction of an identifier for one text."""

    language: str | None
    """`iso639-3_Script`, None where it cannot say: no letters, no language of the script, no text."""
    score: float
    """Probability of the language, in [0, 1], rounded to 4 decimals.

    Where it is None, that of what is most probable: of noise for what looks like no text, as keys do, or of a language
    too improbable to be named, which is the first alternative if there is one; 0 where nothing comes into question.
    """
    alternatives: tuple[tuple[str, float], ...] = ()
    """Other languages of LEAST_SHARE and more, with their probability, most probable first."""

    @property
    def iso639_3(self) -> str | None:
        return None if self.language is None else self.language.split("_")[0]


NOTHING = Identification(None, 0.0)


class LanguageIdentifier(Protocol):
    """Identifies the language of texts."""

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-3 codes of the languages that it can name."""

    def can_name(self, code: str) -> bool:
        """Whether it can name a language, in the script where the code has one: `mlt` or `mlt_Latn`."""

    def identify(self, texts: Sequence[str], *, weights: Sequence[Weights] | None = None) -> list[Identification]:
        """The most probable language of each text, in order; `weights` of each text where there are priors."""


class XdataIdentifier:
    """Our own model behind the protocol, with how frequent languages are taken to be.

    Raises ResourceError for any other file.
    """

    def __init__(self, path: Path, *, prior: Prior = "equal") -> None:
        self.model = LetterIdentifier(path)
        self._noise = np.array([label.startswith(NOISE) for label in self.model.labels])
        self._prior = None if prior == "equal" else prior_of(self.model.labels, prior)

    @cached_property
    def languages(self) -> frozenset[str]:
        return frozenset(label.split("_")[0] for label in self.model.labels) - {NOISE}

    def can_name(self, code: str) -> bool:
        return code in self.languages if is_iso639_3(code) else code in self.names()

    def identify(self, texts: Sequence[str], *, weights: Sequence[Weights] | None = None) -> list[Identification]:
        found: list[Identification] = []
        for first in range(0, len(texts), _BATCH):
            part = [to_letters(text) for text in texts[first : first + _BATCH]]
            shares = self.model.identify(part)
            if self._prior is not None:
                shares = _divided(shares * self._prior)
            if weights is not None:
                shares = _divided(shares * self._rows(weights[first : first + _BATCH]))
            found += [by_characters(one, text) for one, text in zip(self.identifications(shares), part, strict=True)]
        return found

    def identifications(self, shares: Floats) -> list[Identification]:
        """What rows of probabilities say."""
        labels = self.model.labels
        best = shares.argmax(axis=1)
        scores = shares[np.arange(len(best)), best]
        names = ~self._noise[best] & (scores >= ABSTAINS_BELOW)
        likely = (shares >= LEAST_SHARE) & ~self._noise
        likely[names, best[names]] = False
        others: list[list[tuple[str, float]]] = [[] for _ in best]
        for row, column in zip(*map(np.ndarray.tolist, np.nonzero(likely)), strict=True):
            others[row].append((labels[column], _rounded(shares[row, column])))
        return [
            Identification(labels[column] if is_named else None, _rounded(score), _ordered(alternatives))
            for column, score, is_named, alternatives in zip(
                best.tolist(), scores.tolist(), names.tolist(), others, strict=True
            )
        ]

    def names(self) -> list[str | None]:
        """Language of each label of the model, None for noise; and one None more, for what is in no known script."""
        return [None if is_noise else label for label, is_noise in zip(self.model.labels, self._noise, strict=True)] + [
            None
        ]

    def _rows(self, weights: Sequence[Weights]) -> Floats:
        rows = {id(each): self._row(each) for each in weights}
        return np.stack([rows[id(each)] for each in weights])

    def _row(self, weights: Weights) -> Floats:
        return np.array([weight_of(label, weights) for label in self.model.labels], dtype=np.float32)


class FastTextIdentifier:
    """A fastText classifier of languages. Raises ResourceError for a file that is no such model.

    Of a long text it reads even slices, as our own does.

    Where its labels say no script, a language has that of the text, if it is known to be written in it: by its file,
    by CLDR, or in the text that our own identifier learned from. A language of which nothing is known may be written in
    any.
    """

    def __init__(self, path: Path, *, labels: Mapping[str, str] | None = None) -> None:
        import fasttext

        try:
            check_fasttext(path)
            self._model = fasttext.load_model(str(path))
        except (Broken, OSError, ValueError, RuntimeError, MemoryError) as error:
            raise ResourceError(f"{path}: is not a fastText model: {one_line(str(error))}") from None
        self._path = path
        self._labels = labels

    @cached_property
    def languages(self) -> frozenset[str]:
        return frozenset(language for language, _ in self._meanings)

    def can_name(self, code: str) -> bool:
        if is_iso639_3(code):
            return code in self.languages
        language, script = code.split("_")
        return any(_in_script(language, own, script) == code for name, own in self._meanings if name == language)

    @cached_property
    def _meanings(self) -> tuple[tuple[str, str | None], ...]:
        return tuple(map(self._meaning, self._model.labels))

    def identify(self, texts: Sequence[str], *, weights: Sequence[Weights] | None = None) -> list[Identification]:
        given: Sequence[Weights | None] = [None] * len(texts) if weights is None else weights
        found: list[Identification] = []
        for first in range(0, len(texts), _BATCH):
            read = [excerpt(text) for text in texts[first : first + _BATCH]]
            part = zip(read, main_scripts(read), given[first : first + _BATCH], strict=True)
            found += [self._one(*each) for each in part]
        return found

    def _one(self, text: str, script: str | None, weights: Weights | None) -> Identification:
        if script == "Hani":
            script = han_variety(text) or script
        line = text.replace("\n", " ").encode("utf-8", "replace").decode()  # fastText refuses lone surrogates
        names, shares = self._model.predict(line, k=_NUM_ALTERNATIVES if weights is None else _ALL)
        if not names or script is None:
            return NOTHING
        found: dict[str, float] = {}
        total = 0.0
        for name, share in zip(names, shares, strict=True):
            language, own = self._meaning(name)
            code = _in_script(language, own, script)
            weighted = float(share) * (1.0 if weights is None else weight_of(code or language, weights))
            total += weighted
            if code is not None:
                found[code] = found.get(code, 0.0) + weighted
        if not any(found.values()):
            return NOTHING
        whole = 1.0 if weights is None else total
        ordered = _ordered([(code, _rounded(share / whole)) for code, share in found.items()])
        return Identification(*ordered[0], tuple(one for one in ordered[1:] if one[1] >= LEAST_SHARE))

    def _meaning(self, label: str) -> tuple[str, str | None]:
        """(ISO 639-3, script if it has one) of a label."""
        name = label.removeprefix(_LABEL)
        if self._labels is not None:
            if name not in self._labels:
                raise ConfigError(f"{self._path}: its label {name!r} is not in the file of its labels")
            return self._labels[name], None
        match = _CODED_LABEL.fullmatch(name)
        if match is None:
            raise ConfigError(f"{self._path}: its label {name!r} is not an iso639-3_Script: give a file of labels")
        return _OTHER_CODES.get(match["language"], match["language"]), match["script"]


def load_identifier(model: ModelRef = XLID, *, prior: Prior = "equal") -> LanguageIdentifier:
    """The identifier that a reference names. Raises ConfigError for a backend that identifies no languages.

    `prior` is for our own: those of fastText take languages for as frequent as they were in training.
    """
    path, *label_file = model.files()
    if model.backend == "letters":
        return XdataIdentifier(path, prior=prior)
    if model.backend != "fasttext":
        raise ConfigError(f"no language identifier has the backend {model.backend!r}: there are 'letters', 'fasttext'")
    return FastTextIdentifier(path, labels=_read_labels(label_file[0]) if label_file else None)


def by_characters(found: Identification, text: str) -> Identification:
    """Chinese in the script that its own characters tell, where they tell one; both scripts count for it."""
    if found.language not in CHINESE:
        return found
    variety = han_variety(excerpt(text))
    if variety is None:
        return found
    score = found.score + sum(share for code, share in found.alternatives if code in CHINESE)
    others = tuple(one for one in found.alternatives if one[0] not in CHINESE)
    return Identification(f"zho_{variety}", _rounded(round(score, 4)), others)


def load_segmenter(model: ModelRef) -> XdataIdentifier:
    """The segmenting identifier that a reference names. Raises ConfigError for one that cannot segment."""
    identifier = load_identifier(model)
    if not isinstance(identifier, XdataIdentifier):
        raise ConfigError(f"{model}: only an identifier of xdata can identify the segments of a text")
    return identifier


def telling_parts(model: ModelRef) -> ModelRef:
    """The model itself if it can segment texts, else the model of xdata."""
    return model if model.backend == "letters" else XLID


def check_nameable(codes: Iterable[str], *, model: ModelRef) -> None:
    """Raises ConfigError for a language (`mlt`, `mlt_Latn`) that a model cannot name, or not in this script."""
    identifier = load_identifier(model)
    for code in codes:
        if not identifier.can_name(code):
            language = code.split("_")[0]
            others = "in this script" if language in identifier.languages else "at all"
            raise ConfigError(f"{model} does not know {code} {others}")


def weight_of(code: str, weights: Weights) -> float:
    """What the probability of a language is multiplied with."""
    for name in (code, code.split("_")[0], EVERY_OTHER):
        if name in weights:
            return weights[name]
    return 1.0


@cache
def _in_script(language: str, own: str | None, script: str) -> str | None:
    """A language in the script of its label, else in that of the text; None if it is not written in it.

    Han characters alone are no Korean, and Japanese is called that of all of its scripts.
    """
    if own not in (None, "Hani"):
        return f"{language}_{own}"
    known = written_in(language) | _learned_in().get(language, frozenset())
    if not known or script in known:
        return f"{language}_{script}"
    if script in _HAN and not known.isdisjoint(_HAN):
        return f"{language}_{script}"
    return f"{language}_Jpan" if script in _HAN and "Jpan" in known else None


@cache
def _learned_in() -> dict[str, frozenset[str]]:
    """Language -> scripts of the labels of our own identifier."""
    found: dict[str, set[str]] = {}
    for label in LetterIdentifier(XLID.files()[0]).labels:
        language, script = label.split("_")
        found.setdefault(language, set()).add(script)
    return {language: frozenset(scripts) for language, scripts in found.items()}


def _read_labels(path: Path) -> dict[str, str]:
    content = read_yaml(path)
    labels = content.get("labels") if isinstance(content, dict) else None
    if not isinstance(labels, dict) or not all(isinstance(code, str) and is_iso639_3(code) for code in labels.values()):
        raise ConfigError(f"{path}: expected `labels:` with the ISO 639-3 code of each label")
    return labels


def _ordered(found: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(found, key=lambda one: (-one[1], one[0])))


def _divided(shares: Floats) -> Floats:
    """Rows that sum to 1, those of noughts as they are."""
    totals: Floats = np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    divided: Floats = shares / totals
    return divided


def _rounded(score: float) -> float:
    return round(min(1.0, float(score)), 4)
