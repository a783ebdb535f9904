"""A small file of the exact schema of each public corpus, with every field in its place."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from xdata.context import Context
from xdata.errors import InputError
from xdata.readers.corpora import CORPORA
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.records import Document

TEXT = "Watu wote wamezaliwa huru,\nhadhi na haki zao ni sawa."
URL, DATE = "https://mfano.example/ukurasa", "2022-11-27T12:56:25Z"

_OSCAR: dict[str, Any] = {
    "content": TEXT,
    "warc_headers": {
        "warc-identified-content-language": "swa",
        "warc-target-uri": URL,
        "warc-record-id": "<urn:uuid:1>",
        "warc-type": "conversion",
        "content-length": "60",
        "warc-refers-to": "<urn:uuid:2>",
        "warc-block-digest": "sha1:X",
        "warc-date": DATE,
        "content-type": "text/plain",
    },
}

ROWS: dict[str, dict[str, Any]] = {
    "fineweb2": {
        "text": TEXT,
        "id": "<urn:uuid:1>",
        "dump": "CC-MAIN-2022-49",
        "url": URL,
        "date": DATE,
        "file_path": "s3://x",
        "language": "swh",
        "language_score": 0.99,
        "language_script": "Latn",
        "minhash_cluster_size": 3,
        "top_langs": "{}",
    },
    "hplt": {
        "f": "./wide17/1.warc.gz",
        "o": 12,
        "s": 34,
        "rs": 56,
        "u": URL,
        "c": "text/html",
        "ts": DATE,
        "collection": "wide17",
        "lang": ["swh_Latn", "kin_Latn"],
        "prob": [0.98, 0.01],
        "text": TEXT,
        "seg_langs": ["swh_Latn", "swh_Latn"],
        "robotstxt": "allowed",
        "id": "f00",
        "filter": "keep",
        "pii": [[1, 2]],
        "doc_scores": [7.5, 10.0],
    },
    "oscar2201": {
        **_OSCAR,
        "metadata": {
            "identification": {"label": "sw", "prob": 0.9},
            "annotation": ["short_sentences"],
            "sentence_identifications": [{"label": "sw", "prob": 0.9}, None],
        },
    },
    "oscar2301": {
        **_OSCAR,
        "metadata": {
            "identification": {"label": "sw", "prob": 0.9},
            "harmful_pp": 267.7,
            "tlsh": "tlsh:X",
            "quality_warnings": None,
            "categories": None,
            "sentence_identifications": [{"label": "sw", "prob": 0.9}, None],
        },
    },
    "mc4": {"text": TEXT, "timestamp": DATE, "url": URL},
    "culturax": {"text": TEXT, "timestamp": DATE, "url": URL, "source": "mC4"},
    "madlad": {"text": TEXT.replace("\n", "\\n")},
    "glotcc": {"content": TEXT, "warc-target-uri": URL, "warc-date": DATE, "content-length": "60"},
    "wikipedia": {"id": "7", "url": URL, "title": "Haki", "text": TEXT},
    "datatrove": {"text": TEXT, "id": "crawl/7", "metadata": {"url": URL, "date": DATE, "language": "en", "dump": "x"}},
}
_DECLARED = {"mc4", "culturax", "madlad", "glotcc", "wikipedia", "datatrove"}
"""Corpora whose rows do not say their language, or not reliably."""


def _write(folder: Path, row: dict[str, Any], name: str) -> None:
    lines = json.dumps(row).encode() + b"\n"
    path = folder / name
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist([row]), path)
    elif name.endswith(".gz"):
        path.write_bytes(gzip.compress(lines))
    else:
        path.write_bytes(zstandard.ZstdCompressor().compress(lines))


def _read(folder: Path, corpus: str) -> list[Document]:
    language = "swh_Latn" if corpus in _DECLARED else None
    source = Source(name="s", root=str(folder), patterns=(".",), reader=corpus, language=language, license="CC0-1.0")
    reader = Files(sources=(source,))
    read = reader.open(Context())
    pieces = [piece for part in reader.plan(reader.list_files().files, {}) for piece in part]
    return [item for piece in pieces for item in read(piece) if isinstance(item, Document)]


def test_every_corpus_has_a_row_here() -> None:
    assert set(ROWS) == set(CORPORA)


@pytest.mark.parametrize("name", ["a.jsonl.zst", "c4-sw.tfrecord-00000-of-00001.json.gz", "a.parquet"])
@pytest.mark.parametrize("corpus", CORPORA)
def test_every_field_is_in_its_place(tmp_path: Path, corpus: str, name: str) -> None:
    _write(tmp_path, ROWS[corpus], name)
    (document,) = _read(tmp_path, corpus)
    has_url = corpus != "madlad"
    assert document.text == TEXT
    assert document.url == (URL if has_url else None)
    assert document.date == (DATE if has_url and corpus != "wikipedia" else None)
    assert document.language == "swh_Latn"
    assert (document.license, document.domain, document.error) == ("CC0-1.0", None, None)


@pytest.mark.parametrize("corpus", CORPORA)
def test_another_schema_is_refused_by_the_name_of_the_field(tmp_path: Path, corpus: str) -> None:
    for field in CORPORA[corpus].layout.marks:
        row = {name: value for name, value in ROWS[corpus].items() if name != field}
        _write(tmp_path, row | {"other": "x"}, "a.jsonl.zst")
        with pytest.raises(InputError, match=rf"there is no field '{field}'"):
            _read(tmp_path, corpus)


def test_a_name_given_for_a_field_overrides_that_of_the_corpus(tmp_path: Path) -> None:
    _write(tmp_path, ROWS["culturax"], "a.parquet")
    fields = {"domain": "source", "url": "timestamp"}
    source = Source(name="s", root=str(tmp_path), patterns=(".",), reader="culturax", fields=fields)
    reader = Files(sources=(source,))
    (part,) = reader.plan(reader.list_files().files, {})
    (document,) = reader.open(Context())(part[0])
    assert isinstance(document, Document)
    assert (document.domain, document.url, document.text) == ("mC4", DATE, TEXT)


def test_rows_may_state_their_own_license_and_domain(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"text": "a", "meta": {"license": "CC-BY-4.0", "topic": "health"}},
        {"text": "b", "meta": {"license": None}},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    fields = {"license": "meta.license", "domain": "meta.topic"}
    source = Source(name="s", root=str(tmp_path), patterns=(".",), fields=fields, license="CC0-1.0", domain="news")
    reader = Files(sources=(source,))
    (part,) = reader.plan(reader.list_files().files, {})
    documents = [item for item in reader.open(Context())(part[0]) if isinstance(item, Document)]
    assert [(document.license, document.domain) for document in documents] == [
        ("CC-BY-4.0", "health"),
        ("CC0-1.0", "news"),
    ]


@pytest.mark.parametrize("name", ["a.jsonl.zst", "a.parquet"])
@pytest.mark.parametrize(
    ("corpus", "field", "value", "error"),
    [
        ("oscar2201", "annotation", ["tiny", "noisy"], "tagged_noisy"),
        ("oscar2201", "annotation", ["noisy", "header"], "tagged_header"),
        ("oscar2201", "annotation", ["tiny"], None),
        ("oscar2201", "annotation", None, None),
        ("oscar2301", "quality_warnings", ["header"], "tagged_header"),
        ("oscar2301", "categories", ["adult"], "tagged_adult"),
    ],
)
def test_documents_with_an_excluded_tag_are_with_error(
    tmp_path: Path, name: str, corpus: str, field: str, value: list[str] | None, error: str | None
) -> None:
    row = ROWS[corpus] | {"metadata": ROWS[corpus]["metadata"] | {field: value}}
    _write(tmp_path, row, name)
    tags = ("header", "noisy", "adult")
    source = Source(name="s", root=str(tmp_path), patterns=(".",), reader=corpus, exclude_tags=tags)
    reader = Files(sources=(source,))
    (part,) = reader.plan(reader.list_files().files, {})
    (document,) = reader.open(Context())(part[0])
    assert isinstance(document, Document)
    assert (document.error, document.text) == (error, TEXT)
    untold = source.model_copy(update={"exclude_tags": ()})
    (document,) = Files(sources=(untold,)).open(Context())(part[0])
    assert isinstance(document, Document)
    assert document.error is None


def test_any_rows_may_have_tags(tmp_path: Path) -> None:
    rows = [{"text": "a", "meta": {"flag": "බැහැර"}}, {"text": "b", "meta": {"flag": "spam"}}, {"text": "c"}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    source = Source(name="s", root=str(tmp_path), patterns=(".",), fields={"tags": "meta.flag"}, exclude_tags=("spam",))
    reader = Files(sources=(source,))
    (part,) = reader.plan(reader.list_files().files, {})
    found = [item.error for item in reader.open(Context())(part[0]) if isinstance(item, Document)]
    assert found == [None, "tagged_spam", None]


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"reader": "mc4"}, "its documents have no tags that are known"),
        ({}, "its documents have no tags that are known"),
        ({"reader": "oscar2201", "exclude_tags": ("no tag!",)}, "'no tag!' is not a tag"),
    ],
)
def test_tags_that_cannot_be_found_are_refused(facts: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Source(**{"name": "s", "root": "/data", "patterns": (".",), "exclude_tags": ("noisy",), **facts})


@pytest.mark.parametrize("name", ["a.jsonl.zst", "a.parquet"])
def test_columns_of_a_corpus_are_kept_beside_its_fields(tmp_path: Path, name: str) -> None:
    _write(tmp_path, ROWS["fineweb2"], name)
    keep = {"*": "*", "language_score": "their_score", "minhash_cluster_size": "their_size"}
    source = Source(name="s", root=str(tmp_path), patterns=(".",), reader="fineweb2", id="id", keep=keep)
    (part,) = Files(sources=(source,)).plan(Files(sources=(source,)).list_files().files, {})
    (document,) = (item for item in Files(sources=(source,)).open(Context())(part[0]) if isinstance(item, Document))
    assert document.original_id == "<urn:uuid:1>"
    assert json.loads(document.kept or b"") == {
        "dump": "CC-MAIN-2022-49",
        "file_path": "s3://x",
        "their_score": 0.99,
        "their_size": 3,
        "top_langs": "{}",
    }
