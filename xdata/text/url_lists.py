"""Reads lists of hosts and URLs into hashes: plain files, and the folders and archives of the UT1 collection.

A plain file has a host or a URL prefix a line. A UT1 tree has a folder for each category with `domains` and `urls`
in it; a tree without folders is all one category. Every file may be gzip-compressed.
"""

import gzip
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np

from xdata.errors import ResourceError
from xdata.text.hosts import Hashes, hash_lines, hash_plain_hosts

_PARTS = frozenset({"domains", "urls", "domains.gz", "urls.gz"})
_BLOCK_BYTES = 1 << 22
_GZIP = b"\x1f\x8b"


def list_files(path: Path, *, category: str) -> tuple[Path, ...]:
    """The files that `read_list` reads. Raises ResourceError if none exists."""
    if path.is_file():
        return (path,)
    found = [file for file in _tree(path) if path.is_dir() and _is_part(file.relative_to(path).as_posix(), category)]
    if not found:
        raise ResourceError(f"{path}: no list of URLs, nor a folder {category!r} with domains or urls in it")
    return tuple(found)


def read_list(path: Path, *, category: str) -> tuple[Hashes, Hashes, Hashes]:
    """The hashes of hosts, of URL prefixes and of their hosts (see `hash_lines`). Raises ResourceError."""
    found = [_hash_file(file) for name in list_files(path, category=category) for file in _files(name, category)]
    hosts, prefixes, path_hosts = (_joined([part[kind] for part in found]) for kind in range(3))
    if not len(hosts) and not len(prefixes):
        raise ResourceError(f"{path}: no host and no URL in the list of {category!r}")
    return hosts, prefixes, path_hosts


def read_words(path: Path) -> frozenset[str]:
    """The words of a file with one a line, `#` before comments, lower-case. Raises ResourceError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ResourceError(f"{path}: cannot be read as a list of words: {error}") from None
    return frozenset(line.strip().lower() for line in lines if line.strip() and not line.startswith("#"))


def _tree(path: Path) -> list[Path]:
    return sorted([*path.glob("*"), *path.glob("*/*")])


def _files(path: Path, category: str) -> Iterator[Iterator[bytes]]:
    """Blocks of whole lines of each file of a category at a path. Raises ResourceError."""
    try:
        if tarfile.is_tarfile(path):
            yield from _members(path, category)
        else:
            with path.open("rb") as raw, _decompressed(raw) as file:
                yield _blocks(file)
    except (OSError, EOFError, tarfile.TarError) as error:
        raise ResourceError(f"{path}: cannot be read as a list of URLs: {error}") from None


def _members(path: Path, category: str) -> Iterator[Iterator[bytes]]:
    """Blocks of the files of a category in an archive."""
    with tarfile.open(path, "r:*") as archive:
        for member in archive:
            if member.isfile() and _is_part(member.name, category):
                file = archive.extractfile(member)
                assert file is not None
                with _decompressed(file) as lines:
                    yield _blocks(lines)


def _is_part(name: str, category: str) -> bool:
    """Whether a file of a UT1 tree is of a category: `adult/domains`, `blacklists/adult/urls`, or just `domains`."""
    path = PurePosixPath(name)
    folder = path.parent.name.replace("-", "_")
    return path.name in _PARTS and folder in ("", category)


@contextmanager
def _decompressed(file: IO[bytes]) -> Iterator[IO[bytes]]:
    start = file.read(len(_GZIP))
    file.seek(0)
    if start == _GZIP:
        with gzip.open(file) as inside:
            yield inside  # type: ignore[misc]
    else:
        yield file


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces that end where a line does, each with a final line end."""
    rest = b""
    while block := file.read(_BLOCK_BYTES):
        end = block.rfind(b"\n") + 1
        if end:
            yield rest + block[:end]
            rest = block[end:]
        else:
            rest += block
    if rest:
        yield rest + b"\n"


def _hash_file(blocks: Iterator[bytes]) -> tuple[Hashes, Hashes, Hashes]:
    hosts: list[Hashes] = []
    prefixes: list[Hashes] = []
    path_hosts: list[Hashes] = []
    for block in blocks:
        plain = hash_plain_hosts(block)
        if plain is not None:
            hosts.append(plain)
            continue
        some = hash_lines(block.decode("utf-8", "replace").splitlines())
        for found, hashes in zip((hosts, prefixes, path_hosts), some, strict=True):
            found.append(hashes)
    return _joined(hosts), _joined(prefixes), _joined(path_hosts)


def _joined(hashes: list[Hashes]) -> Hashes:
    return np.concatenate([np.empty(0, np.uint64), *hashes])
