"""Decodes HTML as browsers do: byte order mark, HTTP header, meta, then statistics.

The order and the meaning of labels follow the WHATWG Encoding and HTML standards
(https://encoding.spec.whatwg.org, https://html.spec.whatwg.org/#determining-the-character-encoding). Two things
differ, where a browser would show damaged text: a declared encoding that does not fit the bytes is not believed,
and neither is one that is not UTF-8 where the bytes are (real pages are stored so). And the statistics are those
of chardet 7, which named the encoding of 65 of 66 UDHR pages in 24 encodings (uchardet 57 to 59,
charset-normalizer 56 to 59).
"""

import codecs
from dataclasses import dataclass
from functools import cache

import regex
from resiliparse.parse.encoding import map_encoding_to_html5

_META_BYTES = 1024
"""How far a meta declaration is looked for; the HTML standard's number."""

_STATISTICS_BYTES = 1 << 16

_MOST_DAMAGE = 0.02
"""Largest share of U+FFFD among the characters beyond ASCII with which an encoding is believed."""

_PLAINLY_UTF8_BYTES = 8
"""Bytes of valid UTF-8 beyond the first of each character, from which on no other declaration is believed."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

_UTF8_LABELS = frozenset({"utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"})

_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-11": "cp874",
    "big5": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
}
"""Python codec -> the Python codec of what the WHATWG standard means by it."""

_UNMAPPED = {"x-mac-cyrillic": "mac_cyrillic", "x-mac-ukrainian": "mac_cyrillic", "macintosh": "mac_roman"}
"""WHATWG labels that resiliparse 2.0.1 does not know."""

_META_CHARSET = regex.compile(
    rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.\-]+)|<\?xml\s[^>]*?encoding\s*=\s*[\"']([a-zA-Z0-9_:.\-]+)",
    regex.IGNORECASE,
)
_ISO_2022_JP = b"\x1b$"
_NOT_UTF8 = (b"\x00", _ISO_2022_JP)
"""Bytes of UTF-16 and ISO-2022-JP, which are valid UTF-8 all the same."""

_BEYOND_ASCII = regex.compile(r"[^\x00-\x7f]+")
_MARKUP = regex.compile(rb"<(script|style)\b.*?(?:</\1>|$)|<[^<>]*(?:>|$)", regex.DOTALL | regex.IGNORECASE)
"""Each piece ends at the latest where the page does or another tag begins, so no page takes quadratic time."""
_COMMENT = regex.compile(rb"<!--.*?(?:-->|$)", regex.DOTALL)


@dataclass(frozen=True)
class Decoded:
    """Text out of bytes, and how its encoding was found."""

    text: str
    encoding: str
    """The Python codec that decoded it."""
    found_by: str
    """`bom`, `header`, `meta`, `utf-8` (undeclared, but valid), or `statistics`."""


def decode_html(data: bytes, *, charset: str | None) -> Decoded:
    """Decodes a page; `charset` is that of the HTTP header, if any. Never fails: invalid bytes become U+FFFD."""
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(codec, "replace"), codec, "bom")
    as_utf8 = data.decode("utf-8", "replace")
    is_utf8 = _damage(as_utf8) <= _MOST_DAMAGE and not any(mark in data for mark in _NOT_UTF8)
    plainly_utf8 = is_utf8 and len(data) - len(as_utf8) >= _PLAINLY_UTF8_BYTES
    for found_by, label in (("header", charset), ("meta", meta_charset(data))):
        declared = codec_of(label) if label else None
        if declared == "utf-8" and is_utf8:
            return Decoded(as_utf8, declared, found_by)
        if declared is not None and not plainly_utf8:
            text = data.decode(declared, "replace")
            if _damage(text) <= _MOST_DAMAGE:
                return Decoded(text, declared, found_by)
    if is_utf8:
        return Decoded(as_utf8, "utf-8", "utf-8")
    guessed = _by_statistics(data)
    return Decoded(data.decode(guessed, "replace"), guessed, "statistics")


def meta_charset(data: bytes) -> str | None:
    """The label in a page's meta or XML declaration, None without one.

    UTF-16 in a declaration that is readable as ASCII is UTF-8, as the HTML standard has it.
    """
    match = _META_CHARSET.search(_COMMENT.sub(b"", data[:_META_BYTES]))
    if match is None:
        return None
    label = (match[1] or match[2]).decode("ascii").lower()
    return "utf-8" if label.startswith("utf-16") else label


@cache
def codec_of(label: str) -> str | None:
    """The Python codec of a WHATWG encoding label, None where there is no such label."""
    label = label.strip().strip("\"'").lower()
    if label in _UTF8_LABELS:
        return "utf-8"
    if label in _UNMAPPED:
        return _UNMAPPED[label]
    codec = map_encoding_to_html5(label)
    if codec is None or codec == "utf-8":  # its fallback for a label that it does not know
        return None
    return _SUPERSETS.get(codec, codec)


def _damage(text: str) -> float:
    """Share of U+FFFD among the characters beyond ASCII; one cut off at the very end is forgiven."""
    bad = text.count("\ufffd", 0, max(0, len(text) - 3))
    return bad / sum(map(len, _BEYOND_ASCII.findall(text))) if bad else 0.0


def _by_statistics(data: bytes) -> str:
    """The codec that the letters of a page speak for, markup left out; cp1252 where nothing does."""
    if _ISO_2022_JP in data:
        return "iso2022_jp"
    import chardet  # takes long to load, and most pages say what they are encoded in

    name = chardet.detect(_MARKUP.sub(b" ", data)[:_STATISTICS_BYTES])["encoding"]
    try:
        codec = codecs.lookup(name).name if name else "cp1252"
    except LookupError:
        return "cp1252"
    return _SUPERSETS.get(codec.replace("-", "_"), codec)
