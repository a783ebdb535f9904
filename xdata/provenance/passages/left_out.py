"""Passages that nothing is trained on, since texts that models are measured on have them too.

Texts of the packages and of test sets quote the same documents, as the Universal Declaration of Human Rights.
"""

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path

_LIST = Path(__file__).with_name("left_out.txt")


def is_left_out(text: str) -> bool:
    """Whether a passage is on the list."""
    return _hash(text) in _hashes()


def leave_out(texts: Iterable[str]) -> None:
    """Adds some passages to the list."""
    hashes = sorted(_hashes() | {_hash(text) for text in texts})
    _LIST.write_text("".join(f"{each}\n" for each in hashes), encoding="utf-8")
    _hashes.cache_clear()


@cache
def _hashes() -> frozenset[str]:
    return frozenset(_LIST.read_text(encoding="utf-8").split())


def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
