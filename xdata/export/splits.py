"""Who is in which split, config and nested subset: by hashes, so that workers, executors and added inputs change
nothing.

A document falls into a split by a number that is drawn for its group, which lies in one split: see `SplitGroups`.
Shares are exact fractions and numbers are whole, so no sum of floats decides anything: 0.7 + 0.2 + 0.1 is 1, and
refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, ClassVar, Literal
from unicodedata import normalize

import regex
import xxhash
from pydantic import AfterValidator, Field

from xdata.formats.table import FormatName
from xdata.records import GROUPS, ID, MADE_FROM, NGRAMS, NUM_NGRAMS, TEXT_HASH, URL
from xdata.step import Export, Partition
from xdata.text.hosts import split_url
from xdata.text.url_families import family_of

TRAIN = "train"
"""The split of what falls into no other one."""
WHOLE = "100"
"""Percent of train that all its shards are, the last tier of nested subsets."""
NO_DOMAIN = "unknown"
"""Stands in names of configs where a document has no domain."""
DEFAULT = "default"
"""The one config of documents in all languages."""
SENTENCES = "sentences"
"""Folder of sentences. It ends the names of their configs too, so no domain is called so."""

_STEPS = 1 << 64
_SPLIT = regex.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset({TRAIN, "all"})
_FOREIGN = regex.compile(r"[^a-z0-9]+")
_MOST_CHARACTERS = 60
"""Of a domain in the name of a config."""

SplitBy = Literal["document", "site"]
ConfigBy = Literal["language", "language_domain", "none"]
Share = Annotated[float, Field(gt=0, lt=1)]


def _leave_a_rest(splits: dict[str, float]) -> dict[str, float]:
    for name in splits:
        if not _SPLIT.fullmatch(name) or name in _RESERVED:
            raise ValueError(f"the split {name!r}: expected a name of a-z, 0-9 and _ other than train and all")
    total = sum(map(exact, splits.values()))
    if total >= 1:
        raise ValueError(f"the shares of {', '.join(splits)} sum to {float(total):g}: nothing is left for train")
    return splits


def _ascend(subsets: tuple[float, ...]) -> tuple[float, ...]:
    if list(subsets) != sorted(set(subsets)):
        raise ValueError("expected ascending shares, each once")
    return subsets


Splits = Annotated[dict[str, Share], AfterValidator(_leave_a_rest)]
"""Split that is held out -> its share of the documents."""
Subsets = Annotated[tuple[Share, ...], AfterValidator(_ascend)]
"""Shares of train, ascending."""


class SplitGroups(Partition):
    """Adds the number of a group to each kept document (`split_group`): documents of one group are on one side.

    Documents are of one group, over all languages and sources, where they

    - are versions of one page, or pages of one site (`by`);
    - have the same text, white space aside, or nearly the same (`similarity`);
    - share what their sources say (`groups` of a source): a Wikidata item, the source of a translation, …;
    - are parts of one document that was taken apart by language;
    - are pages of one site whose URLs differ in the code of a language alone (`translations`);
    - are tied by a dropped duplicate: its ties are those of the document that is kept in its place, except for
      the site that it is on;

    and where something else is of one group with both: groups are connected components. No group is parted, however
    large it is. A group falls where the number of one of its pages (or sites) falls, chosen by a hash, so neither
    order nor workers nor engine change it. With `--extend` it is a page of what was published, if there is any, so what
    is added moves nothing, unless it ties published groups together: then one of those falls where the other was.
    Documents that are added in a build without it may move the group that they belong to.
    """

    kind: Literal["export.split_groups"] = "export.split_groups"
    libraries = ("xxhash", "langcodes")

    by: SplitBy = "document"
    """Unit that lies in one split: a page (all documents of one URL), or all documents of one host."""
    similarity: float | None = Field(default=0.5, gt=0, le=1)
    """Jaccard similarity of the n-grams of two documents from which they are of one group, 95 % of such pairs being
    seen and more of more similar ones; None compares none."""
    translations: bool = True
    """Whether pages are of one group whose URLs differ in the code of a language alone."""

    def reads(self) -> frozenset[str]:
        near = () if self.similarity is None else (NGRAMS, NUM_NGRAMS)
        return frozenset({ID, URL, MADE_FROM, GROUPS, TEXT_HASH, *near})


class SplitExport(Export):
    """What exports have in common that hold documents back and cut what is left into configs and subsets."""

    libraries = ("xxhash", "zstandard")
    folder: ClassVar[str]
    """Folder of the output that its files are written to."""

    splits: Splits = Field(default={})
    """Held-out split (as `test`) -> its share of the documents, by hash; the rest is `train`."""
    config_by: ConfigBy = "language"
    """Configs are languages (`mlt_Latn`), or languages and domains (`mlt_Latn-court`), or there is one, `default`."""
    format: FormatName | None = "parquet"
    """Format of the files: Parquet, or JSON lines (plain, gzip or zstd), an object a row; null where rows are copied in
    the format of the input."""
    subsets: Subsets = ()
    """Shares of `train` that are configs of their own (0.1 is `mlt_Latn-subset-10`); smaller ones lie in larger."""

    @property
    def is_plain(self) -> bool:
        """Whether all documents of a language go one way."""
        return not self.splits and not self.subsets and self.config_by != "language_domain"

    @property
    def split_names(self) -> list[str]:
        """Held-out splits in order of name, then train."""
        return [*sorted(self.splits), TRAIN]

    @property
    def tiers(self) -> list[str]:
        """Names of the tiers of train in percent of it, the last one being the rest."""
        return [*map(percent, self.subsets), WHOLE]


def exact(share: float) -> Fraction:
    """The fraction that a decimal number was meant to be."""
    return Fraction(repr(share))


def percent(share: float) -> str:
    """A share in percent, as names have it: 0.1 is `10`, 0.005 is `0.5`."""
    return f"{(Decimal(repr(share)) * 100).normalize():f}"


def quota(share: float, num: int) -> int:
    """How many of `num` a share comes to, rounded up, so that no subset of something is nothing."""
    return -(-exact(share) * num // 1)


def draw(seed: int, what: str, key: str) -> int:
    """The number of 64 bits that is drawn for a key."""
    return xxhash.xxh3_64_intdigest(f"{seed}\0{what}\0{key}".encode("utf-8", "surrogatepass"))


def cuts(splits: Mapping[str, float]) -> list[tuple[int, str]]:
    """(number, split): what draws a smaller number, and no smaller one's, is in that split."""
    found = []
    total = Fraction(0)
    for name in sorted(splits):
        total += exact(splits[name])
        found.append((int(total * _STEPS), name))
    return [*found, (_STEPS, TRAIN)]


def split_of(number: int, ends: Sequence[tuple[int, str]]) -> str:
    """The split that a drawn number falls into."""
    return next(name for end, name in ends if number < end)


def keys_of(identity: str, url: str | None, *, by: SplitBy, translations: bool) -> list[str]:
    """What a document shares with those that must be on its side by its URL: first `group_of`, as a key.

    Its page is always one of them, and where it has a host, what its page has in common with translations.
    """
    own = group_of(identity, url, by=by)
    page = group_of(identity, url, by="document")
    family = family_of(url) if translations and url else ""
    return [own, *([page] if page != own else []), *([f"family:{family}"] if family else [])]


def key_hash(key: str) -> int:
    """64-bit hash of a key, for comparisons."""
    return xxhash.xxh3_64_intdigest(key.encode("utf-8", "surrogatepass"))


def shared_key(group: str) -> str:
    """The key of a value that documents share by their source (`qid=Q233`)."""
    return f"shared:{group}"


def part_key(document: str) -> str:
    """The key of a document, by its id, and of what was made of it."""
    return shared_key(f"{MADE_FROM}={document}")


def group_of(identity: str, url: str | None, *, by: SplitBy) -> str:
    """What a document shares with those that must be on its side: its page or its site, where it has a URL.

    Scheme, `www.`, final slash and fragment make no other page.
    """
    host, rest = split_url(url) if url else ("", "")
    host = host.removeprefix("www.")
    if by == "site" and host:
        return f"site:{host}"
    if by == "document" and url:
        return f"page:{host}{rest.split('#')[0].rstrip('/')}" if host else f"page:{url}"
    return f"id:{identity}"


def domain_names(domains: Iterable[str | None]) -> dict[str, str]:
    """Domain -> its part of a config's name, of a-z, 0-9 and _; those that would be the same are numbered."""
    found: dict[str, str] = {}
    taken = {NO_DOMAIN, SENTENCES}
    named = {domain: _plain(domain) for domain in {*domains} if domain is not None}
    for domain, name in sorted(named.items(), key=lambda item: (item[0] != item[1], item[0])):
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free)
        found[domain] = free
    return found


def config_of(language: str, domain: str | None, names: Mapping[str, str] | None) -> str:
    """The config of a document, `names` being those of domains, None where domains make no configs."""
    if names is None:
        return language
    return f"{language}-{NO_DOMAIN if domain is None else names[domain]}"


def _plain(domain: str) -> str:
    letters = normalize("NFKD", domain[: 4 * _MOST_CHARACTERS]).casefold()
    name = _FOREIGN.sub("_", regex.sub(r"\p{M}", "", letters)).strip("_")
    return name[:_MOST_CHARACTERS].rstrip("_") or "domain"
