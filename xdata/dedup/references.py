"""Documents of other corpora, by their signatures alone: what is a copy of one of them does not come in.

An output that was built with `index: true` has its signatures in `index/*.parquet`: of each kept document its id, the
hash of its text, its n-grams and the bands of its MinHash, a row group a language and part. No text is read again. A
file states the parameters of its signatures; signatures with other parameters are rejected.

A document of one is referred to by its id and the place of its corpus among those that the step names, from 0. Where a
corpus lies is no part of this, so the same corpora elsewhere make the same output.
"""

import json
import os
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xdata.context import Context
from xdata.dedup.minhash import MinHash
from xdata.dedup.order import Numbers
from xdata.dedup.preference import KNOWN, PreferenceCluster
from xdata.errors import ConfigError, InputError, one_line
from xdata.records import DATE, EARLIER, ID, INDEXED, LANGUAGE, SOURCE, TEXT_BYTES
from xdata.references import FileRef
from xdata.step import ClusterColumns, ReferenceMatches, Step, Survivors

FOLDER = "index"
"""Of an output folder."""
VERSION = 2
"""Of the files and of the hash of texts; another one is another way to write them."""
_ABOUT = b"xdata.index"


class CorpusRef(FileRef):
    """A reference corpus: an output folder with an index, or the index of one."""

    def files(self) -> tuple[Path, ...]:
        """The files of its index. Raises ConfigError for a folder that does not exist, or has no index."""
        if not self.path.is_dir():
            raise ConfigError(f"{self}: there is no such folder")
        folder = self.path / FOLDER if (self.path / FOLDER).is_dir() else self.path
        files = tuple(sorted(folder.glob("*.parquet")))
        if not files:
            raise ConfigError(f"{self}: has no index: build it with --set dedup.index=true")
        return files


def index_schema(steps: Iterable[Step]) -> pa.Schema:
    """Schema of the files of an index that has the signatures which some steps add, MinHash among them."""
    signing = [step for step in steps if not step.adds().keys().isdisjoint(INDEXED)]
    minhash = next(step for step in signing if isinstance(step, MinHash))
    kinds = {path: kind for step in signing for path, kind in step.adds().items()}
    fields = [pa.field(ID, pa.string(), nullable=False), pa.field(LANGUAGE, pa.string(), nullable=False)]
    fields += [pa.field(column_of(path), kinds[path]) for path in INDEXED]
    return pa.schema(fields, metadata={_ABOUT: json.dumps(_about(minhash), sort_keys=True)})


def column_of(path: str) -> str:
    """Name of the column of an index that has a signature: the last part of its path."""
    return path.split(".")[-1]


def check_indexes(corpora: Sequence[CorpusRef], minhash: MinHash | None = None) -> None:
    """Raises ConfigError for what is no index, and for one whose signatures were made otherwise, InputError for a
    damaged one.
    """
    files = [file for corpus in corpora for file in corpus.files()]
    if len({os.path.realpath(path) for path in files}) < len(files):
        raise ConfigError(f"reference_corpora: one corpus is given twice: {', '.join(map(str, corpora))}")
    for path in files:
        metadata = _open(path).schema_arrow.metadata or {}
        if _ABOUT not in metadata:
            raise ConfigError(f"{path}: is not an index of xdata")
        about = json.loads(metadata[_ABOUT])
        own = {"index version": VERSION} if minhash is None else _about(minhash)
        for name, value in own.items():
            if about.get(name) != value:
                raise ConfigError(
                    f"{path}: its signatures were made with {name} {about.get(name)}, those of this recipe with "
                    f"{value}: build that corpus again, with --set dedup.index=true"
                )


def reference_remarks(corpora: Sequence[CorpusRef]) -> list[str]:
    """What users should know of the corpora whose documents were dropped."""
    sizes = [(corpus.path.name, sum(_open(path).metadata.num_rows for path in corpus.files())) for corpus in corpora]
    return [f"documents of the reference corpus {name} ({num:,} texts in its index) are dropped" for name, num in sizes]


def _about(minhash: MinHash) -> dict[str, Any]:
    """How signatures are made."""
    options = minhash.identity()
    return {"index version": VERSION, "minhash version": minhash.version} | {
        name: options[name] for name in ("num_bands", "num_rows", "ngram", "seed")
    }


@dataclass(frozen=True)
class _Group:
    """The documents of one language in one row group of an index."""

    path: Path
    row_group: int
    num_rows: int
    corpus: int
    """Place of the corpus among those that the step names."""


class WithReferences:
    """Columns of the documents of a language, and behind them those of other corpora that are in its language.

    To preference, the others come behind what this corpus published, and before what is new in it.
    """

    def __init__(self, columns: ClusterColumns, corpora: Sequence[CorpusRef]) -> None:
        self._columns = columns
        self._groups = [
            group
            for number, corpus in enumerate(corpora)
            for path in corpus.files()
            for group in _groups(path, columns.language, corpus=number)
        ]
        self.num_own = columns.num_rows
        self.num_rows = columns.num_rows + sum(group.num_rows for group in self._groups)

    @property
    def language(self) -> str:
        return self._columns.language

    @property
    def totals(self) -> Mapping[str, int]:
        return self._columns.totals

    @property
    def scratch(self) -> Path:
        return self._columns.scratch

    def read(self, path: str, *, rows: npt.NDArray[np.int64] | None = None) -> pa.ChunkedArray:
        """One column of all rows, or of `rows` (ascending)."""
        own = self._columns.read(path, rows=None if rows is None else rows[rows < self.num_own])
        chunks, begin = list(own.chunks), self.num_own
        for group in self._groups:
            end = begin + group.num_rows
            if rows is None:
                chunks += self._column(group, path).chunks
            else:
                first, last = np.searchsorted(rows, [begin, end])
                if first < last:
                    chunks += self._column(group, path).take(pa.array(rows[first:last] - begin)).chunks
            begin = end
        return pa.chunked_array(chunks, type=own.type)

    def pieces(self, paths: Collection[str]) -> Iterator[pa.Table]:
        """Some columns, piece by piece, in order."""
        yield from self._columns.pieces(paths)
        for group in self._groups:
            yield pa.table({path: self._column(group, path) for path in sorted(paths)})

    def survivors(self, rows: npt.NDArray[np.integer[Any]]) -> Survivors:
        """The survivors of the documents of the language, from the rows of those of all, which are changed."""
        own = rows[: self.num_own]
        gone = np.flatnonzero(own >= self.num_own)
        if not len(gone):
            return Survivors(own)
        found, numbers = np.unique(own[gone], return_inverse=True)
        own[gone] = gone
        ends = self.num_own + np.cumsum([group.num_rows for group in self._groups])
        corpora = np.array([group.corpus for group in self._groups], dtype=np.int32)
        ids = self.read(ID, rows=found.astype(np.int64)).combine_chunks()
        numbers = numbers.reshape(-1)
        return Survivors(
            own,
            ReferenceMatches(
                rows=gone,
                ids=pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), ids),
                corpora=corpora[np.searchsorted(ends, found, side="right")][numbers],
            ),
        )

    def _column(self, group: _Group, path: str) -> pa.ChunkedArray:
        if path in (ID, *INDEXED):
            name = column_of(path)
            try:
                return _open(group.path).read_row_group(group.row_group, columns=[name], use_threads=False)[name]
            except (pa.ArrowException, OSError) as error:
                raise InputError(f"{group.path}: cannot be read: {one_line(str(error), limit=120)}") from None
        return pa.chunked_array([self._nothing(path, group.num_rows)])

    def _nothing(self, path: str, num: int) -> pa.Array:
        """What documents of other corpora have in a column that no index has."""
        if path == EARLIER:
            return pa.array(np.full(num, KNOWN, dtype=np.int32))
        if path == TEXT_BYTES:
            return pa.array(np.zeros(num, dtype=np.int64))
        return pa.nulls(num, pa.string() if path in (SOURCE, DATE) else pa.float32())


class ReferenceCluster(PreferenceCluster):
    """Base of steps that drop documents for those of reference corpora too, by their signatures."""

    references: tuple[CorpusRef, ...] = ()
    """Reference corpora: output folders with an index, or indexes. A document that is a copy of one of theirs is
    dropped, and refers to it."""

    def reference_corpora(self) -> Sequence[str]:
        return [str(corpus) for corpus in self.references]

    def minhash_of_references(self) -> MinHash | None:
        """How the signatures of the reference corpora must have been made; None where no MinHash is compared."""
        return None

    def resources(self) -> tuple[Path, ...]:
        """Raises ConfigError, InputError for references that are no indexes, or made otherwise."""
        check_indexes(self.references, self.minhash_of_references())
        return super().resources()

    @abstractmethod
    def survivors(self, columns: WithReferences) -> Numbers:
        """Row of the survivor of each row; rows from `num_own` on are of reference corpora and stay."""

    def open(self, context: Context) -> Callable[[ClusterColumns], Survivors]:
        def cluster(columns: ClusterColumns) -> Survivors:
            both = WithReferences(columns, self.references)
            return both.survivors(self.survivors(both))

        return cluster


def _groups(path: Path, language: str, *, corpus: int) -> Iterator[_Group]:
    file = _open(path)
    column = file.schema_arrow.names.index(LANGUAGE)
    for number in range(file.metadata.num_row_groups):
        row_group = file.metadata.row_group(number)
        if row_group.num_rows:
            statistics = row_group.column(column).statistics
            if statistics is None or not statistics.has_min_max:
                languages = set(pc.unique(file.read_row_group(number, columns=[LANGUAGE])[LANGUAGE]).to_pylist())
            else:
                languages = {statistics.min, statistics.max}
            if languages == {language}:
                yield _Group(path, number, row_group.num_rows, corpus)


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: cannot be read: {one_line(str(error), limit=120)}") from None
