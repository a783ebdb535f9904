import bz2
import gzip
import io
import lzma
import random
from collections.abc import Callable

import lz4.frame
import pytest
import zstandard

from xdata.formats.compressions import CODECS, HEAD_BYTES, detect_compression
from xdata.formats.streams import StreamError, find_member, iterate_members, open_stream
from xdata.step import Compression


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


_COMPRESS: dict[Compression, Callable[[bytes], bytes]] = {
    "gzip": _gzip,
    "zstd": _zstd,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lz4": lz4.frame.compress,
}


def test_every_compression_is_tested() -> None:
    assert _COMPRESS.keys() == CODECS.keys()


def _contents() -> list[bytes]:
    rng = random.Random(7)
    return [rng.randbytes(rng.choice([0, 1, 100, 5000, 70_000])) + b"text " * rng.randint(0, 9000) for _ in range(40)]


@pytest.mark.parametrize("compression", _COMPRESS)
def test_members_come_with_their_offsets_and_contents(compression: Compression) -> None:
    members = [_COMPRESS[compression](content) for content in _contents()]
    file = io.BytesIO(b"".join(members))
    found = [(member.offset, member.read()) for member in iterate_members(file, compression)]
    offsets = [sum(map(len, members[:number])) for number in range(len(members))]
    assert found == list(zip(offsets, _contents(), strict=True))


@pytest.mark.parametrize("compression", _COMPRESS)
def test_members_that_are_not_read_are_passed_over(compression: Compression) -> None:
    members = [_COMPRESS[compression](content) for content in _contents()]
    offsets = [member.offset for member in iterate_members(io.BytesIO(b"".join(members)), compression)]
    assert len(offsets) == len(members)


@pytest.mark.parametrize("compression", _COMPRESS)
def test_reading_begins_at_any_member(compression: Compression) -> None:
    members = [_COMPRESS[compression](content) for content in (b"one", b"two", b"three")]
    file = io.BytesIO(b"".join(members))
    found = [member.read() for member in iterate_members(file, compression, start=len(members[0]))]
    assert found == [b"two", b"three"]


@pytest.mark.parametrize("compression", _COMPRESS)
def test_a_stream_is_all_members_together(compression: Compression) -> None:
    members = [_COMPRESS[compression](content) for content in _contents()]
    assert open_stream(io.BytesIO(b"".join(members)), compression).read() == b"".join(_contents())


@pytest.mark.parametrize("compression", _COMPRESS)
def test_a_cut_off_file_is_an_error_with_its_place(compression: Compression) -> None:
    members = [_COMPRESS[compression](b"text " * 5000) for _ in range(3)]
    data = b"".join(members)[:-5]
    with pytest.raises(StreamError) as error:
        for member in iterate_members(io.BytesIO(data), compression):
            member.read()
    assert error.value.offset == len(members[0]) * 2


def test_invalid_members_are_errors_and_trailing_zeros_are_not() -> None:
    member = _gzip(b"text")
    with pytest.raises(StreamError, match="expected a compressed member"):
        list(iterate_members(io.BytesIO(member + b"garbage"), "gzip"))
    assert len(list(iterate_members(io.BytesIO(member + b"\0" * 100), "gzip"))) == 1


@pytest.mark.parametrize("num_zeros", [1, 511, 65_535, 65_536, 65_537, 200_000])
@pytest.mark.parametrize("compression", _COMPRESS)
def test_zeros_between_members_are_passed_over(compression: Compression, num_zeros: int) -> None:
    one, two = _COMPRESS[compression](b"one"), _COMPRESS[compression](b"two")
    zeros = b"\0" * num_zeros
    found = [(member.offset, member.read()) for member in iterate_members(io.BytesIO(one + zeros + two), compression)]
    assert found == [(0, b"one"), (len(one) + num_zeros, b"two")]
    with pytest.raises(StreamError, match="expected a compressed member") as error:
        list(iterate_members(io.BytesIO(one + zeros + b"x"), compression))
    assert error.value.offset == len(one) + num_zeros


@pytest.mark.parametrize("compression", _COMPRESS)
def test_the_next_member_behind_a_broken_one_is_found(compression: Compression) -> None:
    compress = _COMPRESS[compression]
    begin = b"x" * 70_000 + compress(b"other")
    data = begin + compress(b"WARC/1.0 two" + random.Random(1).randbytes(90_000))
    assert find_member(io.BytesIO(data), compression, start=1, begins=(b"WARC/",)) == len(begin)
    assert find_member(io.BytesIO(data), compression, start=1, begins=(b"nothing",)) is None


@pytest.mark.parametrize("compressed_dictionary", [False, True])
def test_a_zstd_dictionary_at_the_head_is_used(compressed_dictionary: bool) -> None:
    samples: list[bytes | bytearray | memoryview] = [
        f"WARC/1.0 {n} the same old header ".encode() * 20 for n in range(200)
    ]
    dictionary = zstandard.train_dictionary(2000, samples)
    frame = dictionary.as_bytes()
    if compressed_dictionary:
        frame = _zstd(frame)
    head = b"\x5d\x2a\x4d\x18" + len(frame).to_bytes(4, "little") + frame
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    data = head + b"".join(compressor.compress(sample) for sample in samples[:3])
    assert detect_compression(data[:HEAD_BYTES]) == "zstd"
    assert [member.read() for member in iterate_members(io.BytesIO(data), "zstd")] == samples[:3]


@pytest.mark.parametrize("compression", _COMPRESS)
def test_compression_is_detected_by_the_first_bytes(compression: Compression) -> None:
    assert detect_compression(_COMPRESS[compression](b"x")[:HEAD_BYTES]) == compression
    assert detect_compression(CODECS[compression].magic[:2]) == "none"


@pytest.mark.parametrize("head", [b"WARC/1", b"", b"BZ\n\n", b"\x10\x2a\x4d\x18"])
def test_other_files_are_not_compressed(head: bytes) -> None:
    assert detect_compression(head) == "none"


@pytest.mark.parametrize("window_log", [10, 27, 28, 31])
def test_zstd_windows_of_any_size_are_read(window_log: int) -> None:
    """A frame (RFC 8878) with its window, and one block that is not compressed."""
    block = (1 | 5 << 3).to_bytes(3, "little") + b"salam"
    frame = b"\x28\xb5\x2f\xfd\x00" + bytes([(window_log - 10) << 3]) + block
    assert open_stream(io.BytesIO(frame + _zstd(b"u")), "zstd").read() == b"salamu"


@pytest.mark.parametrize("compression", ["bz2", "xz", "lz4"])
def test_a_bomb_is_decompressed_piece_by_piece(compression: Compression) -> None:
    stream = open_stream(io.BytesIO(_COMPRESS[compression](b"0" * 50_000_000)), compression)
    assert stream.read(10) == b"0" * 10


def test_a_dictionary_that_is_broken_or_huge_is_an_error() -> None:
    huge = b"\x28\xb5\x2f\xfd\xe0" + (1 << 60).to_bytes(8, "little") + b"\x01\x00\x00"
    broken = b"\x28\xb5\x2f\xfd\x04nothing"
    for frame, message in ((huge, f"a zstd dictionary of {1 << 60} bytes"), (broken, "the zstd dictionary is broken")):
        head = b"\x5d\x2a\x4d\x18" + len(frame).to_bytes(4, "little") + frame
        with pytest.raises(StreamError, match=message):
            list(iterate_members(io.BytesIO(head + _zstd(b"x")), "zstd"))
        assert find_member(io.BytesIO(head + _zstd(b"WARC/1.0")), "zstd", start=1, begins=(b"WARC/",)) is None


@pytest.mark.parametrize("num_bytes", [0, 500, 1 << 30])
def test_a_skippable_frame_beyond_the_file_is_an_error(num_bytes: int) -> None:
    data = _zstd(b"one") + b"\x50\x2a\x4d\x18" + num_bytes.to_bytes(4, "little") + _zstd(b"two")
    if num_bytes == 0:
        assert [member.read() for member in iterate_members(io.BytesIO(data), "zstd")] == [b"one", b"two"]
    else:
        with pytest.raises(StreamError, match="beyond the end of the file"):
            list(iterate_members(io.BytesIO(data), "zstd"))
