"""What is no text: lines of programs, keys and addresses, by which an identifier learns to abstain."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import regex

from xdata.models.identifier import NOISE
from xdata.provenance.passages.packages import packages_of, unpacked
from xdata.provenance.passages.passage import Passage

_LABEL = f"{NOISE}_Latn"
_CODE = regex.compile(r"[;{(=]\s*$|^\s*[})]|\w\(|->|=>")
_COMMENT = regex.compile(r"^\s*(?:\*|//|/\*|#|<!--)|[\"'][^\"']{12,}[\"']")
_ENDINGS = (".php", ".js", ".css", ".sql", ".lua")
_MOST_OF_A_FILE = 40
_LEAST, _MOST = 16, 200
_NUM_KEYS = 4_000


def passages(cache: Path) -> Iterator[Passage]:
    """Lines of code without comments and sentences, then keys of several kinds."""
    for package in packages_of("mediawiki"):
        folder = unpacked(package, cache)
        for path in sorted(path for path in folder.rglob("*") if path.suffix in _ENDINGS and path.is_file()):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            code = [line.strip() for line in lines if _CODE.search(line) and not _COMMENT.search(line)]
            for line in [line for line in code if _LEAST <= len(line) <= _MOST][:_MOST_OF_A_FILE]:
                yield Passage(_LABEL, line, "phrases", package.title)
    for number in range(_NUM_KEYS):
        yield Passage(_LABEL, _keys(number), "words", "made up")


def _keys(number: int) -> str:
    """Some keys, the same for the same number."""
    digest = blake2b(str(number).encode(), digest_size=48).digest()
    long = b64encode(digest).decode()
    hexes = digest.hex()
    kinds = (
        long,
        f"{hexes[:8]}-{hexes[8:12]}-{hexes[12:16]} {hexes[16:40]}",
        f"https://{long[:6].lower()}.com/{long[6:12]}/{long[12:18]}?{long[18:21]}={hexes[:6]}&{long[21:25]}={long[25:31]}",
        " ".join(long[start : start + 5] for start in range(0, 50, 6)),
    )
    return kinds[number % len(kinds)]
