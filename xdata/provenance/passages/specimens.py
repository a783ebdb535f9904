"""Short texts in very many languages: specimens of fonts, and the test sentences of CLD2.

Specimens of fonts are mostly from the Universal Declaration of Human Rights. CLD2's sentences are in lower case and
without punctuation; each is of some two hundred characters.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import regex

from xdata.provenance.passages.fitness import passage, without_repeats
from xdata.provenance.passages.packages import packages_of, unpacked
from xdata.provenance.passages.passage import Passage, tidy

_SAMPLE = regex.compile(r"^sample_text \{\n(.*?)^\}", regex.M | regex.S)
_FIELD = regex.compile(r'^\s*(?:specimen_\d+|tester|styles): "((?:[^"\\]|\\.)*)"', regex.M)
_TAG = regex.compile(r'^language: "([a-z]+)"', regex.M)

_TEST_TEXT = regex.compile(r'^const char\* ?kTeststr_([a-z]{2,3})_([A-Z][a-z]{3}) = "([^"\\]*)";', regex.M)
_NO_LANGUAGE = frozenset({"xx", "zzb", "zze", "zzh", "zzp", "tlh", "blu"})
_OLD_TAGS = {"iw": "he", "jw": "jv", "in": "id", "ji": "yi"}


def passages(cache: Path) -> Iterator[Passage]:
    """The specimens and test sentences, package by package."""
    yield from without_repeats(_all(cache))


def _all(cache: Path) -> Iterator[Passage]:
    for package in packages_of("specimens"):
        for tag, text in _READERS[package.name](unpacked(package, cache)):
            found = passage(tag, tidy(text.replace("%", "")), package.title, running=True)
            if found is not None:
                yield found


def font_specimens(folder: Path) -> Iterator[tuple[str, str]]:
    """(tag, paragraph) of the specimens of fonts; a paragraph that only begins another one is left out."""
    for path in sorted(folder.glob("gflanguages/data/languages/*.textproto")):
        content = path.read_text(encoding="utf-8")
        tag, sample = _TAG.search(content), _SAMPLE.search(content)
        if tag is None or sample is None:
            continue
        lines = {line.strip() for field in _FIELD.findall(sample[1]) for line in field.split("\\n")}
        for line in sorted(lines):
            if not any(other != line and other.startswith(line) for other in lines):
                yield tag[1], line


def detector_tests(folder: Path) -> Iterator[tuple[str, str]]:
    """(tag, text) of CLD2's tests."""
    content = (folder / "package/deps/cld/internal/unittest_data.h").read_text(encoding="utf-8")
    for language, script, text in _TEST_TEXT.findall(content):
        if language not in _NO_LANGUAGE:
            yield _OLD_TAGS.get(language, language) + ("-" + script if language == "zh" else ""), text


_READERS: dict[str, Callable[[Path], Iterator[tuple[str, str]]]] = {
    "gflanguages": font_specimens,
    "cld": detector_tests,
}
