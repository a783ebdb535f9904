"""Sources: what a user points at, and the files that it comes to."""

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import regex
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from xdata.errors import ConfigError, InputError, nearest, one_line
from xdata.formats.format import Unit
from xdata.formats.layout import FIELDS, ORIGINAL_ID, TAGS
from xdata.formats.table import FORMATS
from xdata.kept.columns import ALL, OWN_NAMES, clash
from xdata.languages import resolve_code
from xdata.readers.copied import RECIPE, stated
from xdata.readers.corpora import has_tags
from xdata.readers.folders import Folder, Use, find_folder
from xdata.readers.hub import HubDataset, parse_hub_id
from xdata.records import ID, MADE_FROM, UNKNOWN
from xdata.validation import describe, validate
from xdata.yaml_files import read_yaml

HUB_PREFIX = "hf:"
"""Begins the id of a data set of the hub where a file or folder may stand too."""
_TAG = regex.compile(r"[A-Za-z0-9_\-]{1,40}")
_GROUP = regex.compile(r"[a-z][a-z0-9_]{0,39}")
_WILDCARDS = frozenset("*?[")


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
    document uses. `all`, or a list of names, is the short form.
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


def parse_sources(specs: Sequence[str], *, folder: Path = Path()) -> tuple[Source, ...]:
    """Sources out of globs, files, folders, `sources.yaml` files and hub ids (`hf:…`), as a command line gives them.

    A glob's root is its folder before the first wildcard, a file's root the folder it is in, and a source is
    called after its root. Globs and files of one root are one source, so their order does not matter. Relative paths
    are relative to `folder`.
    Raises InputError for what is not there, ConfigError for two roots of one name.
    """
    roots: dict[Path, set[str]] = {}
    named: list[Source] = []
    for spec in specs:
        if not spec.isprintable() and any("\ud800" <= c <= "\udfff" for c in spec):
            raise InputError(f"{one_line(spec)}: the name is not UTF-8: rename it")
        if spec.startswith(HUB_PREFIX):
            dataset = parse_hub_id(spec.removeprefix(HUB_PREFIX))
            named.append(Source(name=one_line(dataset.repo.strip("/").replace("/", "--")), hub=dataset))
        elif spec.endswith((".yaml", ".yml")):
            named.extend(_read_sources_file(folder / spec))
        elif (output := find_folder(_whole(spec, folder))) is not None:
            named.append(_of_folder(output, name=one_line(output.path.name) or "root"))
        else:
            root, pattern = _split(spec, folder=folder)
            roots.setdefault(root, set()).add(pattern)
    found = [
        Source(name=one_line(root.name) or "root", root=str(root), patterns=tuple(sorted(patterns)))
        for root, patterns in roots.items()
    ]
    return check_names([*named, *found])


def _of_folder(folder: Folder, *, name: str, splits: Sequence[str] = (), **facts: Any) -> Source:
    """The source that an output folder of xdata is; of rows that a recipe copied, with what their sources all state.

    Raises InputError for a folder without documents, ConfigError for a split that it does not have.
    """
    if not folder.files:
        raise InputError(f"{folder.path}: is an output folder of xdata without documents: remove it from the input")
    for split in splits:
        if split not in folder.splits:
            raise ConfigError(
                f"source {name!r}: splits: {folder.path} has no split {split!r}; {nearest(split, folder.splits)}"
            )
    use: Use = "input" if folder.has_records else "rows"
    facts = facts if folder.has_records else {**_stated_facts(folder), **facts}
    return Source(name=name, root=str(folder.path), patterns=("data",), xdata=use, splits=tuple(splits), **facts)


def _stated_facts(folder: Folder) -> dict[str, Any]:
    """What all sources of the copied rows in a folder state."""
    found = stated(folder.path)
    data = {"name": "copied", **found.facts}
    description = validate(SourceDescription, data, where=str(folder.path / RECIPE))
    return {key: getattr(description, key) for key in found.facts}


def check_group_name(name: str) -> None:
    """Raises ValueError for what is no name of what documents share."""
    if not _GROUP.fullmatch(name):
        raise ValueError(f"{name!r} is not a name of a group: expected a-z, 0-9 and _")
    if name == MADE_FROM:
        raise ValueError(f"{name!r} is reserved for parts of one document: use another name")


def grouped(sources: Iterable[Source], names: Iterable[str]) -> tuple[Source, ...]:
    """The sources with rows that may have a field of each name; one that maps the field itself is unchanged."""
    wanted = {name: (name,) for name in names}
    return tuple(
        source if source.has_records else source.model_copy(update={"groups": {**wanted, **source.groups}})
        for source in sources
    )


def with_fields(sources: Iterable[Source], fields: Mapping[str, str]) -> tuple[Source, ...]:
    """The sources with these fields (`id` among them) where they do not set them themselves; they come before those
    that an output folder states of the rows in it.

    Raises ConfigError for what is no field.
    """
    known = (*FIELDS, ORIGINAL_ID)
    for name, path in fields.items():
        if name not in known:
            raise ConfigError(f"--field {name}={path}: unknown field {name!r}; {nearest(name, known)}")
    named = {name: path for name, path in fields.items() if name != ORIGINAL_ID}
    sources = _with_rows(sources, "--field") if fields else sources
    return tuple(
        source if source.has_records else _with_fields(source, named, fields.get(ORIGINAL_ID)) for source in sources
    )


def _with_rows(sources: Iterable[Source], option: str) -> tuple[Source, ...]:
    """The sources. Raises ConfigError if all are records of xdata, to which an option of rows does not apply."""
    found = tuple(sources)
    if found and all(source.has_records for source in found):
        raise ConfigError(
            f"{option}: records of an output folder ({found[0].root}) keep their fields and all their columns: remove "
            f"{option}"
        )
    return found


def _with_fields(source: Source, fields: Mapping[str, str], id_: str | None) -> Source:
    if source.xdata == "rows":
        return source.model_copy(update={"fields": {**source.fields, **fields}, "id": id_ or source.id})
    return source.model_copy(update={"fields": {**fields, **source.fields}, "id": source.id or id_})


def keeping(sources: Iterable[Source], words: Sequence[str]) -> tuple[Source, ...]:
    """The sources with the columns that a command line keeps (`all`, NAME, THEIRS=OURS), where they keep none.

    Raises ConfigError for a name that is given twice, or that xdata's own record has.
    """
    keep: dict[str, str] = {}
    for word in words:
        theirs, equals, ours = word.partition("=")
        if word in ("all", ALL):
            theirs, ours = ALL, ALL
        elif not equals:
            ours = theirs
        if not theirs or not ours or theirs in keep:
            raise ConfigError(f"--keep {word}: expected all, NAME or INPUT_NAME=OUTPUT_NAME, each column once")
        keep[theirs] = ours
    if clashing := [theirs for theirs, ours in keep.items() if ours in OWN_NAMES]:
        raise ConfigError(f"--keep: {clash(clashing, keep, written=('command line',))}{_id_hint(clashing, keep)}")
    return with_kept(sources, keep, where="--keep")


def _id_hint(clashing: Sequence[str], keep: Mapping[str, str]) -> str:
    """What to do with a column that was to become the id of xdata."""
    column = next((name for name in clashing if keep[name] == ID), None)
    return f"; an id of your own is kept as original_id with --field id={column}" if column else ""


def with_kept(
    sources: Iterable[Source], keep: str | Sequence[str] | Mapping[str, str], *, where: str
) -> tuple[Source, ...]:
    """The sources with these columns (`all`, names, or input name -> output name), where they keep none.

    Raises ConfigError for a name that xdata's own record has.
    """
    try:
        columns = SourceDescription.model_validate({"name": "input", "keep": keep}).keep
    except ValidationError as error:
        raise ConfigError(f"{where}: {describe(error, SourceDescription)}") from None
    sources = _with_rows(sources, where)
    return tuple(
        source if source.keep or source.has_records else source.model_copy(update={"keep": columns})
        for source in sources
    )


def declared(sources: Iterable[Source], language: str) -> tuple[Source, ...]:
    """The sources with all their documents in one language, where they do not say another."""
    return tuple(source if source.language else source.model_copy(update={"language": language}) for source in sources)


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


def _read_sources_file(path: Path) -> list[Source]:
    if not path.exists():
        raise InputError(f"{path}: there is no such file")
    entries = validate(SourcesFile, read_yaml(path), where=str(path)).sources
    return [source_of_entry(entry, folder=path.parent) for entry in entries]


def source_of_entry(entry: SourceEntry, *, folder: Path = Path()) -> Source:
    """The source that an entry of `sources.yaml` describes, whose path is relative to a folder.

    Raises InputError for a path that does not exist.
    """
    facts = dict(entry)
    given = facts.pop("path")
    output = None if given is None else find_folder(_whole(given, folder))
    if output is not None:
        return _entry_of_folder(output, entry)
    if entry.splits:
        raise ConfigError(
            f"source {entry.name!r}: splits applies to output folders of xdata: remove splits, and name "
            "the files of one split as path"
        )
    if given is None:
        return Source(**facts)
    root, pattern = _split(given, folder=folder)
    return Source(**facts, root=str(root), patterns=(pattern,))


def _entry_of_folder(folder: Folder, entry: SourceEntry) -> Source:
    """The source of an entry whose path is an output folder of xdata.

    Raises ConfigError if the entry states what the folder states itself.
    """
    if folder.has_records:
        said = sorted(entry.model_fields_set - {"name", "path", "weight", "splits"})
        if said:
            raise ConfigError(
                f"source {entry.name!r}: {folder.path} is an output folder of xdata, whose manifest already "
                f"states this of its documents: remove {', '.join(said)} from the source"
            )
        return _of_folder(folder, name=entry.name, splits=entry.splits, weight=entry.weight)
    facts = {name: getattr(entry, name) for name in entry.model_fields_set - {"path", "hub"}}
    return _of_folder(folder, **facts)


def _split(spec: str, *, folder: Path = Path()) -> tuple[Path, str]:
    """(root, pattern) of a glob, file or folder; what is relative is relative to `folder`.

    Links are not resolved: a folder is called what the user calls it, wherever it is mounted.
    """
    given = _expanded(spec)
    whole = _whole(spec, folder)
    wild = next((i for i, part in enumerate(given.parts) if _WILDCARDS & set(part)), None)
    if os.path.exists(whole):
        return (whole, ".") if whole.is_dir() else (whole.parent, whole.name)
    if wild is None:
        raise InputError(f"{spec}: there is no such file or folder")
    root = Path(os.path.abspath(folder.joinpath(*given.parts[:wild])))
    if not root.is_dir():
        raise InputError(f"{spec}: there is no folder {root}")
    return root, "/".join(given.parts[wild:])


def _whole(spec: str, folder: Path) -> Path:
    """The absolute path of one that a user gives, which is relative to a folder."""
    return Path(os.path.abspath(folder / _expanded(spec)))


def _expanded(spec: str) -> Path:
    """Raises InputError for the home of somebody that there is not."""
    try:
        return Path(spec).expanduser()
    except RuntimeError:
        raise InputError(f"{spec}: user not found") from None
