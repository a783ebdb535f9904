"""HTTP responses as crawlers store them: status, media type, charset and body, by the bytes as much as by the headers.

Crawlers store bodies decoded and keep the headers, or the other way round, cut them off, and write headers that no
server sent. So a header is a hint: a body is decoded where it is what the header says, or where its first bytes say so
without one (gzip, zstd, chunks). What can be read of a broken body is kept, and marked as truncated (RFC 9110, 9112).
"""

import zlib
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import brotli
import regex
import zstandard

_MAX_HEADER_BYTES = 1 << 16
_MOST_CODINGS = 4
_PIECE = 1 << 10
"""Compressed bytes that are decoded at a time: what is lost before a broken place, and what a bomb can grow from."""
_WINDOW_BYTES = 1 << 27

_STATUS_LINE = regex.compile(rb"\s*HTTP/\d+(?:\.\d+)?[ \t]+(\d{3})\b[^\r\n]*(?=\r?\n|\r|$)", regex.IGNORECASE)
_HEADER_END = regex.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_FOLD = regex.compile(rb"\r?\n[ \t]+(?=\S)")
_CHUNK_LINE = regex.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE_END = regex.compile(rb"\r?\n")
_NOT_CONTROLS = bytes({*range(0x100)} - {*range(0x20)} | {*b"\t\n\r\f"})
_PLAIN_BYTES = 64
"""Bytes at the beginning of a body that would have a control character if they were compressed."""
_GZIP, _ZSTD, _COMPRESS = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x1f\x9d"
_MEDIA_TYPE = regex.compile(r"[a-z0-9.+\-]+/[a-z0-9.+\-]+")
_CHARSET = regex.compile(r"charset\s*=\s*[\"']?\s*([^\s\"',;]+)", regex.IGNORECASE)


class TooLarge(ValueError):
    """A body grows beyond the limit when it is decoded."""


class Body(NamedTuple):
    """A decoded body, or what can be read of it."""

    data: bytes
    is_truncated: bool
    """Whether the body breaks off, or is broken at some place."""


@dataclass(frozen=True)
class Fields:
    """Header fields, whose names ignore case (RFC 9110, 5.1; ISO 28500, 4)."""

    fields: tuple[tuple[str, str], ...]
    """Names in lower case, values without white space around them, in order."""

    def first(self, name: str) -> str | None:
        """The first value of a name, None without one."""
        return next((value for key, value in self.fields if key == name), None)

    def all(self, name: str) -> list[str]:
        """All values of a name."""
        return [value for key, value in self.fields if key == name]


@dataclass(frozen=True)
class Response:
    """A response as it is stored."""

    status: int
    headers: Fields
    body: bytes
    """As it is stored, codings and all."""

    @property
    def content_type(self) -> str | None:
        """The value of Content-Type; of several the first with a media type, and the first charset of all of them."""
        values = self.headers.all("content-type")
        chosen = next((value for value in values if _MEDIA_TYPE.search(value.lower())), values[0] if values else None)
        charset = next((found[1] for value in values if (found := _CHARSET.search(value))), None)
        is_whole = chosen is None or charset is None or _CHARSET.search(chosen) is not None
        return chosen if is_whole else f"{chosen}; charset={charset}"

    def decoded(self, *, max_bytes: int) -> Body:
        """The body with transfer and content codings undone.

        Raises TooLarge where that is larger than `max_bytes`, and ValueError for a coding that cannot be read.
        """
        content, transfer = (_codings(self.headers.all(name)) for name in ("content-encoding", "transfer-encoding"))
        codings = [*content, *transfer][::-1][:_MOST_CODINGS]
        body, is_truncated = _without_chunks(self.body, is_declared="chunked" in codings)
        for coding in [*(coding for coding in codings if coding != "chunked"), ""]:
            found = _without_coding(body, coding, max_bytes)
            body, is_truncated = found.data, is_truncated or found.is_truncated
        if len(body) > max_bytes:
            raise TooLarge("a record grows beyond max_record_bytes when it is decoded")
        return Body(body, is_truncated)


def parse_fields(lines: bytes) -> Fields:
    """The fields of a header, without its first line. Folded lines are joined; lines without a colon are left out."""
    found = []
    for line in _FOLD.sub(b" ", lines).replace(b"\r", b"\n").split(b"\n"):
        name, colon, value = line.partition(b":")
        if colon:
            found.append((name.strip().lower().decode("latin-1"), value.strip().decode("utf-8", "replace")))
    return Fields(tuple(found))


def parse_response(block: bytes) -> Response | None:
    """The response in a block of bytes, None where it does not begin with a status line."""
    line = _STATUS_LINE.match(block, 0, _MAX_HEADER_BYTES)
    if line is None:
        return None
    end = _HEADER_END.search(block, line.end())
    headers = parse_fields(block[line.end() : end.start() if end else len(block)])
    return Response(int(line[1]), headers, block[end.end() :] if end else b"")


def split_content_type(value: str | None) -> tuple[str, str | None]:
    """(media type in lower case, empty without one; charset) of a Content-Type."""
    media_type, charset = _MEDIA_TYPE.search((value or "").lower()), _CHARSET.search(value or "")
    return media_type[0] if media_type else "", charset[1] if charset else None


def _codings(values: list[str]) -> list[str]:
    """The codings that header values name, in the order in which they were applied."""
    return [coding.strip().lower() for value in values for coding in value.split(",") if coding.strip()]


def _without_chunks(body: bytes, *, is_declared: bool) -> Body:
    """A body whose chunks are joined (RFC 9112, 7.1); as it is where it has none.

    Without a declaration, chunks must fit to the last one.
    """
    chunks, ends_well = _chunks(body)
    if not chunks or not (ends_well or is_declared):
        return Body(body, False)
    return Body(b"".join(chunks), not ends_well)


def _chunks(body: bytes) -> tuple[list[bytes], bool]:
    """(chunks that fit one behind the other, the last one as far as it goes; whether their end is there).

    No chunks where the first one does not fit.
    """
    chunks: list[bytes] = []
    position = 0
    while line := _CHUNK_LINE.match(body, position):
        size, begin = int(line[1], 16), line.end()
        if size == 0:
            return chunks, True
        behind = _LINE_END.match(body, begin + size)
        if behind is None and begin + size < len(body):
            break
        chunks.append(body[begin : begin + size])
        if behind is None:
            break
        position = behind.end()
    return chunks, False


def _without_coding(body: bytes, coding: str, max_bytes: int) -> Body:
    """A body with one coding undone: what its first bytes say, or else `coding`; as it is where it is neither."""
    if body.startswith(_GZIP):
        return _gunzipped(body, max_bytes)
    if body.startswith(_ZSTD):
        decoder = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES).decompressobj()
        return _believed(body, _run(decoder, body, max_bytes), is_certain=True)
    if body.startswith(_COMPRESS) and "compress" in coding:
        raise ValueError("the body is coded by compress, expected gzip, deflate, br or zstd")
    if coding == "deflate":
        begin = 2 if len(body) > 1 and body[0] & 15 == 8 and int.from_bytes(body[:2]) % 31 == 0 else 0
        return _believed(body, _run(zlib.decompressobj(-15), body[begin:], max_bytes), is_certain=False)
    if coding == "br":
        return _believed(body, _run(_Brotli(), body, max_bytes), is_certain=False)
    return Body(body, False)


def _believed(body: bytes, found: "_Run", *, is_certain: bool) -> Body:
    """What was decoded, where a body was coded so: it ends as such a coding does, or does not look like text."""
    is_plain = not is_certain and not body[:_PLAIN_BYTES].translate(None, _NOT_CONTROLS)
    if found.ends_well or (found.data and not is_plain):
        return Body(found.data, not found.ends_well)
    if is_certain:
        raise ValueError("the body is compressed and cannot be decompressed")
    return Body(body, False)


def _gunzipped(body: bytes, max_bytes: int) -> Body:
    """The content of all members of a gzip body (RFC 1952), without their checksums."""
    data, rest, ends_well = b"", body, False
    while rest.startswith(_GZIP):
        found = _run(zlib.decompressobj(-15), rest[_gzip_header_bytes(rest) :], max_bytes - len(data))
        data, ends_well = data + found.data, found.ends_well and len(found.rest) >= 8
        rest = found.rest[8:]
    return _believed(body, _Run(data, ends_well, rest), is_certain=True)


def _gzip_header_bytes(body: bytes) -> int:
    """Length of the header of a gzip member."""
    flags, position = body[3] if len(body) > 3 else 0, 10
    if flags & 4:
        position += 2 + int.from_bytes(body[position : position + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            position = body.find(b"\0", position) + 1 or len(body)
    return position + (2 if flags & 2 else 0)


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Brotli:
    """A brotli decoder with the interface of zlib's."""

    unused_data = b""

    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._decoder.is_finished())

    def decompress(self, data: bytes, /) -> bytes:
        return bytes(self._decoder.process(data))


class _Run(NamedTuple):
    """What a decoder made of some bytes."""

    data: bytes
    ends_well: bool
    """Whether it came to the end of its stream."""
    rest: bytes
    """What is behind that."""


def _run(decoder: _Decoder, data: bytes, max_bytes: int) -> _Run:
    """Decodes as far as that is possible. Raises TooLarge beyond `max_bytes`."""
    found = bytearray()
    for start in range(0, len(data), _PIECE):
        try:
            found += decoder.decompress(data[start : start + _PIECE])
        except (zlib.error, zstandard.ZstdError, brotli.error):
            break
        if len(found) > max_bytes:
            raise TooLarge("a record grows beyond max_record_bytes when it is decoded")
        if decoder.eof:
            return _Run(bytes(found), True, decoder.unused_data + data[start + _PIECE :])
    return _Run(bytes(found), False, b"")
