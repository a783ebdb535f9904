"""Reads data sets of the Hugging Face hub through `datasets`, streaming, shard by shard.

Needs the extra `hub`. `XDATA_OFFLINE=1` forbids it, and without a revision a run notes that it cannot be reproduced.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from xdata.errors import ConfigError, InputError, ResourceError, install_command, one_line
from xdata.formats.format import Format, Input, Item, Numbers, Reading, Row, TableRows
from xdata.formats.layout import check_fields, paths_in
from xdata.formats.tables import take_rows
from xdata.records import Origin
from xdata.step import FilePart, InputFile

HUB = "hub"
"""Format of the shards of data sets of the hub."""
_BATCH_ROWS = 1024

OFFLINE = "XDATA_OFFLINE"
"""Variable of the environment that forbids the network where it is 1."""


class HubDataset(BaseModel):
    """One split of a data set of the hub."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    repo: str = Field(min_length=1)
    """`organisation/name`, or a folder that is laid out like one."""
    config: str | None = None
    """Config of the dataset; None for its default."""
    split: str = "train"
    """Split that is read."""
    revision: str | None = None
    """Commit of the data set; without one the newest is read, whatever it is."""

    @property
    def shown(self) -> str:
        return ":".join(filter(None, (self.repo, self.config, self.split)))


def parse_hub_id(spec: str) -> HubDataset:
    """The data set of `organisation/name[:config[:split]][@revision]`. Raises ConfigError for any other word."""
    name, _, revision = spec.partition("@")
    repo, *rest = name.split(":")
    if not repo or len(rest) > 2 or not all(rest):
        raise ConfigError(f"hf:{spec}: write hf:organisation/name, hf:organisation/name:config or …:config:split")
    config, split = (*rest, None, None)[:2]
    return HubDataset(repo=repo, config=config, split=split or "train", revision=revision or None)


def shard_names(dataset: HubDataset) -> list[str]:
    """Names of the shards of a split, in order. Raises ResourceError if it cannot be reached or does not exist."""
    num = _load(dataset).num_shards
    return [f"{dataset.split}/{number:05}-of-{num:05}" for number in range(num)]


def hub_format(dataset: HubDataset) -> Format:
    """The format of the shards of a data set."""
    return Format(
        name=HUB,
        title="data set of the hub",
        expected="a data set of the hub",
        suffixes=(),
        input=_Shards(dataset),
        rows=_ShardRows(dataset),
    )


@dataclass(frozen=True)
class _Shards(Input):
    """Reads a shard as a whole; a row's place is its number in the shard."""

    dataset: HubDataset
    shares_parts = False

    def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
        for position, row in enumerate(_shard(self.dataset, part.file.path)):
            if position == 0:
                found = paths_in(row, reading.layout)
                check_fields(found, layout=reading.layout, where=part.file.shown)
            yield Row(Origin(part.file.source, part.file.path, position), row)


@dataclass(frozen=True)
class _ShardRows(TableRows):
    """Rows that are streamed again."""

    dataset: HubDataset

    def schema(self, file: InputFile) -> pa.Schema:
        features = _load(self.dataset).features
        if features is None:
            raise InputError(
                f"{self.dataset.shown}: does not state the types of its columns, so its rows cannot be copied"
            )
        return features.arrow_schema

    def take(self, file: InputFile, numbers: Numbers) -> Iterator[pa.Table]:
        yield from take_rows(self._batches(file), numbers, 0)

    def _batches(self, file: InputFile) -> Iterator[pa.RecordBatch]:
        schema = self.schema(file)
        rows = _shard(self.dataset, file.path)
        while some := list(islice(rows, _BATCH_ROWS)):
            yield pa.RecordBatch.from_pylist(some, schema=schema)


def _shard(dataset: HubDataset, path: str) -> Iterator[dict[str, Any]]:
    """The rows of the shard of a name."""
    number, _, num = path.rsplit("/", 1)[1].partition("-of-")
    rows = _load(dataset).shard(num_shards=int(num), index=int(number))
    try:
        yield from rows
    except Exception as error:
        raise _unreachable(dataset, error) from None


def _load(dataset: HubDataset) -> Any:
    if os.environ.get(OFFLINE) == "1" and not os.path.isdir(dataset.repo):
        raise InputError(f"{dataset.shown}: is on the hub, and {OFFLINE}=1 forbids the network")
    try:
        from datasets import load_dataset
    except ImportError:
        raise ResourceError(f"reading from the hub needs the package datasets: {install_command('hub')}") from None
    try:
        return load_dataset(
            dataset.repo, dataset.config, split=dataset.split, revision=dataset.revision, streaming=True
        )
    except Exception as error:
        raise _unreachable(dataset, error) from None


def _unreachable(dataset: HubDataset, error: Exception) -> ResourceError:
    """An error that does not depend on the shard; a later run may succeed."""
    return ResourceError(f"{dataset.shown}: cannot be read: {type(error).__name__}: {one_line(str(error), limit=200)}")
