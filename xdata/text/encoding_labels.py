"""Labels of character encodings: which codec a label means, and where a page states one.

Labels mean what the WHATWG Encoding Standard says (https://encoding.spec.whatwg.org): ISO-8859-1 is Windows-1252, and
GB 2312 is GB 18030.
"""

from functools import cache

import regex
from resiliparse.parse.encoding import map_encoding_to_html5

_HEAD_BYTES = 1 << 20
"""How far a declaration is looked for. The standard's prescan reads 1,024 bytes, but its parser obeys a later `<meta>`
too, and one page of ten has it there."""

_UTF8_LABELS = frozenset({"utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"})
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "shift_jis_2004": "cp932",
    "euc_jis_2004": "euc_jp",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "big5": "big5hkscs",
    "iso8859_1": "cp1252",
    "ascii": "cp1252",
    "iso8859_9": "cp1254",
}
"""Python codec -> the Python codec of what the standard means by it."""
_UNMAPPED = {"x-mac-cyrillic": "mac_cyrillic", "x-mac-ukrainian": "mac_cyrillic", "macintosh": "mac_roman"}
"""Labels of the standard that resiliparse 2.0.1 does not know."""

_DECLARING = regex.compile(rb"<meta\s[^<>]*|<\?xml\s[^<>]*", regex.IGNORECASE)
_CHARSET = regex.compile(
    rb"(?:charset|^<\?xml.*\sencoding)\s*=\s*[\"']?\s*([a-zA-Z0-9_:.\-]+)", regex.IGNORECASE | regex.DOTALL
)
_HIDDEN = regex.compile(rb"<(script|style)\b.*?(?:</\1>|$)|<!--.*?(?:-->|$)", regex.DOTALL | regex.IGNORECASE)
"""What has no declarations; each piece ends at the latest where the page does, so no page takes quadratic time."""


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
    return superset(codec)


def superset(codec: str) -> str:
    """What the standard means by a Python codec, as Python names it with underscores."""
    codec = codec.lower().replace("-", "_")
    return _SUPERSETS.get(codec, codec)


def meta_charset(data: bytes) -> str | None:
    """The label in a page's `<meta>` or XML declaration, None without one.

    UTF-16 in a declaration that is readable as ASCII is UTF-8, as the HTML standard has it.
    """
    found = _first_label(data[:_HEAD_BYTES])
    if found is not None and _HIDDEN.search(data, 0, found[0]) is not None:
        found = _first_label(_HIDDEN.sub(b"", data[:_HEAD_BYTES]))
    if found is None:
        return None
    label = found[1].decode("ascii").lower()
    return "utf-8" if label.startswith("utf-16") else label


def without_scripts(data: bytes) -> bytes:
    """A page with a space in place of each script, style and comment."""
    return _HIDDEN.sub(b" ", data)


def _first_label(head: bytes) -> tuple[int, bytes] | None:
    """(offset of the tag, label) of the first declaration."""
    for tag in _DECLARING.finditer(head):
        label = _CHARSET.search(tag[0])
        if label is not None:
            return tag.start(), label[1]
    return None
