"""Decodes web pages and texts: byte order mark and UTF-8 first, then declarations and statistics together.

A browser takes the first of byte order mark, HTTP header and `<meta>`, and shows damaged text where that is wrong
(https://html.spec.whatwg.org/#determining-the-character-encoding). Here the text decides too:

1. Bytes that are plainly UTF-8 are UTF-8, whatever is declared. UTF-16 without a mark is known by its zero bytes.
2. A declared encoding that does not fit is not believed: one that gives invalid bytes, controls or private use.
3. The declared encodings and those that statistics find possible are compared by their text: by frequencies of pairs of
   bytes (chardet), and by the probability of the most probable language (`Judge`), which knows small languages that
   chardet does not. A declaration makes its text more probable. ISO-8859-1 in a header, which servers add by default,
   adds least.

Statistics choose among encodings of the standard: DOS, Macintosh and mainframe code pages are read where they are
declared, and never guessed.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import regex

from xdata.text.encoding_labels import codec_of, meta_charset, superset, without_scripts

Judge = Callable[[Sequence[str]], Sequence[float]]
"""Texts -> the probability, in [0, 1], of the most probable language of each."""

_SAMPLE_BYTES = 1 << 13
"""Text that statistics read, without markup and pieces that are ASCII."""
_MOST_DAMAGE = 0.02
"""Largest share of damage among the characters beyond ASCII with which an encoding is believed."""
_PLAINLY_UTF8_BYTES = 8
"""Bytes of valid UTF-8 beyond the first of each character, from which on no other declaration is believed."""
_POSSIBLE = 0.3
"""Least score of an encoding that comes into question, relative to the best one."""
_UNLIKELY = 0.1
"""Score of a declared encoding that statistics give less."""
_ODDS_POWER = 0.3
"""Weight of the odds of the language beside the score."""
_SOUND_POWER = 8
"""Weight of the share of a text that is not damaged."""
_MULTIBYTE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_PRIOR = {
    "cp1252": 1.0,
    "iso8859_15": 0.8,
    **dict.fromkeys(("cp1250", "iso8859_2", "cp1251", "cp1254", "cp1256", *_MULTIBYTE), 0.6),
}
_OTHER_PRIOR = 0.4
_PRIOR_CHARACTERS = 20
"""How frequent an encoding is taken to be, and by how many characters beyond ASCII that is outweighed: a page with no
more than a copyright sign is taken for Windows-1252, the default of browsers."""
_BELIEF = 1.3
_DEFAULT_BELIEF = 1.1
"""How much more probable a text is by its declaration; the last one for Windows-1252 in a header. These numbers were
chosen on pages made of SIB-200 and NTREX."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_ISO_2022_JP = b"\x1b$"
_NOT_UTF8 = (b"\x00", _ISO_2022_JP)
"""Bytes of UTF-16 and ISO-2022-JP, which are valid UTF-8 all the same."""
_GUESSED = (
    *("cp1252", "cp1251", "cp1250", "cp1254", "cp1256", "cp1257", "cp1253", "cp1255", "cp1258", "cp874"),
    *("koi8-r", "koi8-u", *(f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16))),
    *("gb18030", "big5hkscs", "cp932", "euc_jis_2004", "cp949", "tis-620"),
)
"""What statistics choose from, by chardet's names, the preferred one of equal ones first."""
_DECLARED = {"cp866": "cp866", "mac_cyrillic": "mac-cyrillic", "mac_roman": "mac-roman"}
"""Codecs that are read where they are declared -> chardet's names."""
_ORDER = tuple(dict.fromkeys(map(superset, _GUESSED)))

_DAMAGED = regex.compile(r"[\ufffd\x80-\x9f¤\ue000-\uf8ff\U000f0000-\U0010ffff]")
"""Replacements, controls, private use, and the currency sign, which stands where another encoding has the euro."""
_HIGH = regex.compile(rb"[\x80-\xff]")
_HIGH_CONTEXT = regex.compile(rb"[ -~]{0,20}[\x80-\xff]+[ -~]{0,20}")
_ASCII = bytes(range(0x80))


@dataclass(frozen=True)
class Decoded:
    """Text out of bytes, and how its encoding was found."""

    text: str
    encoding: str
    """The Python codec that decoded it."""
    found_by: str
    """`bom`, `header`, `meta`, `utf-8` (undeclared, but valid), or `statistics`."""


@dataclass(frozen=True)
class _Declared:
    """An encoding that a page or its server states."""

    found_by: str
    codec: str

    @property
    def belief(self) -> float:
        is_default = self.found_by == "header" and self.codec == "cp1252"
        return _DEFAULT_BELIEF if is_default else _BELIEF


@dataclass(frozen=True)
class _Candidate:
    """A text that the bytes may be, and the encodings that give it."""

    text: str
    codecs: tuple[str, ...]
    score: float
    """The best of statistics, in [0, 1]."""
    declared: _Declared | None


def decode_html(data: bytes, *, charset: str | None, judge: Judge | None = None) -> Decoded:
    """Decodes a page or a text; `charset` is that of the HTTP header, if any.

    Without a `judge`, statistics alone decide between encodings. Never fails: invalid bytes become U+FFFD.
    """
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(codec, "replace"), codec, "bom")
    labels = (("header", charset), ("meta", meta_charset(data)))
    declared = [_Declared(found_by, named) for found_by, label in labels if label and (named := codec_of(label))]
    codec, found_by = (
        _as_wide(data, declared)
        or _as_iso_2022_jp(data, declared)
        or _as_utf8(data, declared)
        or _as_legacy(data, declared, judge)
    )
    return Decoded(data.decode(codec, "replace"), codec, found_by)


def _as_wide(data: bytes, declared: Sequence[_Declared]) -> tuple[str, str] | None:
    """UTF-16 or UTF-32 without a mark, and the evidence, where the bytes are that."""
    if b"\0" not in data:
        return next(((each.codec, each.found_by) for each in declared if _is_wide(each, data)), None)
    import chardet  # takes long to load, and few pages need it

    codec = chardet.detect(
        data[:_SAMPLE_BYTES], include_encodings=(*_WIDE, "utf-8"), no_match_encoding="utf-8", compat_names=False
    )["encoding"]
    if codec not in _WIDE:
        return None
    return codec, next((each.found_by for each in declared if each.codec.replace("_", "-") == codec), "statistics")


def _is_wide(declared: _Declared, data: bytes) -> bool:
    is_named = declared.codec.replace("_", "-") in _WIDE
    return is_named and not data.isascii() and _damage(data.decode(declared.codec, "replace")) <= _MOST_DAMAGE


def _as_iso_2022_jp(data: bytes, declared: Sequence[_Declared]) -> tuple[str, str] | None:
    """ISO-2022-JP and the evidence, where there are its escapes, and no other bytes beyond ASCII."""
    codec = "iso2022_jp"
    if _ISO_2022_JP not in data or not data.isascii() or _damage(data.decode(codec, "replace")) > _MOST_DAMAGE:
        return None
    return codec, next((each.found_by for each in declared if each.codec == codec), "statistics")


def _as_utf8(data: bytes, declared: Sequence[_Declared]) -> tuple[str, str] | None:
    """UTF-8 and the evidence, where the bytes are that; of ASCII, what is declared."""
    if data.isascii():
        return (declared[0].codec, declared[0].found_by) if declared else ("utf-8", "utf-8")
    text = data.decode("utf-8", "replace")
    if _replaced(text) > _MOST_DAMAGE:
        return None
    others = {each.codec for each in declared} - {"utf-8"}
    is_chance = len(data) - len(text) < (_PLAINLY_UTF8_BYTES if others & {*_MULTIBYTE} or "\ufffd" in text else 2)
    if others and is_chance and (not declared or declared[0].codec != "utf-8"):
        return None
    return "utf-8", next((each.found_by for each in declared if each.codec == "utf-8"), "utf-8")


def _as_legacy(data: bytes, declared: Sequence[_Declared], judge: Judge | None) -> tuple[str, str]:
    """The encoding of bytes that are not UTF-8, and the evidence."""
    sample = _sample(data)
    believable = [each for each in declared if _damage_of(data, each.codec) <= _MOST_DAMAGE]
    candidates = _candidates(sample, _statistics(sample, believable), believable)
    if not candidates:
        return "cp1252", "statistics"
    texts = [each.text for each in candidates]
    probable = judge(texts) if judge is not None and len(texts) > 1 else [0.5] * len(texts)
    worths = [_worth(each, probability) for each, probability in zip(candidates, probable, strict=True)]
    best = candidates[worths.index(max(worths))]
    if best.declared is not None:
        return best.declared.codec, best.declared.found_by
    frequent = [codec for codec in best.codecs if codec in _PRIOR] or best.codecs
    return min(frequent, key=lambda codec: (_damage_of(data, codec), _rank(codec))), "statistics"


def _worth(candidate: _Candidate, probability: float) -> float:
    """How believable a text is, compared with others of the same bytes."""
    bounded = min(max(probability, 0.0001), 0.9999)
    odds = math.pow(bounded / (1 - bounded), _ODDS_POWER)
    prior = max(_PRIOR.get(codec, _OTHER_PRIOR) for codec in candidate.codecs)
    belief = candidate.declared.belief if candidate.declared else 1.0
    sound = math.pow(1 - _damage(candidate.text), _SOUND_POWER)
    doubt = _PRIOR_CHARACTERS / (_PRIOR_CHARACTERS + _num_beyond(candidate.text))
    return math.pow(candidate.score * odds, 1 - doubt) * math.pow(prior, doubt) * belief * sound


def _rank(codec: str) -> int:
    """Place of a codec among those that give equal texts."""
    return _ORDER.index(codec) if codec in _ORDER else len(_ORDER)


def _candidates(sample: bytes, scores: Mapping[str, float], declared: Sequence[_Declared]) -> list[_Candidate]:
    """The texts that a sample may be, by encodings that are declared or possible."""
    codecs = [each.codec for each in declared] + [codec for codec, score in scores.items() if score >= _POSSIBLE]
    by_text: dict[str, list[str]] = {}
    for codec in dict.fromkeys(codecs):
        by_text.setdefault(sample.decode(codec, "replace"), []).append(codec)
    found = []
    for text, same in by_text.items():
        first = next((each for each in declared if each.codec in same), None)
        score = max(_UNLIKELY, *(scores.get(codec, 0.0) for codec in same))
        found.append(_Candidate(text, tuple(same), score, first))
    return found


def _statistics(sample: bytes, declared: Sequence[_Declared]) -> dict[str, float]:
    """Codec -> score relative to the best one, of those that are possible."""
    names = (*_GUESSED, *(_DECLARED[each.codec] for each in declared if each.codec in _DECLARED))
    scores = _similarities(sample, names)
    for codec in _MULTIBYTE:  # chardet rules them out for one invalid byte
        text = sample.decode(codec, "ignore") if codec not in scores else ""
        if text and _replaced(sample.decode(codec, "replace")) <= _MOST_DAMAGE:
            scores[codec] = _similarities(text.encode(codec, "ignore"), names).get(codec, 0.0)
    best = max(scores.values(), default=0.0) or 1.0
    return {codec: score / best for codec, score in scores.items()}


def _similarities(sample: bytes, names: Sequence[str]) -> dict[str, float]:
    """Codec -> similarity of the pairs of bytes to those of its languages, in [0, 1], of those that fit."""
    import chardet  # takes long to load, and most pages are UTF-8

    found: dict[str, float] = {}
    text = b"\n" + sample  # which is no picture then, as `BM` at the beginning would be
    for answer in chardet.detect_all(text, ignore_threshold=True, include_encodings=names, compat_names=False):
        if answer["encoding"] is not None:
            codec = superset(answer["encoding"])
            found[codec] = max(found.get(codec, 0.0), answer["confidence"])
    return found


def _sample(data: bytes) -> bytes:
    """Text of a page beyond ASCII, between its tags; anything beyond ASCII where only tags and scripts have some."""
    page = without_scripts(data)
    pieces, size, position = [], 0, 0
    while size < _SAMPLE_BYTES and (found := _HIGH.search(page, position)):
        opened, closed = page.rfind(b"<", position, found.start()), page.rfind(b">", position, found.start())
        is_tag = opened > closed and page[opened + 1 : opened + 2].strip() != b""
        end = page.find(b">" if is_tag else b"<", found.start())
        end = len(page) if end < 0 else end
        if not is_tag:
            pieces.append(page[max(closed + 1, position) : end][: _SAMPLE_BYTES - size])
            size += len(pieces[-1]) + 1
        position = max(end, found.end())
    return b"\n".join(pieces or _HIGH_CONTEXT.findall(data))[:_SAMPLE_BYTES]


def _damage_of(data: bytes, codec: str) -> float:
    """`_damage` of bytes in an encoding."""
    return _damage((data if codec in _MULTIBYTE else data.translate(None, _ASCII) + b"   ").decode(codec, "replace"))


def _damage(text: str) -> float:
    """Share of damage among the characters beyond ASCII; a character that is cut off at the end is forgiven."""
    return _share(len(_DAMAGED.findall(text, 0, max(0, len(text) - 3))), text)


def _replaced(text: str) -> float:
    """Share of U+FFFD among the characters beyond ASCII, as in `_damage`."""
    return _share(text.count("\ufffd", 0, max(0, len(text) - 3)), text)


def _share(num: int, text: str) -> float:
    return num / _num_beyond(text) if num else 0.0


def _num_beyond(text: str) -> int:
    """Number of characters beyond ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))
