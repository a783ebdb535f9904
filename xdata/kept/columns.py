"""Which columns of a source are kept, and under which names."""

import json
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import regex

from xdata import records
from xdata.errors import ConfigError, one_line
from xdata.kept.json_values import mended

ALL = "*"
"""Stands in `keep` for every column that no field of the document uses."""
MOST_COLUMNS = 1000
"""Columns that are kept; more are refused, since each of them is a column of every file of the output."""
CARRIED = records.SCORES
"""Key of the values of a document under which scores of an earlier output travel; no kept column may be called so."""
LABELS = (records.LANGUAGE_SCORE, records.SCRIPT, records.VARIETY)
"""Keys under which labels travel that an earlier output gives."""
OWN_NAMES = frozenset(
    {
        *records.rejects_schema(records.document_schema(("any",), upsample=True, grouped=True)).names,
        *(records.ALTERNATIVES, records.SEGMENTS),
    }
)
"""Columns of xdata's own records in `data/` and `rejects/`."""
Written = Literal["sources.yaml", "command line"]
"""Where users write which columns they keep."""


@dataclass(frozen=True)
class Keep:
    """Which columns of one source are kept, under which names."""

    source: str
    """Name of the source, for messages."""
    names: Mapping[str, str]
    """Its column -> name in the output; `*` -> `*` for all that are not named and not used."""
    used: frozenset[str] = frozenset()
    """Columns that are fields of the document, and not kept again by `*`."""
    _targets: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)
    _owners: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def everything(self) -> bool:
        return ALL in self.names

    def targets(self, columns: Iterable[str]) -> dict[str, str]:
        """Column -> name in the output, of those that are kept.

        Raises ConfigError for a name that xdata's own record has, that two columns would have, or one too many.
        """
        columns = list(columns)
        new = [name for name in columns if name not in self._targets]
        if new:
            self._add(new)
        return {name: target for name in columns if (target := self._targets[name]) is not None}

    def _add(self, names: Sequence[str]) -> None:
        found = {name: self._target(name) for name in names}
        clashing = [name for name, target in found.items() if target in OWN_NAMES]
        if clashing:
            raise ConfigError(
                f"source {self.source!r}: {clash(clashing, self.names, written=('sources.yaml', 'command line'))}"
            )
        for name, target in found.items():
            if target is not None and (owner := self._owners.setdefault(target, name)) != name:
                raise ConfigError(
                    f"source {self.source!r}: the columns {_shown(owner)} and {_shown(name)} would both be written as "
                    f"{_shown(target)}: rename one, as keep: {{{_yaml(name)}: {_yaml('their_' + name)}}}"
                )
        if len(self._owners) > MOST_COLUMNS:
            raise ConfigError(too_many(f"source {self.source!r}"))
        self._targets.update(found)

    def _target(self, name: str) -> str | None:
        if name in self.names and name != ALL:
            return self.names[name]
        return mended(name) if self.everything and name not in self.used else None

    def values(self, row: Mapping[str, Any], at: Callable[[Mapping[str, Any], str], Any]) -> dict[str, Any]:
        """Name in the output -> value, of what a row has of the kept columns; `at` finds a value by its path."""
        found = {target: row[name] for name, target in self.targets(row).items()}
        for path, target in self.names.items():
            if path != ALL and path not in row and "." in path:
                self.targets([path])
                value = at(row, path)
                if value is not None:
                    found[target] = value
        return found


def too_many(where: str) -> str:
    """Message for too many columns."""
    return f"{where}: more than {MOST_COLUMNS} columns would be kept: list the columns to keep, as keep: [title, year]"


def clash(columns: Sequence[str], names: Mapping[str, str], *, written: Sequence[Written] = ("sources.yaml",)) -> str:
    """Message for kept columns whose names in the output are those of xdata's record, with the correction."""
    shown = " and ".join(_as_kept(name, names) for name in columns)
    everything = {ALL: ALL} if ALL in names else {}
    renamed = everything | {name: new for name, new in names.items() if name != ALL and new not in OWN_NAMES}
    renamed |= {name: name if _is_free(name) else f"their_{name.rpartition('.')[2]}" for name in columns}
    forms = {
        "sources.yaml": f"keep: {{{', '.join(f'{_yaml(name)}: {_yaml(new)}' for name, new in renamed.items())}}}",
        "command line": f"--keep {' '.join(_word(name, new) for name, new in renamed.items())}",
    }
    column, own, it = ("column", "a column", "it") if len(columns) == 1 else ("columns", "columns", "them")
    return (
        f"the kept {column} {shown} would collide with {own} of xdata of the same name: rename {it}, as "
        f"{' or '.join(forms[form] for form in written)}"
    )


def _as_kept(name: str, names: Mapping[str, str]) -> str:
    target = names.get(name, name)
    return repr(name) if target == name else f"{target!r} (of the input: {name!r})"


def _is_free(name: str) -> bool:
    """Whether a column may keep its name."""
    return name not in OWN_NAMES and "." not in name


def _word(name: str, new: str) -> str:
    """A column as `--keep` takes it."""
    return "all" if name == ALL else shlex.quote(name if name == new else f"{name}={new}")


def _yaml(name: str) -> str:
    plain = regex.fullmatch(r"[A-Za-z_][A-Za-z0-9_.\-]*", name)
    return name if plain else json.dumps(one_line(name), ensure_ascii=False)


def _shown(name: str) -> str:
    return repr(one_line(name, limit=60))
