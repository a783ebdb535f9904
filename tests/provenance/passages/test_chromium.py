import struct
from pathlib import Path

import pytest

from xdata.errors import ResourceError
from xdata.provenance.passages.chromium import messages_in, read_pack
from xdata.provenance.passages.translations import Message


def pack(texts: list[str], *, version: int = 5) -> bytes:
    """A pack of some messages, numbered from 400."""
    contents = [text.encode() for text in texts]
    start = 12 + 6 * (len(texts) + 1)
    offsets = [start + sum(map(len, contents[:at])) for at in range(len(texts) + 1)]
    header = struct.pack("<IB3xHH", version, 1, len(texts), 0)
    return (
        header
        + b"".join(struct.pack("<HI", 400 + at, offset) for at, offset in enumerate(offsets))
        + b"".join(contents)
    )


def test_messages_of_a_pack() -> None:
    assert read_pack(pack(["Futa kikundi", "", "ቋንቋ ይምረጡ"])) == ["Futa kikundi", "", "ቋንቋ ይምረጡ"]


def test_packs_of_other_versions_are_refused() -> None:
    with pytest.raises(ResourceError, match="version 4"):
        read_pack(pack(["Futa kikundi"], version=4))


def test_packs_of_a_gender_are_left_out(tmp_path: Path) -> None:
    for name in ("sw", "es-419", "sw_FEMININE"):
        (tmp_path / f"{name}.pak").write_bytes(pack(["Funga"]))
    assert messages_in(tmp_path) == {"es-419": [Message("", "Funga")], "sw": [Message("", "Funga")]}
