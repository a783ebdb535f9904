import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.texts import SCRIPTS, texts
from xdata.provenance.identifier import read_passages, select
from xdata.provenance.overlap import SIZE, common, ngrams
from xdata.provenance.passages import Passage, left_out


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_a_passage_that_has_words_of_a_test_is_found(language: str) -> None:
    measured, other = texts(language)[:2]
    lines = [Passage(language, line, "prose", "npm one") for line in measured.split("\n")]
    found = common(lines, [measured])
    long = [line for line in lines if list(ngrams(line.text))]
    assert [passage for _, passage in found] == long
    assert not common([Passage(language, texts("eng_Latn")[0], "prose", "npm one")], [other]) or language == "eng_Latn"


@pytest.mark.parametrize(
    ("text", "num"),
    [
        ("a b c d e f g", 0),
        ("a b c d e f g h", 1),
        ("A, b! c d e f g-h", 1),
        ("我" * 23, 0),
        ("我" * 24, 1),
        ("ที" * 24, 1),
        ("", 0),
    ],
)
def test_ngrams_are_of_eight_words_or_of_thrice_as_many_characters(text: str, num: int) -> None:
    assert SIZE == 8
    assert len(list(ngrams(text))) == num


def test_what_is_left_out_stays_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "left_out.txt"
    path.write_text("")
    monkeypatch.setattr(left_out, "_LIST", path)
    left_out._hashes.cache_clear()
    try:
        assert not left_out.is_left_out("Kila mtu")
        left_out.leave_out(["Kila mtu", "Kila mtu"])
        assert left_out.is_left_out("Kila mtu")
        assert not left_out.is_left_out("kila mtu")
        assert len(path.read_text().split()) == 1
    finally:
        left_out._hashes.cache_clear()


def _measured(shared: Path) -> Iterator[str]:
    """Every sentence of SIB-200, which is FLORES-200, and of Tatoeba."""
    for path in sorted((shared / "langid" / "sib200").glob("*.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from (line.rstrip("\n").split("\t")[3] for line in list(file)[1:])
    for path in sorted((shared / "langid" / "tatoeba").glob("*.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield from line.rstrip("\n").split("\t")


@pytest.mark.shared_data("langid/sib200", "langid/tatoeba")
@pytest.mark.slow
def test_nothing_of_the_tests_is_trained_on(shared_data: Path) -> None:
    """Needs the packages too, which training has fetched: XDATA_PACKAGES is their folder."""
    if not (cache := os.environ.get("XDATA_PACKAGES")):
        pytest.skip("XDATA_PACKAGES names no folder of packages")
    selected = select(read_passages(Path(cache)))
    trained = (passage for passages in selected.values() for passage in passages)
    assert common(trained, _measured(shared_data)) == []
