"""`Output`: an output folder as Python reads it. Data, ledger, rejects, one record explained, and whether it is whole.

Everything comes from the manifest and the files that it lists; no other file is opened. What is large is read lazily
(`records`), or by columns and filters (`table`, `ledger`, `rejects`): a crawl's ledger need not fit into memory.
"""

import csv
import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from xdata.errors import CheckError, InputError, ResourceError, counted, install_command, nearest
from xdata.formats.table import datasets_options, format_of, output_of
from xdata.output.check import check
from xdata.output.explain import Life, explain, find, identities_of
from xdata.output.manifest import FileFacts, LanguageFacts, Manifest, ShardName
from xdata.output.report import REPORT
from xdata.records import DECISION, LANGUAGE, REASONS

if TYPE_CHECKING:
    import datasets
    import pandas as pd

_BUILDERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "parquet": ("parquet", {}),
    "jsonl": ("json", {}),
    "csv": ("csv", {}),
    "tsv": ("csv", {"sep": "\t", "quoting": csv.QUOTE_NONE}),
}
"""Format of shards -> the builder of `datasets` that reads them, and its options."""
_FEW: Mapping[str, int] = {"batch_size": 4096, "batch_readahead": 2, "fragment_readahead": 1}
"""How many rows are held beside those that are selected."""
_SHOWN_LANGUAGES = 20
"""Languages that a notebook shows."""


@dataclass(frozen=True)
class Explanation:
    """What became of the records of one id, from input to output.

    `print(explanation)` shows what `xdata explain` prints; `to_dict()` has the facts.

    Attributes:
        id: The id that was asked for: a record's, or the `original_id` of one or more records.
        lines: The explanation in words, one line each.
        lives: The facts of each record that has the id.
    """

    id: str
    lines: tuple[str, ...]
    lives: tuple[Life, ...]

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def __repr__(self) -> str:
        return f"<Explanation of {self.id}: {', '.join(life.ledger[DECISION] for life in self.lives)}>"

    def to_dict(self) -> dict[str, Any]:
        """The facts as dicts, lists, numbers and strings.

        Returns:
            `{"id": …, "records": […]}`; a record has its row of the ledger (`ledger`: origin, language, scores,
            decision, reasons), its text, the file that holds it, and the ids of related records.
        """
        return {"id": self.id, "records": [asdict(life) for life in self.lives]}


@dataclass(frozen=True, repr=False)
class Output:
    """An output folder: what `xdata.build` returns and `xdata.load` opens.

    An `Output` can stand wherever a path can, as in `xdata.build(…, inputs=output)`.

    Attributes:
        path: The folder.
        manifest: Everything in `manifest.json`: sources, stages with their counts, languages, files, warnings.

    Example:
        >>> output = xdata.load("corpus")
        >>> output.configs
        ('mlt_Latn', 'swh_Latn')
        >>> text = next(output.records("swh_Latn"))["text"]
    """

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: Path) -> "Output":
        """The output in a folder. Raises CheckError where it has no manifest."""
        folder = path.expanduser().resolve()
        return cls(folder, Manifest.read(folder))

    def __fspath__(self) -> str:
        return str(self.path)

    @property
    def configs(self) -> tuple[str, ...]:
        """Configs of the data, sorted: one for each language, or `default`; sentences are `<config>-sentences`."""
        return tuple(sorted(self._shards))

    @property
    def splits(self) -> dict[str, tuple[str, ...]]:
        """Config -> its splits, sorted."""
        return {config: tuple(sorted(self._shards[config])) for config in self.configs}

    @property
    def num_records(self) -> int:
        """Number of records of the data, in all configs but those of sentences."""
        return sum(facts.num_rows for facts in self.manifest.languages.values())

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is probably not as intended, one line each; the run printed the same lines."""
        return tuple(self.manifest.warnings)

    @property
    def report(self) -> Path:
        """The report: one HTML file that needs no network."""
        return self.path / REPORT

    def files(self, config: str | None = None, split: str | None = None) -> list[Path]:
        """The files of the data, in order: shards of one config and split, or of all.

        Args:
            config: A config of `configs`; all where it is None.
            split: A split of that config, such as `train`; all where it is None.

        Returns:
            Absolute paths. Their concatenation is the data in its order.

        Raises:
            InputError: The output has no such config or split.
        """
        shards = self._shards
        if config is not None and config not in shards:
            raise InputError(f"{self.path}: has no config {config!r}: {nearest(config, shards)}")
        names = sorted(shards) if config is None else [config]
        splits = {name for each in names for name in shards[each]}
        if split is not None and split not in splits:
            raise InputError(f"{self.path}: has no split {split!r}: {nearest(split, splits)}")
        return [
            self.path / path
            for name in names
            for each in sorted(shards[name])
            if split in (None, each)
            for path in sorted(shards[name][each])
        ]

    def records(
        self, config: str | None = None, *, split: str | None = None, columns: Sequence[str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """The records of the data as dicts, one after the other.

        Records are read lazily, some hundred at a time, so memory does not grow with the data.

        Args:
            config: A config of `configs`; all, one after the other, where it is None.
            split: A split of that config; all where it is None.
            columns: Columns to read; all where it is None. A record lacks none: absent values are None.

        Returns:
            An iterator over dicts, column -> value, in the order of the data.

        Raises:
            InputError: The output has no such config or split.
            CheckError: A file is missing or damaged.

        Example:
            >>> for record in output.records("swh_Latn", split="train"):
            ...     text, url = record["text"], record["url"]
        """
        return records_of(self.files(config, split), columns, style=self.manifest.row_style)

    def table(
        self, config: str | None = None, *, split: str | None = None, columns: Sequence[str] | None = None
    ) -> pa.Table:
        """The data as an Arrow table, in memory: about the size of the text that it holds.

        Args:
            config: As of `records`.
            split: As of `records`.
            columns: Columns to read; all where it is None. Without `text`, a table takes some 100 bytes a record.

        Returns:
            A `pyarrow.Table`; `.to_pandas()` makes a DataFrame of it.

        Raises:
            InputError: The output has no such config or split.
            CheckError: A file is missing or damaged.
        """
        return _table(self.files(config, split), columns, self.manifest.row_style)

    def to_pandas(
        self, config: str | None = None, *, split: str | None = None, columns: Sequence[str] | None = None
    ) -> "pd.DataFrame":
        """The data as a pandas DataFrame, in memory.

        Args:
            config: As of `records`.
            split: As of `records`.
            columns: Columns to read; all where it is None.

        Returns:
            A DataFrame with one row for each record.

        Raises:
            InputError: The output has no such config or split.
            CheckError: A file is missing or damaged.
            ResourceError: pandas is not installed.

        Example:
            >>> output.to_pandas("swh_Latn", columns=["id", "url"]).columns.tolist()
            ['id', 'url']
        """
        try:
            import pandas as pd
        except ImportError:
            raise ResourceError("a DataFrame needs the package pandas: pip install pandas") from None
        frame: pd.DataFrame = self.table(config, split=split, columns=columns).to_pandas()
        return frame

    def ledger(
        self,
        *,
        language: str | None = None,
        reason: str | None = None,
        decision: str | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """What happened to every record that was read: origin, language, scores, decision and reasons, without text.

        A row takes about 200 bytes in memory plus 4 for each score: 1 GB holds some three million records. Filters and
        columns are applied while the files are read, and only what they leave is held.

        Args:
            language: Code of a language, such as `swh_Latn`; all where it is None.
            reason: A reason, such as `too_few_words`: only records that were dropped for it, alone or among others.
            decision: `kept` or `dropped`; both where it is None.
            columns: Columns to read; all where it is None.

        Returns:
            A `pyarrow.Table`; `.to_pandas()` makes a DataFrame of it.

        Raises:
            InputError: The ledger has no such column.
            CheckError: A file is missing or damaged.

        Example:
            >>> ledger = output.ledger(columns=["id", "language", "decision", "reasons"]).to_pandas()
            >>> sorted(ledger["decision"].unique())
            ['dropped', 'kept']
        """
        return _selected(
            self._tables("ledger/"), {LANGUAGE: language, DECISION: decision}, reason=reason, columns=columns
        )

    def rejects(
        self,
        *,
        language: str | None = None,
        reason: str | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """The records that were dropped, whole, with their text and all reasons of the stage that dropped them.

        Texts are held in memory: give a language, a reason or columns where much was dropped. The table is empty where
        the recipe keeps no rejects (`rejects=none`).

        Args:
            language: Code of a language, such as `swh_Latn`; all where it is None.
            reason: Only records that were dropped for this reason, alone or among others.
            columns: Columns to read; all where it is None.

        Returns:
            A `pyarrow.Table`; `.to_pandas()` makes a DataFrame of it.

        Raises:
            InputError: The rejects have no such column.
            CheckError: A file is missing or damaged.

        Example:
            >>> output.rejects(language="swh_Latn", reason="too_few_words")["text"].to_pylist()
            ['Watu wote wamezaliwa huru.']
        """
        return _selected(self._tables("rejects/"), {LANGUAGE: language}, reason=reason, columns=columns)

    def explain(self, id: str) -> Explanation:
        """What became of one record, from the file that it was read from to the shard that it is in.

        Args:
            id: The record's id, at least 6 characters from its beginning, or the id that the source gave it
                (`original_id`).

        Returns:
            An `Explanation`, to print or to read as facts.

        Raises:
            InputError: No record has the id.
            CheckError: A file is missing or damaged.

        Example:
            >>> print(output.explain(output.ledger(decision="dropped")["id"][0].as_py()))  # doctest: +ELLIPSIS
            id         ...
        """
        lives = [find(self.path, identity) for identity in identities_of(self.path, id)]
        return Explanation(id, tuple(explain(self.path, id)), tuple(lives))

    def dataset(
        self, config: str | None = None, split: str = "train", *, streaming: bool = False
    ) -> "datasets.Dataset | datasets.IterableDataset":
        """The data as a dataset of Hugging Face's `datasets`.

        Args:
            config: A config of `configs`; all together where it is None.
            split: A split of that config.
            streaming: Whether records are read as they are iterated over, in place of a copy in the cache of
                `datasets`.

        Returns:
            A `datasets.Dataset`, or a `datasets.IterableDataset` with `streaming`.

        Raises:
            InputError: The output has no such config or split.
            ResourceError: `datasets` is not installed.

        Example:
            >>> output.dataset("swh_Latn", streaming=True).take(1)  # doctest: +ELLIPSIS
            IterableDataset(...
        """
        try:
            from datasets import Features, Value, load_dataset
        except ImportError:
            raise ResourceError(f"a dataset needs the package datasets: {install_command('hub')}") from None
        files = self.files(config, split)
        kind = {"parquet": "parquet", "jsonl": "json", "csv": "csv", "tsv": "csv"}[format_of(files[0]).name]
        options = datasets_options(files[0], self.manifest.row_style)
        if options:
            columns = self.manifest.columns["data"]
            options["features"] = Features({str(column["name"]): Value("string") for column in columns})
        paths = {split: list(map(str, files))}
        found: datasets.Dataset = load_dataset(kind, data_files=paths, split=split, streaming=streaming, **options)
        return found

    def check(self) -> list[str]:
        """Whether the folder is what its manifest states: reads every byte of it.

        Returns:
            All problems, one line each: missing, changed or foreign files, counts that do not add up, splits that leak.
            An empty list where there is none.

        Raises:
            CheckError: The folder has no manifest any more.

        Example:
            >>> output.check()
            []
        """
        return check(self.path)

    @property
    def _shards(self) -> dict[str, dict[str, list[str]]]:
        """Config -> split -> paths of its shards under the folder."""
        found: dict[str, dict[str, list[str]]] = {}
        for file in self.manifest.files:
            shard = ShardName.parse(file.path)
            if shard is not None:
                found.setdefault(shard.name, {}).setdefault(shard.split, []).append(file.path)
        return found

    def _tables(self, prefix: str) -> list[Path]:
        return [self.path / file.path for file in self.manifest.files if _is_table(file, prefix)]

    def __repr__(self) -> str:
        configs = len(self.configs)
        warned = f", {counted(len(self.warnings), 'warning')}" if self.warnings else ""
        return (
            f"Output({str(self.path)!r}: recipe {self.manifest.recipe}, {counted(self.num_records, 'record')} in "
            f"{counted(configs, 'config')}{warned})"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows: counts of the largest languages, and warnings."""
        shown = sorted(self.manifest.languages.items(), key=lambda item: (-item[1].num_rows, item[0]))
        rows = "".join(_row_of(code, facts) for code, facts in shown[:_SHOWN_LANGUAGES])
        more = f"<p>… and {len(shown) - _SHOWN_LANGUAGES:,} more</p>" if len(shown) > _SHOWN_LANGUAGES else ""
        warnings = "".join(f"<li>{html.escape(line)}</li>" for line in self.warnings)
        return (
            f"<p><b>{html.escape(self.manifest.recipe)}</b>: {counted(self.num_records, 'record')} in "
            f"<code>{html.escape(str(self.path))}</code></p>"
            f"<table><thead><tr><th>config</th><th>language</th><th>records</th><th>words</th><th>bytes of text</th>"
            f"</tr></thead><tbody>{rows}</tbody></table>{more}"
            + (f"<p>Warnings</p><ul>{warnings}</ul>" if warnings else "")
        )


def _row_of(code: str, facts: LanguageFacts) -> str:
    words = "" if facts.num_words is None else f"{facts.num_words:,}"
    cells = (html.escape(code), html.escape(facts.name), f"{facts.num_rows:,}", words, f"{facts.num_bytes:,}")
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _is_table(file: FileFacts, prefix: str) -> bool:
    return file.path.startswith(prefix) and bool(file.num_rows)


def records_of(
    files: Sequence[Path], columns: Sequence[str] | None = None, *, style: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """The records of some shards, one after the other; `style` is that of copied rows. Raises CheckError where a
    shard is missing or damaged.
    """
    for path in files:
        try:
            for rows in output_of(path, style).rows(path, columns):
                yield from rows
        except (pa.ArrowException, OSError) as error:
            raise _damaged(path) from error


def _table(files: Sequence[Path], columns: Sequence[str] | None, style: Sequence[str]) -> pa.Table:
    tables = []
    for path in files:
        try:
            if format_of(path).name == "parquet":
                tables.append(pq.read_table(path, columns=_known(pq.read_schema(path), columns, path)))
            else:
                tables.append(pa.Table.from_pylist(list(records_of([path], columns, style=style))))
        except (pa.ArrowException, OSError):
            raise _damaged(path) from None
    return pa.concat_tables(tables, promote_options="permissive") if tables else pa.table({})


def _selected(
    files: Sequence[Path], values: Mapping[str, str | None], *, reason: str | None, columns: Sequence[str] | None
) -> pa.Table:
    """Rows of Parquet files that have some values in columns, and a reason among their reasons."""
    if not files:
        return pa.table({})
    try:
        schema = pa.unify_schemas([pq.read_schema(path) for path in files])
        tables = ds.dataset(list(map(str, files)), format="parquet", schema=schema)
        wanted = _known(schema, columns, files[0]) or schema.names
        condition = pc.scalar(True)
        for name, value in values.items():
            condition = condition if value is None else condition & (pc.field(name) == value)
        read = [*wanted, *({REASONS} - set(wanted) if reason is not None else ())]
        batches = tables.to_batches(columns=read, filter=condition, **_FEW)
        found = [_with_reason(pa.Table.from_batches([batch]), reason).select(wanted) for batch in batches]
    except (pa.ArrowException, OSError):
        raise _damaged(files[0].parent) from None
    return pa.concat_tables([pa.schema([schema.field(name) for name in wanted]).empty_table(), *found])


def _with_reason(table: pa.Table, reason: str | None) -> pa.Table:
    """The rows of a table that have a reason among their reasons; all where it is None."""
    if reason is None:
        return table
    reasons = table[REASONS].combine_chunks()
    names = pc.struct_field(pc.list_flatten(reasons), "reason")
    rows = pc.list_parent_indices(reasons).filter(pc.equal(names, reason))
    return table.take(pc.unique(rows))


def _known(schema: pa.Schema, columns: Sequence[str] | None, path: Path) -> list[str] | None:
    """The columns that are asked for. Raises InputError for one that does not exist."""
    for name in columns or ():
        if name not in schema.names:
            raise InputError(f"{path}: has no column {name!r}: {nearest(name, schema.names)}")
    return None if columns is None else list(columns)


def _damaged(path: Path) -> CheckError:
    return CheckError(f"{path}: is missing or damaged: xdata check lists everything that is damaged")
