"""Perplexity of a document under a small language model of its language."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from pydantic import Field, model_validator

from xdata.context import Context
from xdata.errors import ConfigError, ResourceError
from xdata.language_options import ByLanguage
from xdata.languages import resolve_code
from xdata.models.kenlm import ENDINGS as KENLM_ENDINGS
from xdata.models.kenlm import KenlmModel, kenlm_version
from xdata.models.ngrams.files import ENDING, load_ngrams
from xdata.models.ngrams.model import NgramModel
from xdata.records import LANGUAGE
from xdata.references import FileRef
from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses

PERPLEXITY, PERPLEXITY_Z, WORD_PERPLEXITY_Z = "scores.perplexity", "scores.perplexity_z", "scores.word_perplexity_z"

Row = tuple[float | None, float | None, float | None]
_NOTHING: Row = (None, None, None)


class PerplexityModel(FileRef):
    """A model of one language, of xdata or of KenLM."""

    def identity(self) -> Any:
        return _identity(self.path)


class PerplexityModels(FileRef):
    """A folder of models, each called after its language."""

    def files(self) -> tuple[Path, ...]:
        return tuple(_models_in(self.path).values())

    def identity(self) -> Any:
        return {code: _identity(path) for code, path in _models_in(self.path).items()}


class Perplexity(Score):
    """Scores documents under a model of their language, made by `xdata train perplexity` or by KenLM.

    Adds `scores.perplexity`: perplexity a folded character, from 1 to 65,536. Adds `scores.perplexity_z`: how far the
    mean bits a character are above what is usual for the language, in standard deviations of unseen training text; so
    it is comparable over languages and lengths, and negative for what is plainer than usual. Adds
    `scores.word_perplexity_z`, the same over the first two characters after each blank, high where words do not follow
    from each other; null for texts with few blanks.

    All are null for a language without a model and for a text without characters. A KenLM model gives the
    perplexity a word alone.
    """

    kind: Literal["scores.perplexity"] = "scores.perplexity"
    papers = (
        "Witten and Bell 1991, The zero-frequency problem (IEEE Transactions on Information Theory 37)",
        "Wenzek et al. 2020, CCNet (LREC, arXiv 1911.00359), for perplexity as quality",
        "Heafield 2011, KenLM (WMT)",
    )

    folder: PerplexityModels | None = None
    """Folder of models that are called `CODE.ngrams`, as `swh_Latn.ngrams`, or as KenLM's `CODE.arpa` or `CODE.bin`."""
    models: ByLanguage[PerplexityModel] = Field(default_factory=dict)
    """Code of a language -> file of its model; takes precedence over that of the folder."""

    @model_validator(mode="after")
    def _some_model(self) -> "Perplexity":
        if self.folder is None and not self.models:
            raise ValueError("give a folder of models, or models")
        return self

    def reads(self) -> frozenset[str]:
        return frozenset({LANGUAGE})

    def adds(self) -> Mapping[str, pa.DataType]:
        return {PERPLEXITY: SCORE, PERPLEXITY_Z: SCORE, WORD_PERPLEXITY_Z: SCORE}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        paths = self._paths()
        load = cache(_load)  # a rank loads the models of the languages that it meets

        def score(analyses: Analyses) -> Columns:
            rows: list[Row] = [_NOTHING] * len(analyses)
            for language, numbers in _by_language(analyses).items():
                if language in paths:
                    found = _rows([analyses[number].text for number in numbers], load(paths[language]))
                    for number, row in zip(numbers, found, strict=True):
                        rows[number] = row
            names = (PERPLEXITY, PERPLEXITY_Z, WORD_PERPLEXITY_Z)
            return {name: [row[place] for row in rows] for place, name in enumerate(names)}

        return score

    def _paths(self) -> dict[str, Path]:
        """Language -> file of its model, in order of code. Raises ResourceError for a missing file."""
        found = {} if self.folder is None else _models_in(self.folder.path)
        found |= {code: model.path for code, model in self.models.items()}
        for path in found.values():
            if not path.is_file():
                raise ResourceError(f"{path}: there is no such file")
        return dict(sorted(found.items()))


def perplexity(text: str, model: NgramModel | KenlmModel) -> Row:
    """(perplexity, perplexity_z, perplexity_z of words) of one text, None for values that are not defined."""
    return _rows([text], model)[0]


def _rows(texts: Sequence[str], model: NgramModel | KenlmModel) -> list[Row]:
    if isinstance(model, KenlmModel):
        return [(_rounded(model.perplexity(text)), None, None) for text in texts]
    return [_row(model, bits, start_bits) for bits, start_bits in model.cross_entropies(texts)]


def _row(model: NgramModel, bits: float | None, start_bits: float | None) -> Row:
    if bits is None:
        return _NOTHING
    perplexity_z = model.reference.deviation(bits)
    starts = model.start_reference
    word_perplexity_z = None if starts is None or start_bits is None else starts.deviation(start_bits)
    return _rounded(2.0**bits), _rounded(perplexity_z), _rounded(word_perplexity_z)


def _rounded(value: float | None) -> float | None:
    """Rounded to what every machine gives alike."""
    return None if value is None else round(value, 3)


def _by_language(analyses: Analyses) -> dict[str | None, list[int]]:
    """Language -> numbers of its documents."""
    found: dict[str | None, list[int]] = {}
    for number, analysis in enumerate(analyses):
        found.setdefault(analysis.language, []).append(number)
    return found


def _load(path: Path) -> NgramModel | KenlmModel:
    return KenlmModel(path) if path.suffix in KENLM_ENDINGS else load_ngrams(path)


def _identity(path: Path) -> str:
    """What reads a model, besides its content."""
    return f"kenlm {kenlm_version()}" if path.suffix in KENLM_ENDINGS else ENDING


def _models_in(folder: Path) -> dict[str, Path]:
    """Language -> its model. Raises ResourceError for a folder without any, and for two models of a language."""
    if not folder.is_dir():
        raise ResourceError(f"{folder}: there is no such folder")
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in (ENDING, *KENLM_ENDINGS) or path.name.startswith("."):
            continue
        try:
            code = resolve_code(path.stem)
        except ConfigError as error:
            raise ResourceError(f"{path}: a model is called after its language: {error}") from None
        if code in found:
            raise ResourceError(f"{folder}: has two models of {code}: {found[code].name} and {path.name}")
        found[code] = path
    if not found:
        raise ResourceError(f"{folder}: has no model: make some with xdata train perplexity --out {folder}")
    return found
