"""Hosts, paths and words of URLs as they are found in crawls, and sets of hosts and URL prefixes to look them up in.

A URL is split as browsers do (WHATWG URL standard), with more patience: without a scheme, with user and password,
ports, trailing dots, IPv6, percent-escapes, and names in any script, which become punycode. What is no URL has no
host, and nothing raises.

A set keeps 64-bit hashes, not names: 4.6 million domains take 41 MB and are read in two seconds. Two names share a
hash by chance in one lookup of 10^12.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import regex
import xxhash

MOST_HOST_CHARACTERS = 253
"""Of a name in the DNS (RFC 1035); what is longer is no host."""

MOST_PATH_PREFIXES = 32
"""Prefixes of a path, by whole segments, that are looked up."""

MOST_URL_CHARACTERS = 1 << 16
"""Of a URL that are looked at."""

_PLAIN = re.compile(r"https?://([a-z0-9_-]+(?:\.[a-z0-9_-]+)+)(?=[/?#]|\Z)")
"""Nine of ten URLs of a crawl: nothing in them has to be made regular."""
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_LENIENT = frozenset({"http", "https", "ftp", "ws", "wss"})
"""Schemes after which browsers take any slashes, of both kinds."""
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_PORT = re.compile(r":[0-9]*\Z")
_HOST_END = re.compile(r"[/?#\\]")
_DOTS = re.compile("[\u3002\uff0e\uff61]")
_IGNORED = re.compile("[\t\n\r\u00ad\u200b\u2060\ufeff]")
"""What browsers leave out of URLs and of names."""
_EDGES = "".join(map(chr, range(0x21)))
_FORBIDDEN = re.compile(r"[\x00-\x20\"#%/:<>?@\[\\\]^`{|}\x7f\ud800-\udfff\ufffd]")
_IPV4 = re.compile(r"[0-9]+(?:\.[0-9]+){3}\Z")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")

Hashes = npt.NDArray[np.uint64]


def split_url(url: str) -> tuple[str, str]:
    """(host, rest) of a URL: the host lower-case, in ASCII, without port and final dot; empty if the URL has no host.

    The rest begins with the path, percent-escapes and all.
    """
    plain = _PLAIN.match(url)
    if plain and plain.end(1) - plain.start(1) <= MOST_HOST_CHARACTERS:
        return plain[1], url[plain.end(1) : MOST_URL_CHARACTERS]
    return _split_any(url[:MOST_URL_CHARACTERS])


def read_host(name: str) -> str:
    """A host, or the end of hosts, as `split_url` writes it: `пример.рф` becomes `xn--e1afmkfd.xn--p1ai`.

    Empty for what is no host: a URL, a pattern, a host with a port.
    """
    name = name.strip().strip(".")
    is_address = name.startswith("[")
    host, rest = ("", "") if "@" in name or (":" in name and not is_address) else split_url(name)
    return host if not rest and (_HOST.fullmatch(host) or is_address) else ""


def host_suffixes(host: str) -> list[str]:
    """The host and each domain that it lies in: a.b.org, b.org, org; an address is a whole."""
    names = [host]
    if (host[-1:].isdigit() and _IPV4.match(host)) or host.startswith("["):
        return names
    dot = host.find(".")
    while dot >= 0:
        names.append(host[dot + 1 :])
        dot = host.find(".", dot + 1)
    return names


def path_prefixes(rest: str) -> Iterator[str]:
    """The path in full (query and all), without its query, and cut after each segment, longest first; no final slash.

    At most `MOST_PATH_PREFIXES` of them: the shortest, and the two full ones.
    """
    rest = unescape(rest).split("#", 1)[0]
    path = rest.split("?", 1)[0].rstrip("/")
    if rest.rstrip("/") != path:
        yield rest.rstrip("/")
    segments = path.split("/")
    if len(segments) > MOST_PATH_PREFIXES:
        yield path
        segments = segments[:MOST_PATH_PREFIXES]
    for end in range(len(segments), 1, -1):
        yield "/".join(segments[:end])


def unescape(rest: str) -> str:
    """A path with its percent-escapes read as UTF-8; bytes that are none stay apart from each other."""
    return unquote(rest, errors="surrogateescape") if "%" in rest else rest


def url_words(url: str) -> set[str]:
    """The words of a URL: what hyphens, slashes, dots, underscores and other signs part, lower-case, unescaped."""
    text = unicodedata.normalize("NFC", unescape(url[:MOST_URL_CHARACTERS]))
    return set(_WORD.findall(text.lower()))


class UrlSet:
    """Hosts and URL prefixes, each in a category; of several categories the lowest wins."""

    def __init__(self, hosts: Sequence[Hashes], prefixes: Sequence[Hashes], path_hosts: Iterable[Hashes]) -> None:
        """`hosts` and `prefixes` have the hashes of each category, `path_hosts` those of hosts that have prefixes."""
        self._hosts, self._host_categories = _ranked(hosts)
        self._prefixes, self._prefix_categories = _ranked(prefixes)
        self._path_hosts = _unique(np.concatenate([np.empty(0, np.uint64), *path_hosts]))

    def categories(self, urls: Sequence[str | None]) -> list[int | None]:
        """The number of the category of each URL, None for one in no category, or for no URL."""
        split = [split_url(url) if url else ("", "") for url in urls]
        hashes, rows = _name_hashes([host for host, _ in split])
        found: list[int | None] = [None] * len(urls)
        hits, positions = _matches(hashes, self._hosts)
        for row, category in zip(rows[hits].tolist(), self._host_categories[positions].tolist(), strict=True):
            found[row] = _lower(found[row], category)
        if len(self._prefixes):
            for row in set(rows[_matches(hashes, self._path_hosts)[0]].tolist()):
                found[row] = _lower(found[row], self._prefix_category(*split[row]))
        return found

    def _prefix_category(self, host: str, rest: str) -> int | None:
        """The lowest category of any prefix of one URL."""
        paths = list(path_prefixes(rest))
        names = [domain + path for domain in _names(host) for path in paths]
        _, positions = _matches(np.sort(_array([hash_name(name) for name in names])), self._prefixes)
        return min(self._prefix_categories[positions].tolist(), default=None)


def hash_name(name: str) -> int:
    """The hash of a host or a URL prefix."""
    try:
        return xxhash.xxh3_64_intdigest(name)
    except UnicodeEncodeError:  # a lone surrogate, as a bad percent-escape leaves one
        return xxhash.xxh3_64_intdigest(name.encode("utf-8", "surrogatepass"))


def hash_lines(lines: Iterable[str]) -> tuple[Hashes, Hashes, Hashes]:
    """The hashes of hosts, of URL prefixes, and of the hosts of those, out of lines; `#` begins a comment.

    A line is a host (`example.org`, `.example.org`, a top-level domain) or a URL with a path. What is neither is
    left out.
    """
    hosts: list[int] = []
    prefixes: list[int] = []
    path_hosts: list[int] = []
    for line in lines:
        host, rest = split_url(_without_comment(line).lstrip("."))
        path = next(path_prefixes(rest), "") if host else ""
        if path:
            prefixes.append(hash_name(host + path))
            path_hosts.append(hash_name(host))
        elif host:
            hosts.append(hash_name(host))
    return _array(hosts), _array(prefixes), _array(path_hosts)


def hash_plain_hosts(lines: bytes) -> Hashes | None:
    """The hashes of lines that are lower-case ASCII hosts and nothing else, quickly; None for any other lines."""
    if lines.translate(None, b"abcdefghijklmnopqrstuvwxyz0123456789-_.\n") or b"\n." in lines or b".\n" in lines:
        return None
    names = lines.split()
    return np.fromiter(map(xxhash.xxh3_64_intdigest, names), np.uint64, len(names))


def _split_any(url: str) -> tuple[str, str]:
    url = _IGNORED.sub("", url.strip(_EDGES))
    scheme = _SCHEME.match(url)
    if scheme and not url.startswith("//", scheme.end()):
        rest = url[scheme.end() :]
        if scheme[1].lower() in _LENIENT:
            url = "//" + rest
        elif not _is_port(rest):
            return "", ""  # mailto:, urn:, data:, javascript:
    elif scheme:
        url = url[scheme.end() :]
    url = url.lstrip("/\\")
    end = _HOST_END.search(url)
    cut = end.start() if end else len(url)
    host = _regular_host(url[:cut])
    rest = url[cut:].replace("\\", "/") if url[cut : cut + 1] == "\\" else url[cut:]
    return (host, rest) if host else ("", "")


def _is_port(rest: str) -> bool:
    """Whether what follows a colon is a port: example.org:8080/path has no scheme."""
    end = _HOST_END.search(rest)
    port = rest[: end.start() if end else None]
    return port.isdigit() or (not port and end is not None)


def _regular_host(authority: str) -> str:
    """The host out of user:password@host:port, or nothing."""
    host = authority.rsplit("@", 1)[-1]
    if host.startswith("["):
        return _ipv6(host)
    host = _PORT.sub("", host)
    if len(host) > 3 * MOST_HOST_CHARACTERS:
        return ""
    host = _DOTS.sub(".", unquote(host) if "%" in host else host)
    host = "" if _FORBIDDEN.search(host) else _ascii_host(host)
    return "" if len(host) > MOST_HOST_CHARACTERS or _FORBIDDEN.search(host) else host


def _ipv6(host: str) -> str:
    """An address in brackets in its one short form, or nothing."""
    try:
        return f"[{IPv6Address(host[1:].split(']', 1)[0]).compressed}]"
    except (AddressValueError, ValueError):
        return ""


def _ascii_host(host: str) -> str:
    """A name in lower case and punycode, whichever of its labels are in it already."""
    host = host.removesuffix(".")
    if host.isascii():
        return host.lower()
    return ".".join(map(_ascii_label, unicodedata.normalize("NFKC", host.lower()).lower().split(".")))


def _ascii_label(label: str) -> str:
    """One label as IDNA 2008 writes it (RFC 5891), without asking whether it may be registered."""
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _names(host: str) -> list[str]:
    """What a host may be listed as: itself, each domain that it lies in, and itself behind `www.`."""
    names = host_suffixes(host)
    names.append("www." + host)
    return names


def _name_hashes(hosts: Sequence[str]) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """The hashes of all names of all hosts, sorted, and the row of the host of each."""
    names = [_names(host) if host else [] for host in hosts]
    hashes = np.fromiter((xxhash.xxh3_64_intdigest(name) for some in names for name in some), np.uint64)
    rows = np.repeat(np.arange(len(hosts)), np.fromiter(map(len, names), np.int64, len(names)))
    order = np.argsort(hashes)  # neighbours are searched in the same cache lines
    return hashes[order], rows[order]


def _matches(hashes: Hashes, known: Hashes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which of the hashes are known, and the position of each among those known."""
    if not len(known):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    positions = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    hits = np.flatnonzero(known[positions] == hashes)
    return hits, positions[hits]


def _unique(hashes: Hashes) -> Hashes:
    """Sorted, each once; numpy's own takes four times as long for millions."""
    if not len(hashes):
        return hashes
    ordered = np.sort(hashes)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]]


def _ranked(groups: Sequence[Hashes]) -> tuple[Hashes, npt.NDArray[np.uint8]]:
    """All hashes, sorted, each once, with the number of the first group that has it."""
    hashes, numbers = np.empty(0, np.uint64), np.empty(0, np.uint8)
    for number, group in enumerate(groups):
        fresh = _unique(group)
        if len(hashes):
            fresh = fresh[~np.isin(fresh, hashes, assume_unique=True)]
        merged = np.concatenate([hashes, fresh])
        order = np.argsort(merged) if len(hashes) else slice(None)
        kinds = np.concatenate([numbers, np.full(len(fresh), number, np.uint8)])
        hashes, numbers = merged[order], kinds[order]
    return hashes, numbers


def _lower(one: int | None, other: int | None) -> int | None:
    return min((number for number in (one, other) if number is not None), default=None)


def _without_comment(line: str) -> str:
    return line.split("#", 1)[0].strip()


def _array(hashes: Sequence[int]) -> Hashes:
    return np.array(hashes, np.uint64)


def site_of(url: str | None) -> str:
    """The site that a URL is of: its host, lower-case, in ASCII, without `www.`; empty where it has none.

    What has no dot in it, as the folder of a `file:` URL, is no host of the web.
    """
    host = split_url(url)[0].removeprefix("www.") if url else ""
    return host if "." in host or host.startswith("[") else ""
