"""Which language a document is in, and how sure that is."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from xdata.errors import ConfigError
from xdata.languages import UNDETERMINED
from xdata.models.language import LID_176, LanguageIdentifier, load_identifier
from xdata.models.reference import ModelRef
from xdata.records import LANGUAGE, SCRIPT
from xdata.step import LABEL, SCORE, Columns, Score
from xdata.text.analysis import Analyses, Analysis


class IdentifyLanguage(Score):
    """Names the language and script of each document.

    Adds `language`, `iso639-3_Script`: the identifier's most probable language in the script that most letters
    are of; `und` for a text without letters. Adds `script` (ISO 15924), and `scores.language`, the probability of
    that language in [0, 1]. A language that the source declares is believed: its score is null.
    """

    kind: Literal["scores.language"] = "scores.language"
    libraries = ("fasttext-community",)
    papers = ("Joulin et al. 2016, Bag of Tricks for Efficient Text Classification (arXiv 1607.01759)",)

    model: ModelRef = LID_176

    def adds(self) -> Mapping[str, pa.DataType]:
        return {LANGUAGE: LABEL, SCRIPT: LABEL, "scores.language": SCORE}

    def resources(self) -> tuple[Path, ...]:
        return self.model.files()

    def identity(self) -> dict[str, Any]:
        """Without where the model lies: its content is among the resources."""
        return super().identity() | {"model": self.model.model_dump(mode="json", exclude={"path", "labels"})}

    def open(self) -> Callable[[Analyses], Columns]:
        identifier = load_identifier(self.model)

        def score(analyses: Analyses) -> Columns:
            rows = [_identify(analysis, identifier) for analysis in analyses]
            languages, scripts, scores = zip(*rows, strict=True)
            return {LANGUAGE: languages, SCRIPT: scripts, "scores.language": scores}

        return score


def check_identifiable(languages: Iterable[str], *, model: ModelRef, declared: Iterable[str]) -> None:
    """Raises ConfigError for a language that neither the model can name nor a source declares: none would be found."""
    known = load_identifier(model).languages
    for code in sorted(set(languages) - set(declared)):
        if code.split("_")[0] not in known:
            name = model.resource or model.path
            raise ConfigError(
                f"{code} cannot be identified by {name}: declare the language of its source in a sources.yaml, "
                "or give another model with --set identifier=…"
            )


def _identify(analysis: Analysis, identifier: LanguageIdentifier) -> tuple[str, str | None, float | None]:
    """(language, script, probability) of one document."""
    if analysis.declared_language is not None:
        return analysis.declared_language, analysis.script, None
    if analysis.script is None:
        return UNDETERMINED, None, None
    language, probability = identifier.identify([analysis.text])[0]
    if language is None:
        return UNDETERMINED, analysis.script, None
    return f"{language}_{analysis.script}", analysis.script, probability
