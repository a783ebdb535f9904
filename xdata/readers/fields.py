"""From a row (an object of JSON, a row of a table) to a document: where its fields stand, and what they mean."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import regex

from xdata.errors import ConfigError, InputError, nearest, one_line
from xdata.kept import ALL, Keep, encode
from xdata.languages import find_code
from xdata.records import UNKNOWN, Document, Origin, Skipped, Unreadable
from xdata.text.canonical import canonical

TAGS = "tags"
ORIGINAL_ID = "id"
FIELDS = ("text", "url", "date", "language", "license", "domain", TAGS)
"""Fields of a document that a row may have; tags are looked at where documents of some are left out."""

_DEFAULT_PATHS = {"text": "text", "url": "url", "date": "date"}
_TAGGED = "tagged_"
_LABEL = regex.compile(r"[A-Za-z0-9_\-]{1,20}")


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
            raise InputError(
                f"{where}: there is no field {path!r} for the document's {name} (there are: {shown}); "
                f"{nearest(path, known)}; name it in a sources.yaml, as fields: {{{name}: NAME}}"
            )
    for path, purpose in layout.named.items():
        if path not in known:
            raise InputError(
                f"{where}: there is no field {path!r}, {purpose} (there are: {shown}); {nearest(path, known)}"
            )
    for column in layout.marks:
        if column not in known:
            raise InputError(
                f"{where}: there is no field {column!r}, which all documents of {layout.corpus} have "
                f"(there are: {shown})"
            )


def paths_in(row: Mapping[str, Any], layout: Layout) -> dict[str, None]:
    """Names of the columns of a row, and those paths of the layout that lead to something in it."""
    found = dict.fromkeys(row)
    for path in (*layout.paths.values(), *layout.named):
        if "." in path and path not in found and _at(row, path) is not None:
            found[path] = None
    return found


def document(
    row: Mapping[str, Any], origin: Origin, layout: Layout, *, kept: bytes | None = None
) -> Document | Skipped | Unreadable:
    """The document in a row; a row without text is skipped.

    `kept` has the values of the columns that are kept, where they are not to be taken from the row. A language
    that is not known as such is an error, which the ledger records for the document.
    """
    found = {name: _at(row, path) for name, path in layout.paths.items()}
    text = found["text"]
    if not isinstance(text, str):
        return Skipped("text_missing")
    label = _word(found.get("language"))
    if label and layout.script:
        script = _word(_at(row, layout.script))
        label = f"{label}_{script}" if script else label
    language = _code(label) if label else None
    try:
        kept = encode(layout.keep.values(row, _at)) if layout.keep is not None and kept is None else kept
    except RecursionError:
        return Unreadable(origin, "has objects in too many others to be kept")
    return Document(
        origin,
        text.replace("\\n", "\n") if layout.escaped else text,
        url=_word(found.get("url")),
        date=_word(found.get("date")),
        language=language,
        license=_word(found.get("license")) or UNKNOWN,
        domain=_word(found.get("domain")),
        error=_excluded(row, layout) or (None if language or not label else _unknown(label)),
        groups=tuple(_groups(row, layout)),
        original_id=None if layout.id is None else _number_or_word(_at(row, layout.id)),
        kept=kept,
    )


def _groups(row: Mapping[str, Any], layout: Layout) -> Iterator[str]:
    """What the document in a row shares with others, `name=value`, each once: of a list, every word of it."""
    found: dict[str, None] = {}
    for name, paths in layout.groups.items():
        for path in paths:
            value = _at(row, path)
            words = map(_shared_word, value if isinstance(value, list | tuple) else [value])
            found |= dict.fromkeys(f"{name}={word}" for word in words if word)
    yield from found


def _excluded(row: Mapping[str, Any], layout: Layout) -> str | None:
    """The error of a document that has an excluded tag: the first of them, in the order in which they are given."""
    if not layout.excluded:
        return None
    found: set[str] = set()
    for path in layout.tags:
        value = _at(row, path)
        found.update(tag for tag in (value if isinstance(value, list) else [value]) if isinstance(tag, str))
    return next((f"{_TAGGED}{tag}" for tag in layout.excluded if tag in found), None)


def _base(path: str) -> str:
    return path.split(".")[0]


def _at(row: Mapping[str, Any], path: str) -> Any:
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


def _word(value: Any) -> str | None:
    """A word or a whole number as a word; None for what is neither, and for a time that no calendar has."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and not value.startswith("<value out of range") else None


def _number_or_word(value: Any) -> str | None:
    """As `_word`; a column of whole numbers with gaps may come as floats."""
    return _word(int(value) if isinstance(value, float) and value.is_integer() else value)


def _shared_word(value: Any) -> str | None:
    """As `_number_or_word`, in one form whatever bytes it came in."""
    word = _number_or_word(value)
    return word and " ".join(canonical(word).split())


def _unknown(label: str) -> str:
    """The error of a document whose language is called what no language is; named only where it looks like a name."""
    return f"language_unknown_{label}" if _LABEL.fullmatch(label) else "language_unknown"


@lru_cache(maxsize=10_000)
def _code(label: str) -> str | None:
    try:
        return find_code(label)
    except ConfigError:  # a language whose script is not clear
        return None
