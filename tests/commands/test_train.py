"""Models are trained from any input that a build reads, by one command."""

import json
from pathlib import Path

import pytest

from tests.run.corpora import write_crawl
from tests.texts import texts
from xdata.cli import main
from xdata.models.classifier import Classifier
from xdata.models.ngrams.files import load_ngrams


def _write(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def swahili(tmp_path: Path) -> Path:
    rows = [{"text": text, "language": "swh_Latn"} for text in texts("swh_Latn")]
    other = [{"text": text, "language": "mlt_Latn"} for text in texts("mlt_Latn")]
    path = _write(tmp_path / "in.jsonl", [*rows, *other])
    (tmp_path / "sources.yaml").write_text(
        'sources: [{name: "s", path: "in.jsonl", fields: {language: "language"}}]\n', encoding="utf-8"
    )
    return path.with_name("sources.yaml")


def test_a_language_model_by_one_command(swahili: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "perplexity", "--input", str(swahili), "--language", "sw", "--out", str(tmp_path / "models")]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "read 5 documents in 1 file, 5 in another language" in said
    assert "swh_Latn.ngrams: model of swh_Latn" in said
    model = load_ngrams(tmp_path / "models" / "swh_Latn.ngrams")
    assert model.language == "swh_Latn"
    assert [name for name, _ in model.facts["inputs"]] == ["s/in.jsonl"]
    first = (tmp_path / "models" / "swh_Latn.ngrams").read_bytes()
    assert main([*words[:-1], str(tmp_path / "own.ngrams")]) == 0
    assert (tmp_path / "own.ngrams").read_bytes() == first


def test_a_language_model_out_of_web_pages(tmp_path: Path) -> None:
    crawl = write_crawl(tmp_path / "crawl")
    words = ["train", "perplexity", "--input", str(crawl), "--language", "sw", "--out", str(tmp_path / "m.ngrams")]
    assert main(words) == 0
    assert load_ngrams(tmp_path / "m.ngrams").facts["num_characters"] > 1000


def test_a_classifier_by_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    split = " ".join(texts("swh_Latn")).split()
    good = _write(tmp_path / "good.jsonl", [{"text": " ".join(split[i : i + 20])} for i in range(0, 600, 10)])
    bad = tmp_path / "bad.csv"
    bad.write_text("text\n" + "".join(f"{'menu home login ' * 5}{'x' * i}\n" for i in range(60)), encoding="utf-8")
    out = tmp_path / "quality.bin"
    assert main(["train", "classifier", "--good", str(good), "--bad", str(bad), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "read good: 60 documents in 1 file" in said
    assert "AUC 1.000" in said
    assert (Classifier(out).quality("menu home login") or 0) < 0.5
    described = json.loads((tmp_path / "quality.bin.json").read_text())
    assert len(described["facts"]["bad"][0][1]) == 64


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["train"], 2, "the following arguments are required: MODEL"),
        (["train", "perplexity", "--out", "m"], 2, "are required: --input, --language"),
        (["train", "perplexity", "--input", "gone", "--language", "sw", "--out", "m"], 1, "gone: there is no such"),
        (["train", "perplexity", "--input", "IN", "--language", "klingon", "--out", "m"], 2, "unknown language"),
        (["train", "perplexity", "--input", "IN", "--language", "sw", "--out", "m.bin"], 2, "ends in .ngrams"),
        (["train", "perplexity", "--input", "IN", "--language", "sw", "--out", "m"], 1, "are too few to train on"),
        (["train", "classifier", "--good", "IN", "--out", "m"], 2, "are required: --bad"),
        (["train", "classifier", "--good", "IN", "--bad", "IN", "--out", "m"], 1, "0 different good examples"),
        (["train", "perplexity", "--input", "IN", "--language", "sw", "--out", "in.jsonl/m"], 2, "is not a folder"),
        (["train", "classifier", "--good", "IN", "--bad", "IN", "--out", "in.jsonl/m"], 2, "is not a folder"),
        (["train", "classifier", "--good", "IN", "--bad", "IN", "--out", "."], 2, "is a folder: name the file"),
    ],
)  # fmt: skip
def test_every_mistake_is_one_line(
    words: list[str],
    status: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    given = _write(tmp_path / "in.jsonl", [{"text": "Kila mtu"}])
    assert main([str(given) if word == "IN" else word for word in words]) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("xdata: ")
    assert said.err.count("\n") == 1
    assert message in said.err
    assert list(tmp_path.iterdir()) == [given]
