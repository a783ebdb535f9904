import struct
from pathlib import Path

import pytest

from xdata.provenance.passages.message_files import pairs


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.json", '{"@metadata": {"authors": ["x"]}, "a": {"b": "ፋይል", "c": ["ዝጋ"]}, "n": 3}', ["ፋይል", "ዝጋ"]),
        ("a.yaml", "sw:\n  a: Fungua\n  b:\n    - Funga\n    - 3\n", ["Fungua", "Funga"]),
        ("a.js", 'B.Msg["OPEN"] = "เปิด";\nB.Msg["SHUT"] = "Shut";  // untranslated\n', ["เปิด"]),
        ("b.js", '{Open: "Fungua \\"faili\\"", "Shut": [\'F\\u0075nga\']}', ['Fungua "faili"', "Funga"]),
        ("a.ftl", "# note\nopen =\n    .title = Ldi afaylu\nopen-label = Ldi\n", ["Ldi afaylu", "Ldi"]),
    ],
)
def test_texts_of_a_file_in_their_order(tmp_path: Path, name: str, content: str, expected: list[str]) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert [text for _, text in pairs(tmp_path / name)] == expected


def test_po_gives_sources_and_leaves_out_what_is_fuzzy(tmp_path: Path) -> None:
    content = (
        'msgid ""\nmsgstr "Language: bo\\n"\n\n'
        'msgid "Open"\nmsgstr "ཁ་ཕྱེ"\n\n'
        '#, fuzzy\nmsgid "Shut"\nmsgstr "ཡིག"\n\n'
        'msgid ""\n"One "\n"file"\nmsgid_plural "Files"\nmsgstr[0] "ཡིག་"\n"ཆ"\nmsgstr[1] "ཡིག་ཆ་མང"\n'
    )
    (tmp_path / "a.po").write_text(content, encoding="utf-8")
    assert list(pairs(tmp_path / "a.po")) == [("Open", "ཁ་ཕྱེ"), ("One file", "ཡིག་ཆ"), ("One file", "ཡིག་ཆ་མང")]


def test_mo_gives_sources(tmp_path: Path) -> None:
    (tmp_path / "a.mo").write_bytes(_catalogue({"": "Content-Type: text/plain; charset=UTF-8\n", "Open": "Откройте"}))
    assert ("Open", "Откройте") in list(pairs(tmp_path / "a.mo"))


def _catalogue(messages: dict[str, str]) -> bytes:
    """A gettext catalogue: header, table of sources, table of translations, the strings."""
    sources = [key.encode() for key in messages]
    texts = [messages[key].encode() for key in messages]
    start = 28 + 16 * len(messages)
    tables, strings = b"", b""
    for column in (sources, texts):
        for text in column:
            tables += struct.pack("<II", len(text), start + len(strings))
            strings += text + b"\0"
    size = len(messages)
    return struct.pack("<7I", 0x950412DE, 0, size, 28, 28 + 8 * size, 0, 0) + tables + strings
