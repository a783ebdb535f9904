"""Output folders of xdata among the sources of a run, and what users should know of them."""

from pathlib import Path

from xdata.errors import InputError
from xdata.readers.copied import stated
from xdata.readers.folders import Folder, find_folder
from xdata.readers.sources import Source


def folder_of(source: Source) -> Folder:
    """The output folder of xdata that a source is, with what is read of it. Raises InputError where it is none any
    more.
    """
    folder = find_folder(Path(source.root))
    if folder is None:
        raise InputError(f"source {source.name!r}: {source.root} is no longer an output folder of xdata")
    return folder.only(source.splits)


def held_splits(folder: Folder) -> str:
    """Note on a folder whose splits are read together."""
    shown = ", ".join(folder.splits)
    return (
        f"{folder.path}: the records of all its splits ({shown}) are read as one, so that records of a test split may "
        f"come into train: to read one split, list the folder in a sources.yaml, as {{name: NAME, path: {folder.path}, "
        f"splits: [{folder.splits[-1]}]}}"
    )


def lost(source: Source) -> list[str]:
    """Keys of which the sources of the copied rows in a folder state different values, and which nobody sets."""
    if source.xdata != "rows":
        return []
    default = Source.model_fields
    return [
        key
        for key in stated(Path(source.root)).differing
        if getattr(source, key) == default[key].get_default(call_default_factory=True)
    ]


def differing(source: Source) -> str:
    keys = ", ".join(lost(source))
    return (
        f"source {source.name!r}: the sources of the rows in {source.root} state different values of {keys}, so none "
        "of them applies: set them in a sources.yaml"
    )
