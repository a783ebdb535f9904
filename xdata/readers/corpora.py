"""How public corpora lay out their documents: the names that `reader:` of a source may give beside file formats.

Field lists are those that the corpora publish. A license or a domain is never taken from here: what a corpus is
licensed under is for the user to say in a `sources.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from xdata.formats.layout import Layout


@dataclass(frozen=True)
class Corpus:
    """One public corpus."""

    title: str
    formats: tuple[str, ...]
    """Formats that its files come in."""
    layout: Layout


_OSCAR = {
    "text": "content",
    "url": "warc_headers.warc-target-uri",
    "date": "warc_headers.warc-date",
    "language": "metadata.identification.label",
}


def _corpus(
    title: str,
    formats: tuple[str, ...],
    paths: Mapping[str, str],
    *,
    marks: tuple[str, ...],
    script: str | None = None,
    escaped: bool = False,
    tags: tuple[str, ...] = (),
    id: str | None = None,
) -> Corpus:
    rows = Layout(paths, ("text",), script=script, escaped=escaped, corpus=title, marks=marks, tags=tags, id=id)
    return Corpus(title, formats, rows)


CORPORA: dict[str, Corpus] = {
    "fineweb2": _corpus(
        "FineWeb-2",
        ("parquet", "jsonl"),
        {"text": "text", "url": "url", "date": "date", "language": "language"},
        script="language_script",
        marks=("id", "dump", "url", "date", "language", "language_score", "language_script"),
    ),
    "hplt": _corpus(
        "HPLT 2 and 3",
        ("jsonl", "parquet"),
        {"text": "text", "url": "u", "date": "ts", "language": "lang.0"},
        marks=("f", "o", "s", "u", "ts", "lang", "prob", "id"),
    ),
    "oscar2201": _corpus(
        "OSCAR 22.01",
        ("jsonl", "parquet"),
        _OSCAR,
        marks=("content", "warc_headers", "metadata"),
        tags=("metadata.annotation",),
    ),
    "oscar2301": _corpus(
        "OSCAR 23.01",
        ("jsonl", "parquet"),
        _OSCAR,
        marks=("content", "warc_headers", "metadata"),
        tags=("metadata.quality_warnings", "metadata.categories"),
    ),
    "mc4": _corpus(
        "mC4",
        ("jsonl", "parquet"),
        {"text": "text", "url": "url", "date": "timestamp"},
        marks=("text", "timestamp", "url"),
    ),
    "culturax": _corpus(
        "CulturaX",
        ("parquet", "jsonl"),
        {"text": "text", "url": "url", "date": "timestamp"},
        marks=("text", "timestamp", "url", "source"),
    ),
    "madlad": _corpus("MADLAD-400", ("jsonl", "parquet"), {"text": "text"}, escaped=True, marks=("text",)),
    "glotcc": _corpus(
        "GlotCC",
        ("parquet", "jsonl"),
        {"text": "content", "url": "warc-target-uri", "date": "warc-date"},
        marks=("content",),
    ),
    "wikipedia": _corpus(
        "Wikipedia",
        ("parquet", "jsonl"),
        {"text": "text", "url": "url"},
        marks=("id", "url", "title", "text"),
    ),
    "datatrove": _corpus(
        "datatrove",
        ("jsonl", "parquet"),
        {name: f"metadata.{name}" for name in ("url", "date", "license", "domain")} | {"text": "text"},
        marks=("text", "id"),
        id="id",
    ),
}
"""Name -> corpus. mC4, CulturaX, MADLAD, GlotCC and Wikipedia have one language a folder: the source declares it.
Documents of datatrove (text, id, metadata) may have one of its identifier, which `fields: {language:
metadata.language}` takes over; without it, xdata identifies them."""


def has_tags(corpus: str | None) -> bool:
    """Whether documents of a corpus of that name have tags."""
    return corpus in CORPORA and bool(CORPORA[corpus].layout.tags)
