"""How well a classifier trained from examples tells main text from boilerplate, on pages whose text is known.

    python -m tests.benchmarks.quality DATA

DATA holds sets of pages as `web/SET/pages.warc.gz` and `web/SET/gold.jsonl.gz`. Good is the gold text of a page, bad
all other lines of it (menus, teasers, footers). Figures are of a fifth of the pages' texts held out at random, then
of a classifier trained on one set and tested on the other, which has other sites; the first set is
English, the second of 30 countries.
"""

import gzip
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import regex
from fastwarc.warc import ArchiveIterator

from xdata.models.classifier import Classifier, evaluate, features, save_classifier, train_classifier
from xdata.text.encoding import decode_html

SETS = ("scrapinghub_articles", "fundus_news")
_SPACE = regex.compile(r"\s+")
_FEWEST_LETTERS = 200


def examples(folder: Path, name: str) -> tuple[list[str], list[str]]:
    """(main texts, boilerplate) of the pages of one set."""
    with gzip.open(folder / "web" / name / "gold.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    gold = {str(row["id"]): str(row.get("text") or "") for row in rows}
    good, bad = [], []
    with (folder / "web" / name / "pages.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            text = gold.get(_page_id(record), "")
            if len(text) >= _FEWEST_LETTERS:
                good.append(text)
                page = decode_html(record.reader.read(), charset=None).text
                bad.append(_rest(page, text))
    return good, [text for text in bad if len(text) >= _FEWEST_LETTERS]


def _page_id(record: Any) -> str:
    return str(record.http_headers.get("X-Xdata-Page-Id", "")) if record.http_headers else ""


def _rest(page: str, text: str) -> str:
    """The lines of a page that are not in its main text."""
    from resiliparse.extract.html2text import extract_plain_text

    whole = _SPACE.sub(" ", text)
    lines = str(extract_plain_text(page, main_content=False)).splitlines()
    return "\n".join(line for line in lines if _SPACE.sub(" ", line).strip() not in whole)


def main(folder: Path) -> None:
    """Prints what each classifier is worth."""
    found = {name: examples(folder, name) for name in SETS}
    good = [text for texts, _ in found.values() for text in texts]
    bad = [text for _, texts in found.values() for text in texts]
    print("all sets, a fifth held out:", train_classifier(good, bad).evaluation)
    for name in SETS:
        others = [examples for other, examples in found.items() if other != name]
        trained = train_classifier(
            [text for texts, _ in others for text in texts], [text for _, texts in others for text in texts]
        )
        with tempfile.TemporaryDirectory() as place:
            save_classifier(trained, Path(place, "model"))
            classifier = Classifier(Path(place, "model"))
            size = Path(place, "model").stat().st_size
        scores = [[classifier.quality(text) or 0.0 for text in texts] for texts in found[name]]
        print(f"trained without {name}:", evaluate(*scores))
    started = time.process_time()
    for text in good:
        classifier.quality(text)
    took = time.process_time() - started
    print(f"{sum(len(text.encode()) for text in good) / took / 1e6:.1f} MB/s, a model of {size / 1e6:.1f} MB")
    started = time.process_time()
    for text in good:
        features(text)
    print(f"of which words {(time.process_time() - started) / took:.0%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
