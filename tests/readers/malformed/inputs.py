"""Malformed inputs: name of the case -> name of the file, and its bytes. Each is a kind of file that users met."""

import bz2
import gzip
import io
import json
import lzma
import zlib
from collections.abc import Callable

import brotli
import lz4.frame
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

Input = tuple[str, Callable[[], bytes]]

_TEXT = "Habari za asubuhi, mkulima wa kijiji chetu huenda shambani kila siku. "
_ROW = {"text": _TEXT, "id": 1}
_LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
_PAGE = f"<!DOCTYPE html><html><body><p>{_TEXT * 3}</p></body></html>".encode()


def _lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def _arrow(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _table(**columns: object) -> pa.Table:
    return pa.table(columns)


def warc_record(kind: str, block: bytes, *headers: str, length: str | None = None) -> bytes:
    lines = ["WARC/1.0", f"WARC-Type: {kind}", "WARC-Target-URI: https://a.example/", *headers]
    lines.append(f"Content-Length: {len(block) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", *(headers or ("Content-Type: text/html",))])
    return warc_record("response", head.encode() + b"\r\n\r\n" + body, "Content-Type: application/http")


def _flipped(data: bytes, start: int, end: int) -> bytes:
    return data[:start] + bytes(byte ^ 0xFF for byte in data[start:end]) + data[end:]


def _raw_deflate(data: bytes) -> bytes:
    coder = zlib.compressobj(9, zlib.DEFLATED, -15)
    return coder.compress(data) + coder.flush()


def _chunked(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)


_GOOD = _lines(_ROW, _ROW)
_CODED = "Content-Encoding: "
_HTML = "Content-Type: text/html"
_CHUNKED = "Transfer-Encoding: chunked"

JSON_LINES: dict[str, Input] = {
    "no bytes": ("a.jsonl", bytes),
    "blank lines": ("a.jsonl", lambda: b"\n\n \n\t\n"),
    "a byte order mark": ("a.jsonl", lambda: b"\xef\xbb\xbf" + _GOOD),
    "no line end at the end": ("a.jsonl", lambda: _GOOD[:-1]),
    "line ends of Windows": ("a.jsonl", lambda: _GOOD.replace(b"\n", b"\r\n")),
    "line ends of the old Macintosh": ("a.jsonl", lambda: _GOOD.replace(b"\n", b"\r")),
    "a cut-off line": ("a.jsonl", lambda: _GOOD + _GOOD[:30]),
    "a line that is no JSON": ("a.jsonl", lambda: _GOOD + b"oops\n" + _GOOD),
    "single quotes": ("a.jsonl", lambda: b"{'text': 'x'}\n"),
    "a comma at the end": ("a.jsonl", lambda: b'{"text": "x",}\n'),
    "a list on one line": ("a.jsonl", lambda: json.dumps([_ROW, _ROW]).encode()),
    "a list over lines": ("a.jsonl", lambda: json.dumps([_ROW, _ROW], indent=1).encode()),
    "an object over lines": ("a.jsonl", lambda: json.dumps(_ROW, indent=1).encode()),
    "two objects on a line": ("a.jsonl", lambda: _GOOD.replace(b"\n", b"") + b"\n"),
    "numbers in place of objects": ("a.jsonl", lambda: b"1\n2\n"),
    "null in place of objects": ("a.jsonl", lambda: b"null\n" * 2),
    "NaN in a column": ("a.jsonl", lambda: b'{"text": "x y", "score": NaN}\n'),
    "a lone surrogate": ("a.jsonl", lambda: b'{"text": "x \\ud83d y"}\n'),
    "a key twice": ("a.jsonl", lambda: b'{"text": "a", "text": "b"}\n'),
    "a zero byte": ("a.jsonl", lambda: b'{"text": "a\\u0000b"}\n'),
    "bytes that are not UTF-8": ("a.jsonl", lambda: b'{"text": "caf\xe9"}\n' + _GOOD),
    "UTF-16 with a mark": ("a.jsonl", lambda: _GOOD.decode().encode("utf-16")),
    "UTF-16 without a mark": ("a.jsonl", lambda: _GOOD.decode().encode("utf-16-le")),
    "UTF-32": ("a.jsonl", lambda: _GOOD.decode().encode("utf-32")),
    "a Git LFS pointer": ("a.jsonl", lambda: _LFS),
    "a git-annex pointer": ("a.jsonl", lambda: b"/annex/objects/SHA256E-s12--ab.jsonl\n"),
    "a web page of an error": ("a.jsonl", lambda: b"<!DOCTYPE html><html><title>404</title></html>\n"),
    "a missing column": ("a.jsonl", lambda: _lines({"body": "x"})),
    "text that is null": ("a.jsonl", lambda: _lines({"text": None}, _ROW)),
    "text that is a list": ("a.jsonl", lambda: _lines({"text": ["x"]}, _ROW)),
    "text that is a number": ("a.jsonl", lambda: _lines({"text": 1}, _ROW)),
    "deeply nested values": ("a.jsonl", lambda: b'{"text": "x", "y": ' + b"[" * 2000 + b"]" * 2000 + b"}\n" + _GOOD),
    "a number of 400 digits": ("a.jsonl", lambda: b'{"text": "x", "y": ' + b"9" * 400 + b"}\n"),
    "a line beyond the limit": ("a.jsonl", lambda: _lines({"text": "x" * (33 << 20)}, _ROW)),
    "gzip without its suffix": ("a.jsonl", lambda: gzip.compress(_GOOD)),
    "the suffix of gzip without gzip": ("a.jsonl.gz", lambda: _GOOD),
    "several gzip members": ("a.jsonl.gz", lambda: gzip.compress(_GOOD) + gzip.compress(_GOOD)),
    "gzip that is cut off": (
        "a.jsonl.gz",
        lambda: gzip.compress(_lines(*({"text": str(n)} for n in range(9999))))[:-50],
    ),
    "gzip with a wrong checksum": ("a.jsonl.gz", lambda: gzip.compress(_GOOD)[:-8] + b"\0" * 8),
    "gzip with zeros behind it": ("a.jsonl.gz", lambda: gzip.compress(_GOOD) + b"\0" * 512),
    "gzip with other bytes behind it": ("a.jsonl.gz", lambda: gzip.compress(_GOOD) + b"garbage"),
    "a head of gzip alone": ("a.jsonl.gz", lambda: b"\x1f\x8b\x08\0"),
    "gzip in gzip": ("a.jsonl.gz", lambda: gzip.compress(gzip.compress(_GOOD))),
    "several zstd frames": ("a.jsonl.zst", lambda: zstandard.ZstdCompressor().compress(_GOOD) * 2),
    "zstd with a skippable frame": (
        "a.jsonl.zst",
        lambda: b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + zstandard.ZstdCompressor().compress(_GOOD),
    ),
    "zstd that is cut off": ("a.jsonl.zst", lambda: zstandard.ZstdCompressor().compress(_GOOD)[:-5]),
    "bzip2": ("a.jsonl.bz2", lambda: bz2.compress(_GOOD)),
    "bzip2 that is cut off": ("a.jsonl.bz2", lambda: bz2.compress(_GOOD)[:-5]),
    "several bzip2 streams": ("a.jsonl.bz2", lambda: bz2.compress(_GOOD) * 2),
    "xz": ("a.jsonl.xz", lambda: lzma.compress(_GOOD)),
    "xz with padding": ("a.jsonl.xz", lambda: lzma.compress(_GOOD) + b"\0" * 8 + lzma.compress(_GOOD)),
    "xz that is cut off": ("a.jsonl.xz", lambda: lzma.compress(_GOOD)[:-12]),
    "LZ4": ("a.jsonl.lz4", lambda: lz4.frame.compress(_GOOD)),
    "LZ4 that is cut off": ("a.jsonl.lz4", lambda: lz4.frame.compress(_GOOD)[:-8]),
}

TABLES: dict[str, Input] = {
    "Parquet of no bytes": ("a.parquet", bytes),
    "Parquet without rows": ("a.parquet", lambda: _parquet(pa.table({"text": pa.array([], pa.string())}))),
    "Parquet without columns": ("a.parquet", lambda: _parquet(pa.table({}))),
    "Parquet whose text is null": ("a.parquet", lambda: _parquet(_table(text=pa.nulls(2)))),
    "Parquet whose text is a number": ("a.parquet", lambda: _parquet(_table(text=[1, 2]))),
    "Parquet whose text is a list": ("a.parquet", lambda: _parquet(_table(text=[["x"]]))),
    "Parquet whose text is a struct": ("a.parquet", lambda: _parquet(_table(text=[{"a": "x"}]))),
    "Parquet whose text is bytes": ("a.parquet", lambda: _parquet(_table(text=[_TEXT.encode(), b"\xff\xfe"]))),
    "Parquet whose text is large": ("a.parquet", lambda: _parquet(_table(text=pa.array([_TEXT], pa.large_string())))),
    "Parquet whose text is a dictionary": (
        "a.parquet",
        lambda: _parquet(_table(text=pa.array([_TEXT, _TEXT]).dictionary_encode())),
    ),
    "Parquet with gaps": ("a.parquet", lambda: _parquet(_table(text=[None, _TEXT, ""]))),
    "Parquet without the column": ("a.parquet", lambda: _parquet(_table(body=[_TEXT]))),
    "Parquet whose column has another case": ("a.parquet", lambda: _parquet(_table(Text=[_TEXT]))),
    "Parquet that is cut off": ("a.parquet", lambda: _parquet(_table(text=[_TEXT] * 9))[:-20]),
    "Parquet with a damaged head": ("a.parquet", lambda: _flipped(_parquet(_table(text=[_TEXT] * 9)), 0, 4)),
    "Parquet with damaged pages": ("a.parquet", lambda: _flipped(_parquet(_table(text=[_TEXT] * 9)), 8, 60)),
    "Parquet that is text": ("a.parquet", lambda: b"PAR1 but no more"),
    "Parquet that is JSON lines": ("a.parquet", lambda: _GOOD),
    "Parquet that is a Git LFS pointer": ("a.parquet", lambda: _LFS),
    "Parquet in gzip": ("a.parquet", lambda: gzip.compress(_parquet(_table(text=[_TEXT])))),
    "Arrow of no bytes": ("a.arrow", bytes),
    "Arrow without rows": ("a.arrow", lambda: _arrow(pa.table({"text": pa.array([], pa.string())}))),
    "Arrow that is cut off": ("a.arrow", lambda: _arrow(_table(text=[_TEXT] * 99))[:-400]),
    "Arrow that is Parquet": ("a.arrow", lambda: _parquet(_table(text=[_TEXT]))),
    "Arrow whose text is null": ("a.arrow", lambda: _arrow(_table(text=pa.nulls(2)))),
}

DELIMITED: dict[str, Input] = {
    "CSV of no bytes": ("a.csv", bytes),
    "CSV of a line end": ("a.csv", lambda: b"\n"),
    "CSV of a header": ("a.csv", lambda: b"id,text\n"),
    "CSV without a header": ("a.csv", lambda: f'1,"{_TEXT}"\n2,"{_TEXT}"\n'.encode()),
    "CSV with semicolons": ("a.csv", lambda: f"id;text\n1;{_TEXT.replace(',', '')}\n".encode()),
    "CSV with tabs": ("a.csv", lambda: b"id\ttext\n1\tx\n"),
    "CSV with a short row": ("a.csv", lambda: b"id,text\n1,a b\n2\n3,c d\n"),
    "CSV with a long row": ("a.csv", lambda: b"id,text\n1,a b\n2,b,c\n3,d e\n"),
    "CSV with a quote that never closes": ("a.csv", lambda: b'id,text\n1,"a b\n2,c d\n'),
    "CSV with a quote inside": ("a.csv", lambda: b'id,text\n1,5" x\n2,c d\n'),
    "CSV with line ends in quotes": ("a.csv", lambda: b'id,text\n1,"a\nb"\n2,c d\n'),
    "CSV with line ends of the old Macintosh": ("a.csv", lambda: b"id,text\r1,a b\r2,c d\r"),
    "CSV with a byte order mark": ("a.csv", lambda: b"\xef\xbb\xbftext,id\na b,1\n"),
    "CSV with zero bytes": ("a.csv", lambda: b"id,text\n1,a\0b\n"),
    "CSV with a column twice": ("a.csv", lambda: b"text,text\na,b\n"),
    "CSV in UTF-16": ("a.csv", lambda: "id,text\n1,a b\n".encode("utf-16")),
    "CSV that is not UTF-8": ("a.csv", lambda: b"id,text\n1,caf\xe9\n2,c d\n"),
    "CSV in gzip": ("a.csv.gz", lambda: gzip.compress(b"id,text\n1,a b\n")),
    "TSV without a header": ("a.tsv", lambda: f"1\t{_TEXT}\n2\t{_TEXT}\n".encode()),
    "TSV with quotes": ("a.tsv", lambda: b'id\ttext\n1\t"a b\n2\tc d"\n'),
    "TSV with commas": ("a.tsv", lambda: b"id,text\n1,a\n"),
}

TEXTS: dict[str, Input] = {
    "text of no bytes": ("a.txt", bytes),
    "text of white space": ("a.txt", lambda: b" \n\t\n"),
    "text in UTF-16": ("a.txt", lambda: _TEXT.encode("utf-16")),
    "text in Latin-1": ("a.txt", lambda: ("Größere Höfe führen für die Kühe über. " * 5).encode("latin-1")),
    "text with zero bytes": ("a.txt", lambda: _TEXT.encode() + b"\0\0"),
    "text that is a program": ("a.txt", lambda: b"\x7fELF" + bytes(range(256))),
    "a page of no bytes": ("a.html", bytes),
    "a page that is cut off": ("a.html", lambda: _PAGE[:-40]),
    "a page of tags alone": ("a.html", lambda: b"<html><body><br></body></html>"),
    "a page nested 100,000 deep": ("a.html", lambda: b"<div>" * 100_000 + b"x"),
    "a page in UTF-16 without a mark": ("a.html", lambda: _PAGE.decode().encode("utf-16-le")),
    "a page that is a PDF": ("a.html", lambda: b"%PDF-1.4 binary \xff\xfe"),
}

CRAWLS: dict[str, Input] = {
    "WARC of no bytes": ("a.warc", bytes),
    "WARC that is a page": ("a.warc", lambda: _PAGE),
    "WARC that is a Git LFS pointer": ("a.warc.gz", lambda: _LFS),
    "names of fields in lower case": ("a.warc", lambda: response(_PAGE).replace(b"WARC-T", b"warc-t")),
    "line ends without returns": (
        "a.warc",
        lambda: warc_record("response", b"HTTP/1.1 200 OK\n" + _HTML.encode() + b"\n\n" + _PAGE).replace(
            b"\r\n", b"\n"
        ),
    ),
    "a folded header line": ("a.warc", lambda: warc_record("conversion", b"a b", "X-Long: a", "  b")),
    "no length": ("a.warc", lambda: b"WARC/1.0\r\nWARC-Type: response\r\n\r\n" + response(_PAGE)),
    "a length that is a word": ("a.warc", lambda: warc_record("response", b"x", length="ten") + response(_PAGE)),
    "a negative length": ("a.warc", lambda: warc_record("response", b"x", length="-1") + response(_PAGE)),
    "a length beyond the file": ("a.warc", lambda: warc_record("response", b"x", length="99999") + response(_PAGE)),
    "a length that is too small": (
        "a.warc",
        lambda: warc_record("conversion", b"abc\ndef", length="3") + response(_PAGE),
    ),
    "a record that is cut off": ("a.warc", lambda: response(_PAGE) + response(_PAGE)[:-50]),
    "a header that is cut off": ("a.warc", lambda: response(_PAGE) + b"WARC/1.0\r\nWARC-Ty"),
    "a header of 100,000 bytes": (
        "a.warc",
        lambda: warc_record("conversion", b"a", "X: " + "y" * 100_000) + response(_PAGE),
    ),
    "bytes between records": ("a.warc", lambda: response(_PAGE) + b"garbage\n" * 5 + response(_PAGE)),
    "a damaged gzip member": (
        "a.warc.gz",
        lambda: (
            gzip.compress(response(_PAGE))
            + _flipped(gzip.compress(response(bytes(range(256)) * 9)), 40, 90)
            + gzip.compress(response(_PAGE))
        ),
    ),
    "gzip in one member": ("a.warc.gz", lambda: gzip.compress(response(_PAGE) * 2)),
    "WARC in gzip that is cut off": (
        "a.warc.gz",
        lambda: gzip.compress(response(_PAGE)) + gzip.compress(response(_PAGE))[:-9],
    ),
    "WARC in zstd": ("a.warc.zst", lambda: zstandard.ZstdCompressor().compress(response(_PAGE)) * 2),
    "WARC in LZ4": ("a.warc.lz4", lambda: lz4.frame.compress(response(_PAGE)) * 2),
    "WARC in bzip2": ("a.warc.bz2", lambda: bz2.compress(response(_PAGE)) * 2),
    "WARC in xz": ("a.warc.xz", lambda: lzma.compress(response(_PAGE)) * 2),
    "requests alone": ("a.warc", lambda: warc_record("request", b"GET / HTTP/1.1\r\n\r\n") * 2),
    "answers that are errors": ("a.warc", lambda: response(_PAGE, status="404 Not Found") * 2),
    "pictures": ("a.warc", lambda: response(b"\x89PNG", "Content-Type: image/png")),
    "an answer without a status line": (
        "a.warc",
        lambda: warc_record("response", _PAGE, "Content-Type: application/http"),
    ),
    "an answer without a body": ("a.warc", lambda: response(b"") + response(_PAGE)),
    "a decoded body, its coding stated": ("a.warc", lambda: response(_PAGE, _HTML, _CODED + "gzip")),
    "a decoded body, brotli stated": ("a.warc", lambda: response(_PAGE, _HTML, _CODED + "br")),
    "a decoded body, deflate stated": ("a.warc", lambda: response(_PAGE, _HTML, _CODED + "deflate")),
    "a decoded body, zstd stated": ("a.warc", lambda: response(_PAGE, _HTML, _CODED + "zstd")),
    "a coding that there is not": ("a.warc", lambda: response(_PAGE, _HTML, _CODED + "utf-8")),
    "x-gzip": ("a.warc", lambda: response(gzip.compress(_PAGE), _HTML, _CODED + "x-gzip")),
    "gzip without a header": ("a.warc", lambda: response(gzip.compress(_PAGE), _HTML)),
    "brotli": ("a.warc", lambda: response(brotli.compress(_PAGE), _HTML, _CODED + "br")),
    "raw deflate": ("a.warc", lambda: response(_raw_deflate(_PAGE), _HTML, _CODED + "deflate")),
    "zlib as deflate": ("a.warc", lambda: response(zlib.compress(_PAGE), _HTML, _CODED + "deflate")),
    "gzip twice": ("a.warc", lambda: response(gzip.compress(gzip.compress(_PAGE)), _HTML, _CODED + "gzip, gzip")),
    "a gzip body that is cut off": ("a.warc", lambda: response(gzip.compress(_PAGE)[:-20], _HTML, _CODED + "gzip")),
    "a gzip body that is damaged": (
        "a.warc",
        lambda: response(b"\x1f\x8b\x08\0" + b"\xff" * 60, _HTML, _CODED + "gzip") + response(_PAGE),
    ),
    "a plain body, chunks stated": ("a.warc", lambda: response(_PAGE, _HTML, _CHUNKED)),
    "chunks without a header": ("a.warc", lambda: response(_chunked(_PAGE), _HTML)),
    "chunks that are cut off": ("a.warc", lambda: response(_chunked(_PAGE)[:-50], _HTML, _CHUNKED)),
    "chunks of a gzip body": (
        "a.warc",
        lambda: response(_chunked(gzip.compress(_PAGE)), _HTML, _CODED + "gzip", _CHUNKED),
    ),
    "two types of content": ("a.warc", lambda: response(_PAGE, _HTML, "Content-Type: text/html; charset=utf-8")),
    "no type of content": ("a.warc", lambda: response(_PAGE, "X-Nothing: 1")),
    "a type without a slash": ("a.warc", lambda: response(_PAGE, "Content-Type: html")),
    "a bomb": ("a.warc", lambda: response(gzip.compress(b"0" * 50_000_000), _HTML, _CODED + "gzip") + response(_PAGE)),
    "ARC with a wrong length": ("a.arc", lambda: b"http://a.example/ 1.2.3.4 20140216050221 text/html abc\nx\n"),
    "WET": ("a.warc.wet", lambda: warc_record("conversion", _TEXT.encode())),
    "WET that is not UTF-8": ("a.warc.wet", lambda: warc_record("conversion", b"caf\xe9 " * 9)),
}

INPUTS: dict[str, dict[str, Input]] = {
    "JSONL": JSON_LINES,
    "Parquet and Arrow": TABLES,
    "CSV and TSV": DELIMITED,
    "Plain text and HTML": TEXTS,
    "WARC, WET and ARC": CRAWLS,
}
"""Readers -> cases."""
