"""Identifiers behind one way to call them, and a whole run with one of ours."""

import gzip
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from tests.benchmarks.identification.__main__ import main
from tests.benchmarks.identification.mixed import PAIRS
from tests.benchmarks.identification.neighbours import SMALL, count_false, false_positives
from tests.benchmarks.identification.peers import Guess, MissingPackage, Peer, load_ours, load_peer
from tests.benchmarks.identification.plots import draw_shares
from tests.benchmarks.identification.results import Results
from tests.benchmarks.identification.texts import Sentence
from xdata.models.language import Identification


class ByLetter:
    """Says Swahili of text with a `w`, Amharic of Ethiopic, nothing of the rest."""

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Identification:
        if "w" in text:
            return Identification("swh_Latn", 0.9)
        return Identification("amh", 0.8) if "ነ" in text else Identification(None, 0.0)


OURS = ByLetter()


def by_suffix(suffix: str) -> ByLetter:
    assert suffix == "a:b"
    return ByLetter()


@pytest.mark.parametrize("factory", ["ByLetter", "OURS", "by_suffix:a:b"])
def test_ours_is_a_class_an_object_or_a_function(factory: str) -> None:
    peer = load_ours(f"mine={__name__}:{factory}")
    assert peer.name == "mine"
    assert peer.predict(["watu wote", "ሰላም ነው", "x"]) == ["swh_Latn", "amh_Ethi", None]
    assert load_ours(f"{__name__}:{factory}").name == "ours"


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "heliport", None)
    with pytest.raises(MissingPackage, match=r"heliport==1\.0\.1"):
        load_peer("heliport")


class _Identifier:
    """As heliport's."""

    def identify(self, text: str, ignore_confidence: bool = False) -> str:
        assert ignore_confidence
        return "swa"

    def identify_with_score(self, text: str) -> tuple[str, float]:
        return ("und", 0.1) if len(text) < 3 else ("swa", 2.5)


def test_heliport_answers_always_or_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("heliport")
    module.Identifier = _Identifier  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "heliport", module)
    assert load_peer("heliport").guess(["watu", "w"]) == [Guess("swa", 2.5), Guess("swa", 0.1)]
    assert load_peer("heliport_und").guess(["watu", "w"]) == [Guess("swa", 2.5), Guess(None, 0.1)]


def test_lid176_says_a_probability() -> None:
    peer = load_peer("lid176")
    (guess,) = peer.guess(["Tume ya Ulaya ilianzishwa mjini Brussels mwaka jana."])
    assert guess.label == "swh_Latn"
    assert 0 < guess.score <= 1


def test_false_positives_are_counted_by_language() -> None:
    peer = Peer(
        "x",
        lambda texts: [Guess("cym", 1.0), Guess(None, 0.0), Guess("que", 1.0), Guess("fra", 1.0)],
        is_probability=True,
    )
    sentences = [Sentence("eng_Latn", text) for text in "abcd"]
    counts = count_false(peer, sentences)
    assert counts == {("eng", "cym"): 1, ("eng", "quy"): 1}
    found = {item.code: item.num_false for item in false_positives(counts, len(sentences))}
    assert found == dict.fromkeys(SMALL, 0) | {"cym": 1, "quy": 1}


def test_plots_are_xml_with_a_line_for_each_name() -> None:
    image = draw_shares({"a<b": [(0.0, 0.5), (1.0, 1.0)]}, title="T", x_title="x", y_title="y", diagonal=True)
    texts = [element.text for element in ElementTree.fromstring(image).iter("{http://www.w3.org/2000/svg}text")]
    assert {"T", "x", "y", "a<b"} <= set(texts)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    texts = {"swh_Latn": ["watu wote", "wamezaliwa", "huru na"], "amh_Ethi": ["ሰላም ነው", "ነው"], "lao_Laoo": ["ລາວ"]}
    _write_sets(tmp_path, {f"langid/sib200/{label}.tsv.gz": _sib_rows(some) for label, some in texts.items()})
    return tmp_path


def _sib_rows(texts: Sequence[str]) -> str:
    return "\n".join(["split\tindex_id\tcategory\ttext", *(f"train\t{n}\tx\t{text}" for n, text in enumerate(texts))])


def _write_sets(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content.encode()))


def test_results_keep_scripts_and_abstentions(shared: Path) -> None:
    result = Results(shared, most=None).of(load_ours(f"{__name__}:OURS"), "sib200")
    assert result.predicted == ["amh_Ethi", "amh_Ethi", None, "swh_Latn", "swh_Latn", None]
    assert {code: score.recall for code, score in result.by_code.items()} == {
        "amh": 1.0,
        "lao": 0.0,
        "swh": pytest.approx(2 / 3),
    }
    assert result.right.tolist() == [True, True, False, True, True, False]
    assert result.answered.tolist() == [True, True, False, True, True, False]


def test_a_whole_run_prints_and_writes(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = ["tables", "confusions", "calibration", "abstention"]
    wanted = ["--sets", "sib200", "--identifiers", "--ours", f"mine={__name__}:OURS", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["identification", "--shared", str(shared), "--part", *parts, *wanted])
    main()
    printed = capsys.readouterr().out
    assert "sib200         mine              3  0.600      3  0.600" in printed
    assert "lao->und 100%" in printed
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"languages.tsv", "f1.tsv", "confusions.tsv", "calibration.tsv", "abstention.tsv"} < written
    assert "abstention.sib200.crawl.svg" in written
    rows = (tmp_path / "out" / "f1.tsv").read_text(encoding="utf-8").splitlines()
    assert rows == [
        "set\tlanguage\tmine",
        "sib200\tamh_Ethi\t1.000",
        "sib200\tlao_Laoo\t0.000",
        "sib200\tswh_Latn\t0.800",
    ]


class Welsh:
    """Says Welsh of text with a `w`."""

    def identify(self, texts: Sequence[str]) -> list[Identification]:
        return [Identification("cym" if "w" in text.lower() else None, 0.9) for text in texts]


class AllSwahili:
    """One segment of all."""

    def segments(self, text: str) -> list[tuple[int, int, str | None]]:
        return [(0, len(text), "swh_Latn")]


def test_a_run_of_mixed_documents_and_false_positives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = {label for pair in PAIRS for label in pair}
    files = {
        **{f"langid/sib200/{label}.tsv.gz": _sib_rows(["watu", "wote", "huru", "na", "haki"]) for label in labels},
        **{f"langid/tatoeba/{code}-eng.tsv.gz": "x\ty\n" for code in SMALL},
        "parallel/multi30k/val.en.gz": "Two cows.\nA cat.\n",
        "parallel/wmt_newstest/newstest2009.en.gz": "News.\n",
        "parallel/tatoeba_en_es/spa.txt.gz": "Go.\tVete.\n",
        "parallel/tico19/en-fr.tmx.gz": '<tuv xml:lang="en"><seg>How?</seg></tuv>',
        "nli/americasnli/quy.dev.tsv.gz": "id\tlanguage\tpremise\thypothesis\tlabel\n1\tquy\ta\tb\tneutral\n",
    }
    _write_sets(tmp_path, files)
    wanted = ["--identifiers", "--ours", f"w={__name__}:Welsh", "--segmenter", f"all={__name__}:AllSwahili"]
    monkeypatch.setattr(sys, "argv", ["x", "--shared", str(tmp_path), "--part", "mixed", "precision", *wanted])
    main()
    printed = capsys.readouterr().out
    assert "6 sentences of multi30k, newstest, tatoeba_en_es, tico19" in printed
    assert "all fifteen: 3 of 6" in printed
    assert "w by line" in printed
    (segmented,) = [line for line in printed.splitlines() if line.startswith("all ")]
    assert segmented.count("/0.083)") == 3
