"""Evaluation sets: the texts that training data may not have, out of the files that benchmarks come in.

A set is files of any kind (text, CSV, TSV, JSONL, Parquet, folders that `datasets` saved), a name, and where its texts
stand. Each text is an item: of a set, a row and a language. Files of one set in several languages (`swh_Latn.tsv`,
`eng_Latn/test/data-00000-of-00001.arrow`) are the same rows in translation, and so are two sets of one name: item 12
in one language is item 12 in another. Translations that are known are given in that way.
"""

import csv
import gzip
import io
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import regex
import zstandard
from pydantic import BaseModel, ConfigDict, Field, model_validator

from xdata.errors import ConfigError, InputError, nearest, one_line
from xdata.language_options import LanguageCode
from xdata.languages import find_code, is_code, resolve_code
from xdata.references import Reference
from xdata.validation import UserPath

_ENDINGS = (".txt", ".tsv", ".csv", ".jsonl", ".ndjson", ".parquet", ".pq", ".arrow")
_COMPRESSED = (".gz", ".zst")
_SHARD = regex.compile(r"(?:^|[-_/])(?:data|train|part)?-?\d{4,5}-of-\d{4,5}$")
_CACHE = "cache-"
"""Begins files that `datasets` keeps of its own beside the data."""
_WILDCARDS = frozenset("*?[")
_MOST_BYTES = 1 << 30
"""Of one file when it is decompressed: no evaluation set is larger."""
_LONGEST_NAME = 80


class EvaluationSet(BaseModel, Reference):
    """A benchmark, or translations of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    """Named in leaks; sets of one name are versions of the same rows."""
    path: UserPath = Field(min_length=1)
    """File, folder or glob. A folder means all tables below it, as `datasets` saves them, or for
    all plain text where there is no table.
    """
    fields: tuple[str, ...] = ("text",)
    """Where its texts stand in a row, each an item; `a.b` is `b` in the object `a`, and a list is many texts. Files
    without a head have columns `0`, `1`, …; lines of plain text are `text`.
    """
    id: str | None = None
    """Field that names a row, the same in every language; else rows are numbered from 0 in each language."""
    language: LanguageCode | None = None
    """Language of all its texts; else the value of `language_field`, or the name of a file or folder that is a code, as
    `swh_Latn`.
    """
    language_field: str | None = None
    """Field with the language of a row."""
    head: bool = True
    """Whether the first row of CSV and TSV has the names of its columns."""
    translations: bool = False
    """Whether these are translations of a set of the same name, which is evaluated in another language."""

    @model_validator(mode="after")
    def _one_language(self) -> "EvaluationSet":
        if not self.fields:
            raise ValueError("fields: name at least one field with texts")
        if self.language is not None and self.language_field is not None:
            raise ValueError("give either language or language_field")
        return self

    def files(self) -> tuple[Path, ...]:
        """Its files, in order of path. Raises InputError without any."""
        root = Path(self.path)
        wild = bool(_WILDCARDS & set(self.path)) and not root.exists()
        if not wild and not root.exists():
            raise InputError(f"evaluation set {self.name!r}: there is no {self.path}")
        if root.is_file():
            if not _kind(root):
                raise InputError(f"evaluation set {self.name!r}: {self.path} is not {' or '.join(_ENDINGS)}")
            return (root,)
        base, pattern = _glob_base(root) if wild else (root, "**/*")
        found = (path for path in base.glob(pattern) if path.is_file()) if base.is_dir() else iter(())
        files = tuple(sorted(path for path in found if _kind(path) and not path.name.startswith(_CACHE)))
        files = tuple(path for path in files if _kind(path) != ".txt") or files
        if not files:
            raise InputError(f"evaluation set {self.name!r}: no file in {self.path} is {' or '.join(_ENDINGS)}")
        return files

    def identity(self) -> Any:
        """With the names of the files, which may tell languages."""
        return self.model_dump(mode="json", exclude={"path"}) | {"files": _names(self.files())}


def _names(files: Sequence[Path]) -> list[str]:
    """Files as they are called below the folder that all are in."""
    root = os.path.commonpath([file.parent for file in files])
    return [f"{file.parent.name}/{file.name}" if len(files) == 1 else os.path.relpath(file, root) for file in files]


@dataclass(frozen=True, slots=True)
class Item:
    """One text of an evaluation set."""

    name: str
    """Set and row, as `sib200/12`: the same for all languages of a row."""
    language: str | None
    text: str
    """NFC, without white space around it."""
    is_translation: bool = False
    """Whether the set is evaluated in another language than this."""


def read_sets(sets: Iterable[EvaluationSet]) -> tuple[Item, ...]:
    """The items of some sets, in order of set, file and row; texts that are empty or no words are left out.

    Raises InputError for a set without any item, a file that cannot be read or lacks a field.
    """
    found: list[Item] = []
    for each in sets:
        items = list(_items(each))
        if not items:
            raise InputError(f"evaluation set {each.name!r}: no text in the fields {', '.join(each.fields)}")
        found += items
    return tuple(dict.fromkeys(found))


def _items(one: EvaluationSet) -> Iterator[Item]:
    files = one.files()
    root = Path(os.path.commonpath([file.parent for file in files]))
    numbers: Counter[tuple[str, str | None]] = Counter()
    for file in files:
        named, group = _meaning(file.relative_to(root), by_name=len(files) > 1)
        of_file = one.language or named or find_named(file)
        for number, row in enumerate(_rows(file, head=one.head)):
            where = f"{file}: row {number}"
            if number == 0:
                _check(row, one, where)
            language = of_file if one.language_field is None else _language(row, one.language_field, where)
            key = _row_name(row, one, where) or str(numbers[group, language])
            numbers[group, language] += 1
            name = "/".join(filter(None, (one.name, group, key)))
            for field in one.fields:
                for place, text in enumerate(_texts(_at(row, field))):
                    suffix = (f".{field}" if len(one.fields) > 1 else "") + (f".{place}" if place else "")
                    yield Item(one_line(name + suffix, limit=_LONGEST_NAME), language, text, one.translations)


def find_named(path: Path) -> str | None:
    """The language that a file or one of its folders is called after, as `swh_Latn`; None where none is."""
    for part in (path.name.split(".")[0], *reversed(path.parent.parts[-3:])):
        if is_code(part):
            return resolve_code(part)
    return None


def _meaning(path: Path, *, by_name: bool) -> tuple[str | None, str]:
    """(language that a path below the folder of a set names, what is left of it without language and shard)."""
    stem = path.name
    while Path(stem).suffix in (*_ENDINGS, *_COMPRESSED):
        stem = Path(stem).stem
    language, left = None, []
    for part in (*path.parent.parts, *stem.split(".")) if by_name else ():
        if language is None and is_code(part):
            language = resolve_code(part)
        else:
            left.append(part)
    return language, _SHARD.sub("", "/".join(left))


def _row_name(row: Mapping[str, Any], one: EvaluationSet, where: str) -> str | None:
    if one.id is None:
        return None
    value = _at(row, one.id)
    if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
        raise InputError(f"{where}: has no {one.id!r} as its id: {one_line(repr(value), limit=60)}")
    return str(value)


def _language(row: Mapping[str, Any], field: str, where: str) -> str | None:
    value = _at(row, field)
    try:
        return find_code(value) if isinstance(value, str) and value else None
    except ConfigError as error:
        raise InputError(f"{where}: {error}") from None


def _check(row: Mapping[str, Any], one: EvaluationSet, where: str) -> None:
    """Raises InputError where the first row lacks a field."""
    for field in (*one.fields, *filter(None, (one.id, one.language_field))):
        if field not in row and field.split(".")[0] not in row:
            shown = ", ".join(one_line(str(name), limit=40) for name in list(row)[:12])
            raise InputError(
                f"evaluation set {one.name!r}: {where}: there is no field {field!r} (there are: {shown}); "
                f"{nearest(field, map(str, row))}"
            )


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value: itself, or those of a list."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        if text.strip():
            yield text.strip()
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _at(row: Mapping[str, Any], path: str) -> Any:
    """What stands at a path; in a list of objects, what stands there in each."""
    if path in row:
        return row[path]
    value: Any = row
    for name in path.split("."):
        if isinstance(value, list):
            value = [each.get(name) for each in value if isinstance(each, Mapping)]
        elif isinstance(value, Mapping):
            value = value.get(name)
        else:
            return None
    return value


def _glob_base(path: Path) -> tuple[Path, str]:
    wild = next(place for place, part in enumerate(path.parts) if _WILDCARDS & set(part))
    return Path(*path.parts[:wild]), "/".join(path.parts[wild:])


def _kind(path: Path) -> str | None:
    """The file name extension that determines the format, None for files that are not read."""
    name = path.name.lower()
    for ending in _COMPRESSED:
        name = name.removesuffix(ending)
    return next((ending for ending in _ENDINGS if name.endswith(ending)), None)


def _rows(path: Path, *, head: bool) -> Iterator[Mapping[str, Any]]:
    """The rows of a file, each with the names of its fields. Raises InputError."""
    kind = _kind(path)
    try:
        if kind in (".parquet", ".pq"):
            yield from _batch_rows(pq.ParquetFile(path).iter_batches(batch_size=1024, use_threads=False))
        elif kind == ".arrow":
            yield from _batch_rows(_arrow_batches(path))
        else:
            yield from _text_rows(path, kind, head=head)
    except (OSError, EOFError, pa.ArrowException, zstandard.ZstdError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read: {one_line(str(error), limit=120)}") from None


def _batch_rows(batches: Iterable[pa.RecordBatch]) -> Iterator[Mapping[str, Any]]:
    for batch in batches:
        yield from batch.to_pylist()


def _arrow_batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Of the file format, or of the stream format, which `datasets` saves."""
    with pa.memory_map(str(path)) as file:
        is_file = file.read(6) == b"ARROW1"
        file.seek(0)
        if is_file:
            reader = pa.ipc.open_file(file)
            yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
        else:
            yield from pa.ipc.open_stream(file)


def _text_rows(path: Path, kind: str | None, *, head: bool) -> Iterator[Mapping[str, Any]]:
    text = _content(path).decode("utf-8-sig")
    if kind in (".csv", ".tsv"):
        yield from _delimited(text, tab=kind == ".tsv", head=head)
        return
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if kind in (".jsonl", ".ndjson"):
            if line.strip():
                yield _object(line, f"{path}: line {number + 1}")
        elif line.strip() or number < len(lines) - 1:  # an empty line is a row, so that numbers are those of lines
            yield {"text": line}


def _delimited(text: str, *, tab: bool, head: bool) -> Iterator[Mapping[str, Any]]:
    csv.field_size_limit(_MOST_BYTES)
    lines = io.StringIO(text, newline="")
    reader: Iterator[Sequence[str]] = (
        csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if tab else csv.reader(lines)
    )
    names = next(reader, []) if head else None
    for row in reader:
        if row:
            yield dict(zip(names if names is not None else map(str, range(len(row))), row, strict=False))


def _object(line: str, where: str) -> Mapping[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InputError(f"{where}: is no JSON: {error}") from None
    if not isinstance(row, dict):
        raise InputError(f"{where}: is not a JSON object")
    return row


def _content(path: Path) -> bytes:
    """The bytes of a file, decompressed. Raises InputError where they are too many."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        stream: Any = file
        if head.startswith(b"\x1f\x8b"):
            stream = gzip.GzipFile(fileobj=file)
        elif head == b"\x28\xb5\x2f\xfd":
            stream = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        content: bytes = stream.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise InputError(
            f"{path}: is larger than {_MOST_BYTES >> 20} MB when decompressed, the limit for evaluation sets"
        )
    return content
