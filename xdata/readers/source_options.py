"""Options of a run that hold for all its sources, where a source does not set them itself."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import ValidationError

from xdata.errors import ConfigError, nearest
from xdata.formats.layout import FIELDS, ORIGINAL_ID
from xdata.kept.columns import ALL, OWN_NAMES, clash
from xdata.readers.sources import Source, SourceDescription
from xdata.records import ID
from xdata.validation import describe


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
