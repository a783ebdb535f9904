"""Sources: sets of files of one origin, as users describe them and as runs read them."""

import os
from collections.abc import Iterable
from itertools import pairwise
from typing import Self

import regex
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from xdata.errors import ConfigError
from xdata.formats.format import Unit
from xdata.formats.layout import FIELDS, ORIGINAL_ID, TAGS
from xdata.formats.table import FORMATS
from xdata.kept.columns import ALL, OWN_NAMES, clash
from xdata.languages import resolve_code
from xdata.readers.corpora import has_tags
from xdata.readers.folders import Use
from xdata.readers.hub import HubDataset
from xdata.records import MADE_FROM, UNKNOWN
from xdata.validation import quoted

_TAG = regex.compile(r"[A-Za-z0-9_\-]{1,40}")
_GROUP = regex.compile(r"[a-z][a-z0-9_]{0,39}")


def no_columns(source: str, format_: str, option: str) -> str:
    """Message for a source without rows whose columns cannot be kept."""
    known = [each.title for each in FORMATS.values() if each.input and each.input.has_columns]
    return (
        f"source {source!r}: {option} requires rows with columns ({', '.join(known)}), and {format_} has none: remove "
        f"{option}"
    )


class SourceDescription(BaseModel):
    """What is known of all documents of a source."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(min_length=1, pattern=r"^[^\x00-\x1f/]+$")
    """Part of the identity of every document; unique among the sources of a run."""
    reader: str | None = None
    """Format of the files, as `warc`, or the public corpus that they are of, as `fineweb2`; found by their names and
    first bytes where it is None.
    """
    fields: dict[str, str] = Field(default_factory=dict)
    """Field of a document (`text`, `url`, `date`, `language`, `license`, `domain`, `tags`) -> its name in a row, where
    it is another; `a.b` is `b` in the object `a`.
    """
    id: str | None = Field(default=None, min_length=1)
    """Field of a row that has the user's own id, a word or a whole number, kept as `original_id`."""
    keep: dict[str, str] = Field(default_factory=dict)
    """Other columns of rows that the documents keep -> their names in the output; `*: "*"` for all that no field of the
    document uses. `all`, or a list of names, is the short form. Escapes of lone surrogates become U+FFFD, and JSONL
    outputs have null for NaN and infinities.
    """
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Name of what documents share -> fields of a row that may hold it, a word or a list of words: `qid: [wikidata]`,
    or `translation: [id, translation_of]` where some have the `id` that others are a `translation_of`. Documents of
    one value, in any source and language, lie in one split.
    """
    exclude_tags: tuple[str, ...] = ()
    """Tags that the corpus gave documents which are not wanted, as `noisy` of OSCAR: a document with one is dropped as
    `tagged_noisy`, by the first of them that it has. One without any tag stays.
    """
    unit: Unit = "file"
    """What of plain text is a document: the `file`, each `line`, or each `paragraph` between empty lines."""
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    """What parts the fields of a row; a comma in CSV and a tab in TSV unless given."""
    quote: str | None = Field(default=None, max_length=1)
    """What a field that holds delimiters is put in, empty for nothing; `"` in CSV and nothing in TSV unless given."""
    language: str | None = None
    """What all documents are in, where it is known; None leaves it to identification."""
    license: str = UNKNOWN
    """Of all documents that do not say their own."""
    domain: str | None = None
    """Of all documents that do not say their own."""
    weight: float | None = Field(default=None, gt=0)
    """How often a trainer should draw from it, relative to others: in manifest and report, and left to mixing."""

    @field_validator("fields")
    @classmethod
    def _known_fields(cls, fields: dict[str, str]) -> dict[str, str]:
        for field in fields:
            if field not in FIELDS:
                hint = f"; set it outside of fields, as id: {fields[field]}" if field == ORIGINAL_ID else ""
                raise ValueError(f"{field!r} is not a field of a document: {', '.join(FIELDS)}{hint}")
        return fields

    @field_validator("keep", mode="before")
    @classmethod
    def _named_columns(cls, keep: object) -> object:
        if isinstance(keep, str):
            if keep != "all":
                raise ValueError(f"{keep!r}: expected all, a list of columns, or a mapping from input to output names")
            return {ALL: ALL}
        return {name: name for name in keep} if isinstance(keep, list | tuple) else keep

    @field_validator("keep")
    @classmethod
    def _own_columns(cls, keep: dict[str, str]) -> dict[str, str]:
        for name, target in keep.items():
            if (name == ALL) != (target == ALL):
                raise ValueError(f'{name}: {target}: "*" can only be mapped to "*" (all other columns)')
        clashing = [name for name, target in keep.items() if target in OWN_NAMES]
        if clashing:
            raise ValueError(clash(clashing, keep))
        for target in keep.values():
            if (owners := [name for name in keep if keep[name] == target])[1:]:
                raise ValueError(f"{' and '.join(map(repr, owners))} would both be written as {target!r}: rename one")
        return keep

    @model_validator(mode="after")
    def _has_rows(self) -> Self:
        known = FORMATS.get(self.reader or "")
        if known and known.input and not known.input.has_columns and (self.keep or self.id):
            raise ValueError(no_columns(self.name, known.name, "keep" if self.keep else "id"))
        return self

    @field_validator("groups")
    @classmethod
    def _named_groups(cls, groups: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, paths in groups.items():
            check_group_name(name)
            if not paths or not all(paths):
                raise ValueError(f"{name}: name its fields, as {name}: [FIELD]")
        return groups

    @model_validator(mode="after")
    def _tagged(self) -> Self:
        for tag in self.exclude_tags:
            if not _TAG.fullmatch(tag):
                raise ValueError(f"exclude_tags: {tag!r} is not a tag: expected letters, digits, - and _")
        if self.exclude_tags and TAGS not in self.fields and not has_tags(self.reader):
            raise ValueError(
                "exclude_tags: its documents have no tags that are known: say where, as fields: {tags: NAME}, or which "
                "corpus it is, as reader: oscar2201"
            )
        return self

    @model_validator(mode="after")
    def _readable_rows(self) -> Self:
        for name, mark in (("delimiter", self.delimiter), ("quote", self.quote)):
            if mark and mark in "\r\n\0":
                raise ValueError(f"{name}: {mark!r} ends rows")
        if self.delimiter and self.delimiter == self.quote:
            raise ValueError("delimiter and quote are the same")
        return self

    @field_validator("language", mode="before")
    @classmethod
    def _word(cls, language: object) -> object:
        return quoted(language)

    @field_validator("language")
    @classmethod
    def _resolved(cls, language: str | None) -> str | None:
        try:
            return None if language is None else resolve_code(language)
        except ConfigError as error:
            raise ValueError(str(error)) from None


class Source(SourceDescription):
    """A set of files of one origin, or a data set of the hub."""

    root: str = ""
    """Folder that the paths in identities are under."""
    patterns: tuple[str, ...] = ()
    """Files and globs under `root` (`**` for any depth); a folder, as `.`, means all files in it."""
    hub: HubDataset | None = None
    """Data set in place of files."""
    xdata: Use | None = None
    """How the root is read, where it is an output folder of xdata. Detected, and not for users to state."""
    splits: tuple[str, ...] = ()
    """Splits that are read of an output folder of xdata; all unless given."""
    content: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """sha256 of the one file of a source whose rows came from memory (`readers.memory`); None for files of users. It
    stands in for the time of the file's last change, so that equal rows are equal input wherever they are written.
    """

    @property
    def has_records(self) -> bool:
        """Whether its documents are records of xdata, which state themselves what a source states of others."""
        return self.xdata in ("input", "extend")

    @field_validator("patterns")
    @classmethod
    def _below_the_root(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if os.path.isabs(pattern) or ".." in pattern.split("/"):
                raise ValueError(f"the pattern {pattern!r} leads out of the root")
        return patterns

    @model_validator(mode="after")
    def _one_place(self) -> "Source":
        if (self.hub is None) == (not self.root or not self.patterns):
            raise ValueError("a source needs either root and patterns, or a data set of the hub")
        return self


class SourceEntry(SourceDescription):
    """A source as `sources.yaml` has it: one path in place of root and patterns."""

    path: str | None = Field(default=None, min_length=1)
    """File, folder or glob, from the folder of `sources.yaml` on."""
    hub: HubDataset | None = None
    """Data set of the hub in place of a path."""
    splits: tuple[str, ...] = ()
    """Splits to read of an output folder of xdata, as `[train]`; all unless given."""

    @model_validator(mode="after")
    def _one_place(self) -> "SourceEntry":
        if (self.path is None) == (self.hub is None):
            raise ValueError(f"source {self.name!r}: give either path or hub")
        return self


class SourcesFile(BaseModel):
    """`sources.yaml`: a list of sources."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    sources: tuple[SourceEntry, ...]

    @model_validator(mode="after")
    def _unique_names(self) -> "SourcesFile":
        if not self.sources:
            raise ValueError("sources: the list is empty: add at least one source")
        names = [entry.name for entry in self.sources]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two sources are called {name!r}")
        return self


def check_group_name(name: str) -> None:
    """Raises ValueError for what is no name of what documents share."""
    if not _GROUP.fullmatch(name):
        raise ValueError(f"{name!r} is not a name of a group: expected a-z, 0-9 and _")
    if name == MADE_FROM:
        raise ValueError(f"{name!r} is reserved for parts of one document: use another name")


def check_names(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources in order of name. Raises ConfigError where two have one name."""
    ordered = tuple(sorted(sources, key=lambda source: source.name))
    for first, second in pairwise(ordered):
        if first.name == second.name:
            raise ConfigError(
                f"two sources are called {first.name!r} ({first.root} and {second.root}), which would give their "
                "documents the same ids: name them in a sources.yaml (name, path, license, …) and give that as --input"
            )
    return ordered
