"""Messages of programs that are translated into many languages, out of packages of npm and PyPI.

What was left in English is left out: messages that are equal to one in English or in another language that
translators fall back on, messages whose words are nearly all of the English messages, and languages whose messages
are mostly those.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import regex

from xdata.provenance.passages.fitness import is_english, message_text, passage, without_repeats, words_of
from xdata.provenance.passages.message_files import pairs
from xdata.provenance.passages.packages import Package, packages_of, unpacked
from xdata.provenance.passages.passage import Passage
from xdata.provenance.passages.tags import meant_by

FILES = {
    "scratch-l10n": ("package/www/*/{tag}.json", "package/editor/*/{tag}.json"),
    "kolibri": ("kolibri/locale/{tag}/LC_MESSAGES/*.json", "kolibri/locale/{tag}/LC_MESSAGES/*.mo"),
    "blockly": ("package/msg/{tag}.js",),
    "ep_etherpad-lite": ("package/locales/{tag}.json",),
    "oojs-ui": ("package/dist/i18n/{tag}.json",),
    "mathjax": ("package/unpacked/localization/{tag}/*.js",),
    "pywikibot": ("pywikibot/scripts/i18n/*/{tag}.json",),
    "@openstreetmap/id-tagging-schema": ("package/dist/translations/{tag}.json",),
    "osm-community-index": ("package/i18n/{tag}.yaml",),
    "ngx-extended-pdf-viewer": ("package/assets/locale/{tag}/viewer.ftl",),
    "deluge": ("deluge/i18n/{tag}/LC_MESSAGES/deluge.mo",),
    "fdroidserver": ("*/locale/{tag}/LC_MESSAGES/fdroidserver.po",),
    "django": ("django/**/locale/{tag}/LC_MESSAGES/*.po",),
    "plone.app.locales": ("plone/app/locales/locales/{tag}/LC_MESSAGES/*.po",),
    "matrix-react-sdk": ("package/src/i18n/strings/{tag}.json",),
    "datatables.net-plugins": ("package/i18n/{tag}.json",),
    "@dhis2/analytics": ("package/build/cjs/locales/{tag}/translations.json",),
    "home-assistant-intents": ("home_assistant_intents/data/{tag}.json",),
    "@joplin/lib": ("package/locales/{tag}.json",),
    "nikola": ("nikola/data/themes/base/messages/messages_{tag}.py",),
}
"""Package -> where its messages are: `{tag}` stands for the tag of the language, `*` for part of a name."""

_FALLBACKS = ("eng", "fra", "spa", "rus", "por", "deu", "ita", "nld", "ind", "arb", "zho", "hin")
"""Languages that messages are left in where nobody has translated them."""

_NEAR_ENGLISH = ("eng", "sco", "pcm", "jam", "enm")
"""Languages whose words are largely English ones."""

_MAX_LEFT_SHARE = 0.9
"""Share of a file's messages left in another language from which the rest is not taken either: a file with few
translations is as good as its few translations, one with hardly any has older English ones instead."""

_Texts = dict[str, list[list[str]]]
"""Tag -> files -> messages."""


def passages(cache: Path) -> Iterator[Passage]:
    """The messages of every package of the list, package by package and tag by tag."""
    yield from without_repeats(
        found for package in packages_of("messages") for found in passages_in(package, unpacked(package, cache))
    )


def passages_in(package: Package, folder: Path) -> Iterator[Passage]:
    """The messages of one package, tag by tag."""
    texts, sources = _texts(folder, FILES[package.name])
    sets = {language: _set_of(texts, language) for language in _FALLBACKS}
    english = frozenset(sources) | sets["eng"]
    vocabulary = words_of(english)
    for tag, files in sorted(texts.items()):
        language = (meant_by(tag) or "").split("_")[0]
        foreign = _foreign(language, sets, english)
        for lines in files:
            left = [text in foreign or _left_in_english(text, language, vocabulary) for text in lines]
            if sum(left) <= _MAX_LEFT_SHARE * len(left):
                kept = (text for text, is_left in zip(lines, left, strict=True) if not is_left)
                yield from filter(None, (passage(tag, text, package.title) for text in kept))


def _foreign(language: str, sets: dict[str, frozenset[str]], english: frozenset[str]) -> frozenset[str]:
    """Texts that tell of another language: for one that others fall back on, the English ones alone."""
    if language == "eng":
        return frozenset()
    return english if language in _FALLBACKS else english.union(*sets.values())


def _left_in_english(text: str, language: str, vocabulary: frozenset[str]) -> bool:
    return language not in _NEAR_ENGLISH and is_english(text, vocabulary)


def _set_of(texts: _Texts, language: str) -> frozenset[str]:
    tags = [tag for tag in texts if (meant_by(tag) or "").split("_")[0] == language]
    return frozenset(text for tag in tags for lines in texts[tag] for text in lines)


def _texts(folder: Path, patterns: tuple[str, ...]) -> tuple[_Texts, set[str]]:
    """Tag -> the messages of each of its files; and the messages in the program's own language."""
    texts: _Texts = defaultdict(list)
    sources: set[str] = set()
    for tag, path in _files(folder, patterns):
        found = list(pairs(path))
        sources.update(message_text(source) for source, _ in found)
        lines = [message_text(line) for _, text in found for line in text.split("\n\n")]
        texts[tag].append([line for line in lines if line])
    return texts, sources


def _files(folder: Path, patterns: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    for pattern in patterns:
        shape = regex.compile(
            regex.escape(pattern, special_only=True)
            .replace(r"\*\*/", r"(?:.*/)?")
            .replace(r"\*", r"[^/]*")
            .replace(r"\{tag\}", r"(?P<tag>[A-Za-z]{2,}[\w@+-]*)")
        )
        for path in sorted(folder.glob(pattern.replace("{tag}", "*"))):
            match = shape.fullmatch(path.relative_to(folder).as_posix())
            if match is not None:
                yield match["tag"], path
