import struct
from pathlib import Path

import pytest

from xdata.provenance.passages.catalogues import catalogues_in, read_catalogue
from xdata.provenance.passages.translations import Message


def catalogue(strings: dict[str, str], *, order: str = "<", charset: str = "utf-8") -> bytes:
    """A compiled catalogue of some messages."""
    pairs = [("", f"Content-Type: text/plain; charset={charset}\n"), *sorted(strings.items())]
    sides = [[pair[side].encode(charset) for pair in pairs] for side in (0, 1)]
    tables, data, start = b"", b"", 28 + 16 * len(pairs)
    for side in sides:
        for string in side:
            tables += struct.pack(f"{order}2I", len(string), start + len(data))
            data += string + b"\0"
    header = struct.pack(f"{order}7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return header + tables + data


@pytest.mark.parametrize("order", ["<", ">"])
def test_messages_stand_beside_their_sources(order: str) -> None:
    content = catalogue({"Open": "ክፈት", "Close": "ዝጋ"}, order=order)
    assert read_catalogue(content) == [Message("Close", "ዝጋ"), Message("Open", "ክፈት")]


def test_contexts_are_left_out_and_plurals_stand_by_themselves() -> None:
    content = catalogue({"menu\4Open": "Atvērt", "%d file\0%d files": "%d datne\0%d datnes\0"})
    assert read_catalogue(content) == [
        Message("%d file", "%d datne"),
        Message("%d file", "%d datnes"),
        Message("Open", "Atvērt"),
    ]


def test_a_catalogue_states_its_charset() -> None:
    assert read_catalogue(catalogue({"Open": "Отвори"}, charset="koi8-r")) == [Message("Open", "Отвори")]


@pytest.mark.parametrize("content", [b"", b"no catalogue at all", struct.pack("<I", 0x950412DE)])
def test_what_is_no_catalogue_has_no_messages(content: bytes) -> None:
    assert read_catalogue(content) == []


def test_folders_give_the_tag(tmp_path: Path) -> None:
    places = {
        "usr/share/locale/uz@cyrillic/LC_MESSAGES/a.mo": "uz@cyrillic",
        "usr/share/wordpress/wp-content/languages/admin-ckb.mo": "ckb",
        "usr/share/wordpress/wp-content/languages/pt_BR.mo": "pt_BR",
        "usr/share/locale/en@shaw/LC_MESSAGES/a.mo": None,
        "usr/share/other/a.mo": None,
    }
    for place in places:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(catalogue({"Open": "Ochish"}))
    assert set(catalogues_in(tmp_path)) == {tag for tag in places.values() if tag}
