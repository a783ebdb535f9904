import io
import json
import os
import sys
from pathlib import Path

import pytest

from tests.texts import SCRIPTS, texts
from xdata.cli import main
from xdata.commands.identify import candidate_weights, count_languages, identify_lines
from xdata.models.language import XLID, load_identifier

LINES = [text.replace("\n", " ") for language in SCRIPTS.values() for text in texts(language)[:2]]


def test_each_line_has_one_in_the_same_order() -> None:
    identifier = load_identifier(XLID)
    found = list(identify_lines(LINES, identifier))
    assert [one.found for one in found] == identifier.identify(LINES)
    assert len(found) == len(LINES)
    for line, language in zip(found, [code for code in SCRIPTS.values() for _ in range(2)], strict=True):
        assert line.language.split("_")[-1] in (language.split("_")[1], "und")


def test_below_the_least_probability_nothing_is_named_and_nothing_is_lost() -> None:
    identifier = load_identifier(XLID)
    (sure,) = identify_lines(["Kila mtu ana haki ya kuishi"], identifier)
    (unsure,) = identify_lines(["Kila mtu ana haki ya kuishi"], identifier, min_score=1.0)
    assert (sure.language, unsure.language) == ("swh_Latn", "und")
    assert unsure.found.alternatives[0] == ("swh_Latn", sure.found.score)


def test_expected_languages_are_likelier() -> None:
    weights = candidate_weights(["mlt_Latn"], other_weight=0.0)
    (found,) = identify_lines(["Kila mtu ana haki"], load_identifier(XLID), weights=weights)
    assert found.language == "mlt_Latn"


def test_counts_of_languages_add_up() -> None:
    found = list(identify_lines([*LINES, "", "12"], load_identifier(XLID)))
    rows = count_languages(found)
    assert sum(row.num_lines for row in rows) == len(found)
    assert sum(row.share for row in rows) == pytest.approx(1)
    assert [row.num_lines for row in rows] == sorted((row.num_lines for row in rows), reverse=True)
    for row in rows:
        assert row.num_lines == sum(line.language == row.language for line in found)
        assert str(row).split("\t")[:2] == [row.language, str(row.num_lines)]
    assert count_languages([]) == []


def test_files_and_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in.txt"
    path.write_bytes(
        "Kila mtu ana haki ya kuishi\r\n\nħafna nies marru d-dar\xff".encode("latin-1", "ignore") + b"\xff\n"
    )
    assert main(["identify", str(path)]) == 0
    from_file = capsys.readouterr().out
    assert from_file.count("\n") == 3
    rows = [line.split("\t") for line in from_file.splitlines()]
    assert rows[0][0] == "swh_Latn"
    assert rows[1] == ["und", "0.0000", ""]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert main(["identify"]) == 0
    assert capsys.readouterr().out == from_file
    assert main(["identify", "--summary", str(path), str(path)]) == 0
    assert sum(int(line.split("\t")[1]) for line in capsys.readouterr().out.splitlines()) == 6


@pytest.mark.parametrize("words", [[], ["--summary"]])
def test_json_has_the_cells_of_the_lines(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.txt"
    path.write_text("\n".join(LINES), encoding="utf-8")
    assert main(["identify", *words, str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert main(["identify", *words, "--json", str(path)]) == 0
    facts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["language"] for each in facts] == [line.split("\t")[0] for line in lines]
    scores = [f"{each['mean_score' if words else 'score']:.4f}" for each in facts]
    assert scores == [line.split("\t")[3 if words else 1] for line in lines]


@pytest.mark.parametrize(
    "words",
    [
        ["--candidates", "mt", "--other-weight", "0", "IN"],
        ["IN", "--candidates=mlt_Latn", "--other-weight", "0"],
        ["--candidates", "rus_Cyrl,mt", "--other-weight", "0", "IN"],
        ["--candidates", "rus_Cyrl", "--candidates", " mlt_Latn , hin_Deva", "--other-weight", "0", "IN"],
    ],
)
def test_languages_are_expected_beside_files(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.txt").write_text("Kila mtu ana haki\n")
    assert main(["identify", *[str(tmp_path / "in.txt") if word == "IN" else word for word in words]]) == 0
    assert capsys.readouterr().out == "mlt_Latn\t1.0000\t\n"


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["gone.txt"], 1, "gone.txt: No such file"),
        (["."], 1, ".: Is a directory"),
        ([""], 1, "the name of a file is empty"),
        (["IN", ""], 1, "the name of a file is empty"),
        (["--min-score", "2", "IN"], 2, "--min-score: expected a number from 0 to 1, found '2'"),
        (["IN", "--candidates", "klingon"], 2, "unknown language"),
        (["IN", "--candidates", "mt,"], 2, "unknown language ''"),
        (["IN", "--candidates", "mlt_Arab"], 2, "xlid.npz does not know mlt_Arab in this script"),
        (["IN", "--candidates", "mt,epo_Latn,tlh_Latn"], 2, "xlid.npz does not know tlh_Latn at all"),
        (["IN", "--labels", "x.yaml"], 2, "--labels x.yaml: describes a fastText model, and none is given"),
        (["--model", "IN", "--prior", "people", "IN"], 2, "--prior people: a fastText model has the frequencies of"),
        (["--model", "IN", "IN"], 1, "is not a fastText model"),
    ],
)
def test_every_mistake_is_one_line(
    words: list[str],
    status: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.txt").write_text("Kila mtu\n")
    assert main(["identify", *["in.txt" if word == "IN" else word for word in words]]) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("xdata: ")
    assert said.err.count("\n") == 1
    assert message in said.err
    assert os.listdir(tmp_path) == ["in.txt"]
