"""The identifiers that are compared, behind one way to call them.

- `lid176`: fastText's lid.176.ftz, as xdata has it; gives a probability.
- `gcld3`: Google's CLD3 (`pip install cld3-py==3.1.0`); gives a probability.
- `heliport`: HeLI-OTS (`pip install heliport==1.0.1`, GPL-3.0) made to always answer. Its score is how far the best
  language is from the next one, which is no probability. It is asked twice for it: its speed is that of the next one.
- `heliport_und`: the same as it comes, abstaining below its thresholds.
- ours: whatever a factory gives that has `identify(texts)` as xdata's identifiers do (`load_ours`).

None but ours says a script: the others are given that of the text, so that scripts do not count against them.
"""

import importlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.benchmarks.identification.labels import make_label, read_code, script_of
from xdata.models.language import LID_176, load_identifier


class Guess(NamedTuple):
    """What an identifier says of a text."""

    label: str | None
    """`iso639-3_Script`, or the code alone; None where it abstains."""
    score: float
    """The more, the surer; a probability where the identifier gives one."""


class MissingPackage(ImportError):
    """An identifier's package is not installed."""


@dataclass(frozen=True)
class Peer:
    """An identifier by name."""

    name: str
    guess: Callable[[Sequence[str]], list[Guess]]
    """What it says of texts, in their order; labels without a script where it knows none."""
    is_probability: bool
    """Whether its scores are probabilities."""

    def predict(self, texts: Sequence[str]) -> list[str | None]:
        """The label of each text, `iso639-3_Script`, None where the identifier abstains."""
        return [with_script(guess.label, script_of(text)) for guess, text in zip(self.guess(texts), texts, strict=True)]


def with_script(label: str | None, script: str | None) -> str | None:
    """A label in the script of its text where it has none of its own."""
    return label if label is None or "_" in label else make_label(label, script)


def load_peer(name: str) -> Peer:
    """One of `PEERS`. Raises MissingPackage where its package is not installed."""
    return PEERS[name]()


def load_ours(wanted: str) -> Peer:
    """An identifier by `[NAME=]module:factory[:argument]`, as `lid=xdata.models.language:FastTextIdentifier:lid.ftz`.

    What is found is called where it is a class or a function, with the argument if there is one.
    """
    name, _, path = wanted.rpartition("=")
    identifier = load_object(path)

    def guess(texts: Sequence[str]) -> list[Guess]:
        return [Guess(_label(found.language), found.score) for found in identifier.identify(texts)]

    return Peer(name or "ours", guess, is_probability=True)


def load_object(path: str) -> Any:
    """What `module:factory[:argument]` makes."""
    module, factory, *argument = path.split(":", 2)
    found = getattr(importlib.import_module(module), factory)
    return found(*argument) if argument or inspect.isclass(found) or inspect.isroutine(found) else found


def _lid176() -> Peer:
    identifier = load_identifier(LID_176)

    def guess(texts: Sequence[str]) -> list[Guess]:
        return [Guess(_label(found.language), found.score) for found in identifier.identify(texts)]

    return Peer("lid176", guess, is_probability=True)


def _gcld3() -> Peer:
    identifier = _package("gcld3", "cld3-py==3.1.0").NNetLanguageIdentifier(0, 1000)

    def guess(texts: Sequence[str]) -> list[Guess]:
        found = map(identifier.FindLanguage, texts)
        return [Guess(_label(result.language, own_codes=True), result.probability) for result in found]

    return Peer("gcld3", guess, is_probability=True)


def _heliport() -> Peer:
    identifier = _package("heliport", "heliport==1.0.1").Identifier()

    def guess(texts: Sequence[str]) -> list[Guess]:
        codes = (identifier.identify(text, ignore_confidence=True) for text in texts)
        scores = (identifier.identify_with_score(text)[1] for text in texts)
        return [Guess(_label(code), score) for code, score in zip(codes, scores, strict=True)]

    return Peer("heliport", guess, is_probability=False)


def _heliport_und() -> Peer:
    identifier = _package("heliport", "heliport==1.0.1").Identifier()

    def guess(texts: Sequence[str]) -> list[Guess]:
        return [Guess(_label(code), score) for code, score in map(identifier.identify_with_score, texts)]

    return Peer("heliport_und", guess, is_probability=False)


PEERS: Mapping[str, Callable[[], Peer]] = {
    "lid176": _lid176,
    "gcld3": _gcld3,
    "heliport": _heliport,
    "heliport_und": _heliport_und,
}
"""Name -> what loads it."""


def _label(code: str | None, *, own_codes: bool = False) -> str | None:
    language, script = read_code(code, own_codes=own_codes)
    return make_label(language, script) if language else None


def _package(module: str, requirement: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackage(f"pip install {requirement}") from error
