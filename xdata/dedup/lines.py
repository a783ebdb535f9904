"""Boilerplate: documents that consist mostly of lines that many documents of the same site share.

Menus, cookie notes, lists of other articles and pages that are one form filled in again and again are the same lines
all over a site, whatever the language. A line is compared by the hash of its tokens (no case, digits as digits, any
white space), and only with lines of its own site: text that many sites share is not boilerplate of any of them.

The score stores each distinct line of a document once, so a line is in as many documents as its hash is in the
column. The hashes of a language are sorted once: for each distinct line of each document the columns take 12 bytes of
memory and the sort 10 more (measured on ten million lines).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from xdata.context import Context
from xdata.step import ClusterColumns, Columns, Drops, Sample, Score
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes, mix
from xdata.text.hosts import hash_name, site_of
from xdata.text.spans import Ints, cumulated

SITE = "signatures.site"
LINE_HASHES = "signatures.line_hashes"
LINE_SIZES = "signatures.line_sizes"

_ROWS_AT_A_TIME = 1 << 16


class LineHashes(Score):
    """Adds hashes of the lines of a document and its site; all null for a document without the URL of a host.

    `signatures.site` (uint64) is the hash of the URL's host, `www.` left out; `signatures.line_hashes` (list of
    uint64) has the hash of each distinct line together with the site; `signatures.line_sizes` (list of uint32) the
    code points that the document has in this line, however often it is repeated. White space around lines, and lines
    of nothing else, do not count.
    """

    kind: Literal["dedup.line_hashes"] = "dedup.line_hashes"
    libraries = ("xxhash",)

    def adds(self) -> Mapping[str, pa.DataType]:
        return {SITE: pa.uint64(), LINE_HASHES: pa.list_(pa.uint64()), LINE_SIZES: pa.list_(pa.uint32())}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        def score(analyses: Analyses) -> Columns:
            sites, unknown = hash_sites(analyses.urls)
            hashes, sizes, bounds = distinct_lines(analyses, sites, unknown)
            return {
                SITE: pa.array(sites, pa.uint64(), mask=unknown),
                LINE_HASHES: _lists(pa.array(hashes, pa.uint64()), bounds, unknown),
                LINE_SIZES: _lists(pa.array(sizes, pa.uint32()), bounds, unknown),
            }

        return score


def hash_sites(urls: Sequence[str | None]) -> tuple[Hashes, npt.NDArray[np.bool_]]:
    """(hash of the site of each URL, which of them have none)."""
    sites = [site_of(url) for url in urls]
    hashes = np.fromiter((hash_name(site) if site else 0 for site in sites), np.uint64, len(sites))
    return hashes, np.array([not site for site in sites], dtype=bool)


def distinct_lines(analyses: Analyses, sites: Hashes, unknown: npt.NDArray[np.bool_]) -> tuple[Hashes, Ints, Ints]:
    """(hash of each distinct line with its site, its code points in the text, where the lines of each text begin).

    Lines of a text are in order of hash; texts of unknown sites have none.
    """
    texts = analyses.lines.texts
    wanted = ~unknown[texts]
    texts, lengths = texts[wanted], analyses.lines.lengths[wanted]
    hashes = mix(analyses.line_hashes[wanted] + sites[texts])
    order = np.lexsort((hashes, texts))
    hashes, texts = hashes[order], texts[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (hashes[1:] != hashes[:-1]) | (texts[1:] != texts[:-1])
    sizes = np.diff(cumulated(lengths[order])[np.append(np.flatnonzero(begins), len(order))])
    return hashes[begins], sizes, cumulated(np.bincount(texts[begins], minlength=len(analyses)))


def _lists(values: pa.Array, bounds: Ints, unknown: npt.NDArray[np.bool_]) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), values, mask=pa.array(unknown))


class Boilerplate(Sample):
    """Drops documents that consist mostly of lines that many documents of the same site share (`boilerplate`).

    A line is boilerplate when at least `min_documents` kept documents of its language and site have it, and at least
    `min_site_share` of them: ten, since that many pages do not come to the same line by chance, and a fiftieth,
    since in a site of a hundred thousand pages they do (captions, bylines, refrains). The value is the share of the
    document's code points that are in such lines, in [0, 1].

    Copies of one page make all of its lines boilerplate: let the stages that look for duplicates come before. A
    document without the URL of a host stays.
    """

    kind: Literal["dedup.boilerplate"] = "dedup.boilerplate"
    reason: ClassVar[str] = "boilerplate"

    max_share: float = Field(default=0.5, ge=0, le=1)
    """Largest share of the code points of a document in boilerplate lines."""
    min_documents: int = Field(default=10, ge=2)
    """Smallest number of documents of a site that have a boilerplate line."""
    min_site_share: float = Field(default=0.02, ge=0, le=1)
    """Smallest share of the documents of a site that have a boilerplate line."""

    def reads(self) -> frozenset[str]:
        return frozenset({SITE, LINE_HASHES, LINE_SIZES})

    def open(self, context: Context) -> Callable[[ClusterColumns], Drops]:
        def select(columns: ClusterColumns) -> Drops:
            shares = boilerplate_shares(columns, min_documents=self.min_documents, min_site_share=self.min_site_share)
            rows = np.flatnonzero(shares > self.max_share)
            return Drops(rows.tolist(), [self.reason] * len(rows), shares[rows].tolist(), [self.max_share] * len(rows))

        return select


def boilerplate_shares(
    columns: ClusterColumns, *, min_documents: int, min_site_share: float
) -> npt.NDArray[np.float64]:
    """Share of the code points of each row that are in lines of many rows of its site; 0 without lines."""
    shares = np.zeros(columns.num_rows)
    hashes = columns.read(LINE_HASHES)
    common, counts = repeated(hashes, least=min_documents)
    if not len(common):
        return shares
    sizes = columns.read(LINE_SIZES)
    needed = min_site_share * _documents_of_site(columns)
    for start in range(0, len(shares), _ROWS_AT_A_TIME):
        rows = slice(start, start + _ROWS_AT_A_TIME)
        lines, bounds = _flat(hashes.slice(start, _ROWS_AT_A_TIME), np.uint64)
        num_points, _ = _flat(sizes.slice(start, _ROWS_AT_A_TIME), np.int64)
        places = np.minimum(np.searchsorted(common, lines), len(common) - 1)
        many = (common[places] == lines) & (counts[places] >= np.repeat(needed[rows], np.diff(bounds)))
        totals = np.diff(cumulated(num_points)[bounds])
        shares[rows] = np.diff(cumulated(num_points * many)[bounds]) / np.maximum(totals, 1)
    return shares


def repeated(lists: pa.ChunkedArray, *, least: int) -> tuple[Hashes, Ints]:
    """(hashes that are in at least `least` of the lists, ascending; in how many). No list has a hash twice."""
    hashes, _ = _flat(lists, np.uint64)
    hashes.sort()
    first = hashes[: len(hashes) - least + 1] if len(hashes) >= least else hashes[:0]
    common = np.unique(first[first == hashes[least - 1 :][: len(first)]])
    return common, np.searchsorted(hashes, common, side="right") - np.searchsorted(hashes, common)


def _documents_of_site(columns: ClusterColumns) -> Ints:
    """How many rows are of the site of each row; rows without a site are of one."""
    sites = pc.fill_null(columns.read(SITE), pa.scalar(0, pa.uint64())).to_numpy()
    _, numbers, counts = np.unique(sites, return_inverse=True, return_counts=True)
    return counts[numbers.reshape(-1)]


def _flat(lists: pa.ChunkedArray, kind: npt.DTypeLike) -> tuple[npt.NDArray[Any], Ints]:
    """(the values of all lists, where those of each begin); null is a list of nothing."""
    values = [chunk.flatten().to_numpy() for chunk in lists.chunks]
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    return np.concatenate([np.empty(0, kind), *values], dtype=kind), cumulated(lengths)
