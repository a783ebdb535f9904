"""How good a document is, as a classifier learned it from examples."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import pyarrow as pa

from xdata.context import Context
from xdata.models.classifier import Classifier, description_of
from xdata.references import FileRef
from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses

QUALITY = "scores.quality"


class ClassifierRef(FileRef):
    """A classifier, whose description lies beside it."""

    def files(self) -> tuple[Path, ...]:
        return (*super().files(), description_of(self.path))


class ClassifyQuality(Score):
    """Adds `scores.quality`: the probability in [0, 1] that a document is like the good examples, not the bad ones.

    The model is one that `xdata train classifier` made of examples of the user's. It knows the languages of its
    examples and guesses at others. Null for a text without words; of a long one the first 20,000 characters count.
    """

    kind: Literal["scores.classifier"] = "scores.classifier"
    libraries = ("fasttext-community",)
    papers = (
        "Joulin et al. 2016, Bag of Tricks for Efficient Text Classification (arXiv 1607.01759)",
        "Brown et al. 2020, GPT-3 (arXiv 2005.14165, appendix A), for classifiers as quality filters",
    )

    model: ClassifierRef
    """File that `xdata train classifier` made; its description lies beside it."""

    def adds(self) -> Mapping[str, pa.DataType]:
        return {QUALITY: SCORE}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        classifier = Classifier(self.model.path)
        return lambda analyses: {QUALITY: [classifier.quality(analysis.text) for analysis in analyses]}
