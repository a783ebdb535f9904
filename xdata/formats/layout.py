"""Where the fields of a document, and the columns that it keeps, stand in the rows of a file."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xdata.errors import InputError, nearest, one_line
from xdata.kept.columns import ALL, Keep

TAGS = "tags"
ORIGINAL_ID = "id"
FIELDS = ("text", "url", "date", "language", "license", "domain", TAGS)
"""Fields of a document that a row may have; tags are looked at where documents of some are left out."""

_DEFAULT_PATHS = {"text": "text", "url": "url", "date": "date"}


_LONGEST_NAME = 40
_DELIMITERS = ";\t,|"
"""What fields of rows are often separated by."""


@dataclass(frozen=True)
class Layout:
    """Where the fields of a document stand in a row."""

    paths: Mapping[str, str]
    """Field of a document -> its name in a row; `a.b` is `b` in the object `a`, `a.0` the first of the list `a`."""
    needed: tuple[str, ...] = ("text",)
    """Fields whose column must be there, even where it may be empty."""
    script: str | None = None
    """Where the script of the language stands, in corpora that keep the two apart."""
    escaped: bool = False
    """Whether line ends are written as a backslash and an n."""
    corpus: str | None = None
    """The public corpus that rows are laid out like, for messages."""
    marks: tuple[str, ...] = field(default=())
    """Columns that every row of the corpus has, by which it is known."""
    tags: tuple[str, ...] = ()
    """Where a row has the tags that its corpus gave it: a word, or a list of words."""
    excluded: tuple[str, ...] = ()
    """Tags that are an error of a document."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Name of what documents share -> where a row may have it; no row needs any."""
    id: str | None = None
    """Where the user's own id stands; None where documents keep none."""
    keep: Keep | None = None
    """Which other columns documents keep; None for none."""

    @property
    def exact(self) -> bool:
        """Whether numbers of a row are to be read as they are written, however large."""
        return self.id is not None or self.keep is not None

    @property
    def named(self) -> dict[str, str]:
        """Path that must be there beside those of fields -> what it is for, for messages."""
        ids = {} if self.id is None else {self.id: "required by id"}
        kept = [] if self.keep is None else [path for path in self.keep.names if path != ALL]
        return {**dict.fromkeys(kept, "required by keep"), **ids}

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a table that a document needs, each once."""
        tags = self.tags if self.excluded else ()
        groups = [path for paths in self.groups.values() for path in paths]
        paths = [*self.paths.values(), *filter(None, (self.script, self.id)), *tags, *groups]
        return tuple(dict.fromkeys([*paths, *map(_base, paths)]))


def layout(
    given: Mapping[str, str],
    *,
    corpus: Layout | None = None,
    excluded: Sequence[str] = (),
    groups: Mapping[str, tuple[str, ...]] | None = None,
    id: str | None = None,
    keep: Mapping[str, str] | None = None,
    source: str = "",
) -> Layout:
    """The layout of a source: that of a public corpus or the usual one, with the names that the source gives.

    `excluded` has the tags whose documents are dropped, `groups` the names of what documents share, `id` is where the
    user's id stands (that of the corpus unless given), and `keep` has the columns that are kept and their names in the
    output.
    """
    found = _layout(given, corpus=corpus, excluded=excluded, groups=groups or {})
    id = id or (corpus.id if corpus else None)
    tags = found.tags if excluded else ()
    used = frozenset(filter(None, (*found.paths.values(), found.script, id, *tags)))
    return replace(found, id=id, keep=Keep(source, dict(keep), used) if keep else None)


def _layout(
    given: Mapping[str, str],
    *,
    corpus: Layout | None,
    excluded: Sequence[str],
    groups: Mapping[str, tuple[str, ...]],
) -> Layout:
    own_tags = (given[TAGS],) if TAGS in given else ()
    given = {name: path for name, path in given.items() if name != TAGS}
    if corpus is None:
        needed = ("text", *(name for name in given if name != "text"))
        return Layout(
            {**_DEFAULT_PATHS, **given},
            needed=needed,
            tags=own_tags,
            excluded=tuple(excluded),
            groups=groups,
        )
    own = corpus.script if "language" not in given else None
    return Layout(
        {**corpus.paths, **given},
        needed=tuple(dict.fromkeys([*corpus.needed, *given])),
        script=own,
        escaped=corpus.escaped,
        corpus=corpus.corpus,
        marks=corpus.marks,
        tags=own_tags or corpus.tags,
        excluded=tuple(excluded),
        groups=groups,
    )


def check_fields(found: Iterable[str], *, layout: Layout, where: str) -> None:
    """Raises InputError where a column is not among the `found` ones that must be there."""
    known = list(found)
    wanted = {*layout.columns, *layout.marks, *layout.named}
    if layout.keep is not None:
        wanted.update(layout.keep.targets(known))
    twice = sorted(name for name, num in Counter(known).items() if num > 1 and name in wanted)
    if twice:
        raise InputError(f"{where}: two columns are called {twice[0]!r}")
    shown = ", ".join(one_line(name, limit=40) for name in known[:12])
    for name in layout.needed:
        path = layout.paths[name]
        if path not in known:
            remedy = _delimiter_hint(known) or _header_hint(known) or _name_hint(name, path, known)
            columns = f"there are: {shown}" if known else "there are no columns"
            raise InputError(f"{where}: there is no field {path!r} for the document's {name} ({columns}); {remedy}")
    for path, purpose in layout.named.items():
        if path not in known:
            remedy = _delimiter_hint(known) or nearest(path, known)
            raise InputError(f"{where}: there is no field {path!r}, {purpose} (there are: {shown}); {remedy}")
    for column in layout.marks:
        if column not in known:
            raise InputError(
                f"{where}: there is no field {column!r}, which all documents of {layout.corpus} have "
                f"(there are: {shown})"
            )


def _name_hint(name: str, path: str, columns: Sequence[str]) -> str:
    """The nearest column, and how to name the right one."""
    return (
        f"{nearest(path, columns)}; name the column with --field {name}=NAME, or with fields: {{{name}: NAME}} in a "
        "sources.yaml or in Python"
    )


def _header_hint(columns: Sequence[str]) -> str | None:
    """What to do about a first row that looks like data: a number, or a name of more than 40 characters."""
    if not any(column.strip().isdecimal() or len(column) > _LONGEST_NAME for column in columns):
        return None
    return "the first row seems to be data, expected the names of the columns: add a row with the names before it"


def _delimiter_hint(columns: Sequence[str]) -> str | None:
    """What to do about a header row that is one column with a delimiter in it; None for any other."""
    found = [mark for mark in _DELIMITERS if len(columns) == 1 and mark in columns[0]]
    if not found:
        return None
    shown = json.dumps(max(found, key=columns[0].count))
    return f"the header row seems to be separated by {shown}: write delimiter: {shown} for its source in a sources.yaml"


def paths_in(row: Mapping[str, Any], layout: Layout) -> dict[str, None]:
    """Names of the columns of a row, and those paths of the layout that lead to something in it."""
    found = dict.fromkeys(row)
    for path in (*layout.paths.values(), *layout.named):
        if "." in path and path not in found and at(row, path) is not None:
            found[path] = None
    return found


def _base(path: str) -> str:
    return path.split(".")[0]


def at(row: Mapping[str, Any], path: str) -> Any:
    """What stands at a path, None where nothing does."""
    if path in row:
        return row[path]
    value: Any = row
    for name in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list) and name.isascii() and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
