"""Messages of MediaWiki and its extensions, which volunteers have translated into some five hundred languages."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from xdata.provenance.passages.labels import label_of
from xdata.provenance.passages.packages import packages_of, unpacked
from xdata.provenance.passages.passage import Passage, is_text, tidy

_OTHER = frozenset({"qqq", "qqx", "en-gb", "en-ca", "sh", "sh-latn", "sh-cyrl", "zh", "kk", "en-x-piglatin", "hif"})
"""Files that document messages, and those of languages that share a code."""
_LEAST_OTHER_WORDS = 0.5
"""Share of a message's words that must not stand in the English one: what is half translated is left out."""


def passages(cache: Path) -> Iterator[Passage]:
    """Every translated message, by language."""
    for package in packages_of("mediawiki"):
        english, others = _messages(unpacked(package, cache))
        for text in dict.fromkeys(map(tidy, english.values())):
            if is_text(text):
                yield Passage("eng_Latn", text, "phrases", package.title)
        for code in sorted(others):
            found = {tidy(text): None for name, text in others[code].items() if text != english.get(name)}
            words = {tidy(text): set(tidy(english.get(name, "")).split()) for name, text in others[code].items()}
            kept = [text for text in found if is_text(text) and _is_translated(text, words.get(text, set()))]
            label = label_of(code, " ".join(kept))
            for text in kept:
                if label is not None and label == label_of(code, text):
                    yield Passage(label, text, "phrases", package.title)


def _is_translated(text: str, english: set[str]) -> bool:
    words = [word for word in text.split() if word[:1].isalpha()]
    return sum(word not in english for word in words) >= _LEAST_OTHER_WORDS * len(words)


def _messages(folder: Path) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]:
    """(name -> English message, code -> name -> message), a name being that of the folder and the message's own."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(folder.rglob("i18n/**/*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict):
            place = str(path.parent.relative_to(folder))
            named = {f"{place}:{name}": text for name, text in content.items() if isinstance(text, str)}
            found[path.stem].update(named)
    english = found.pop("en", {})
    return english, {code: named for code, named in found.items() if code not in _OTHER}
