"""Whether the URL of a document is in a list: adult sites, phishing, or what the user lists."""

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from xdata.context import Context
from xdata.errors import ResourceError
from xdata.records import URL_CATEGORY
from xdata.references import Reference
from xdata.step import LABEL, SCORE, Columns, Score
from xdata.text.analysis import Analyses
from xdata.text.hosts import UrlSet, url_words
from xdata.text.url_lists import list_files, read_list, read_words
from xdata.validation import absolute_path


class _Listed(BaseModel, Reference):
    """A file, folder or archive under a category."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    category: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """Category of its URLs, as `adult`; in a UT1 tree the name of the folder (`_` also matches `-`)."""
    package: str | None = None
    """Installed Python package that it comes with."""
    path: str
    """Where it lies; a pattern inside `package` where that is given."""

    @field_validator("path")
    @classmethod
    def _absolute(cls, path: str, info: ValidationInfo) -> str:
        return path if info.data.get("package") else absolute_path(path, info)

    def __str__(self) -> str:
        return self.category

    def file(self) -> Path:
        """Where it lies now. Raises ResourceError where it does not."""
        if self.package is None:
            return Path(self.path)
        return _packaged(self.package, self.path)

    def files(self) -> tuple[Path, ...]:
        return (self.file(),)

    def identity(self) -> Any:
        return self.model_dump(mode="json", exclude={"path", "package"})


class UrlList(_Listed):
    """Hosts and URL prefixes: a plain file with one a line, or a folder or tar archive as UT1 has them."""

    def files(self) -> tuple[Path, ...]:
        return tuple(list_files(self.file(), category=self.category))

    def identity(self) -> Any:
        """With the number of its files, by which those of the next list are found."""
        return super().identity() | {"num_files": len(self.files())}


class UrlWords(_Listed):
    """Words that mark a URL: a plain file with one a line, lower-case."""

    min_words: int = Field(default=2, ge=1)
    """Different words of the list that a URL must have."""


UT1 = UrlList(category="blocklisted", package="datatrove", path="assets/url_filterblacklists*.tar.gz")
"""4.6 million domains and 19,586 URLs of the Université Toulouse Capitole, as the datatrove package has them.

One list without categories: nearly all adult, then phishing, dating, gambling and others of UT1's categories. The lists
are CC BY-SA 4.0 (https://dsi.ut-capitole.fr/blacklists/); the archive itself states no license. Beware of what is in
it: of 678 URLs of news sites it has two, which are magazines for gay readers. """


class UrlCategory(Score):
    """Names the list that the URL of each document is in.

    Adds `url_category`, the category of the first list in order that has the URL, null where none has; and
    `scores.url_listed`: 1 in a list, 0 in none, null for a document without a URL. A host is in a list when it or a
    domain that it lies in is (`a.example.org` by `example.org`, never `essex.ac.uk` by `sex`), a URL when its path
    begins with whole segments of a listed one. Raises ResourceError for a list that cannot be read.
    """

    kind: Literal["scores.url"] = "scores.url"
    libraries = ("xxhash", "regex")
    papers = (
        "WHATWG URL standard",
        "UT1 blacklists, Université Toulouse Capitole (CC BY-SA 4.0)",
        "Penedo et al. 2023, RefinedWeb (arXiv 2306.01116), G.1",
    )

    lists: tuple[UrlList, ...] = (UT1,)
    """Lists of hosts and URLs, the first that has one wins."""
    words: tuple[UrlWords, ...] = ()
    """Lists of words that whole words of a URL are looked up in, after all of `lists`. Whole words only: as parts
    of words they would mark towns, surnames and other languages."""

    @model_validator(mode="after")
    def _few_enough(self) -> "UrlCategory":
        if len(self.lists) > 255:
            raise ValueError("expected at most 255 lists")
        return self

    def adds(self) -> Mapping[str, pa.DataType]:
        return {URL_CATEGORY: LABEL, "scores.url_listed": SCORE}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        known = load_lists(self.lists)
        words = [(listed.category, listed.min_words, read_words(listed.file())) for listed in self.words]

        def score(analyses: Analyses) -> Columns:
            urls = [analysis.url for analysis in analyses]
            numbers = known.categories(urls)
            found = [
                self.lists[number].category if number is not None else category_by_words(url, words)
                for url, number in zip(urls, numbers, strict=True)
            ]
            listed = [float(name is not None) if url else None for url, name in zip(urls, found, strict=True)]
            return {URL_CATEGORY: found, "scores.url_listed": listed}

        return score


def load_lists(lists: Sequence[UrlList]) -> UrlSet:
    """The lists as one set, each with its number as category. Raises ResourceError."""
    read = [read_list(listed.file(), category=listed.category) for listed in lists]
    return UrlSet(*([part[kind] for part in read] for kind in range(3)))


def category_by_words(url: str | None, lists: Sequence[tuple[str, int, frozenset[str]]]) -> str | None:
    """The category of the first (category, number of words, words) that a URL has so many words of."""
    if not url or not lists:
        return None
    found = url_words(url)
    return next((category for category, least, words in lists if len(found & words) >= least), None)


def _packaged(package: str, pattern: str) -> Path:
    """The one file of an installed package that a pattern names, without importing the package."""
    spec = find_spec(package)
    roots = list(spec.submodule_search_locations or ()) if spec else []
    found = sorted(path for root in roots for path in Path(root).glob(pattern))
    if not found:
        raise ResourceError(f"{pattern} is not in the package {package!r}: install it, or give a list of your own")
    return found[-1]
