"""Whether text that models are trained on has anything of text that they are measured on: common 8-grams of words.

    python -m xdata.provenance.overlap --cache packages [--leave-out] TEST.txt …

A file has a text a line. With `--leave-out`, what is found is added to `passages/left_out.txt`, by its hash, and is not
trained on from then on. Where scripts put no spaces, each character is a word and an n-gram has three times as many.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import regex

from xdata.provenance.identifier import read_passages
from xdata.provenance.passages.left_out import leave_out
from xdata.provenance.passages.passage import Passage
from xdata.text.code_points import UNSPACED_SCRIPTS

SIZE = 8
"""Words of an n-gram."""

_UNSPACED = "".join(rf"\p{{Script={script}}}" for script in UNSPACED_SCRIPTS)
_WORD = regex.compile(rf"[{_UNSPACED}][\p{{M}}]*|(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}\p{{N}}'’\u200c\u200d])+")
_IS_UNSPACED = regex.compile(rf"[{_UNSPACED}]")
_CHARACTERS_OF_A_WORD = 3


def ngrams(text: str, *, size: int = SIZE) -> Iterator[tuple[str, ...]]:
    """The n-grams of a text, in lower case and without signs."""
    words = _WORD.findall(text.lower())
    num = size * _CHARACTERS_OF_A_WORD if sum(map(bool, map(_IS_UNSPACED.match, words))) * 2 > len(words) else size
    for start in range(len(words) - num + 1):
        yield tuple(words[start : start + num])


def common(trained: Iterable[Passage], measured: Iterable[str], *, size: int = SIZE) -> list[tuple[str, Passage]]:
    """(n-gram, passage) of each passage that has an n-gram of a text that is measured on."""
    known = {ngram for text in measured for ngram in ngrams(text, size=size)}
    found = []
    for passage in trained:
        shared = next((ngram for ngram in ngrams(passage.text, size=size) if ngram in known), None)
        if shared is not None:
            found.append((" ".join(shared), passage))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Common 8-grams of training text and test text.")
    parser.add_argument("--cache", type=Path, required=True, help="folder of packages")
    parser.add_argument("--leave-out", action="store_true", help="train on what is found no more")
    parser.add_argument("files", nargs="+", type=Path, help="test text, a line each")
    options = parser.parse_args()
    measured = [line for path in options.files for line in path.read_text(encoding="utf-8").splitlines()]
    found = common(read_passages(options.cache), measured)
    if options.leave_out:
        leave_out(passage.text for _, passage in found)
    for ngram, passage in found:
        print(passage.package, passage.language, ngram, sep="\t")
    print(f"{len(found)} passages with an n-gram of {len(measured):,} lines", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
