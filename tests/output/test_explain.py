import json
from pathlib import Path

import pytest

from tests.run.corpora import build, recipe, table
from tests.texts import texts
from xdata.cli import main
from xdata.errors import InputError
from xdata.output.explain import explain, find

_LANGUAGES = ("swh_Latn", "amh_Ethi", "tha_Thai", "pes_Arab", "zho_Hans")
_ITEM = "Ziwa Viktoria lina samaki wengi ambao huvuliwa na wavuvi wa nchi tatu zinazolizunguka ziwa hilo kubwa"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with a near duplicate in each language, and a test item in one document."""
    root: Path = tmp_path_factory.mktemp("explain")
    (root / "in").mkdir()
    (root / "bench.txt").write_text(f"{_ITEM}\n")
    rows = []
    for language in _LANGUAGES:
        text = "\n".join(texts(language))
        rows += [{"text": text}, {"text": f"{text}\n{text[:40]}"}]
    rows.append({"text": f"Habari za leo asubuhi kutoka Dodoma. {_ITEM}. Mvua kubwa imenyesha usiku kucha mjini."})
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (root / "in" / "a.jsonl").write_text(lines, encoding="utf-8")
    sets = f"[{{name: bench, path: {root / 'bench.txt'}, language: sw}}]"
    settings = {"min_words": "1", "thresholds": "none", "decontamination.evaluation_sets": sets}
    build(recipe([root / "in"], **settings), root / "out")
    return root / "out"


def test_a_near_duplicate_is_shown_with_the_text_and_its_similarity(out: Path) -> None:
    near = [row for row in table(out, "ledger") if row["reasons"] and row["reasons"][0]["reason"] == "near_duplicate"]
    assert {row["language"] for row in near} == set(_LANGUAGES)
    for row in near:
        life = find(out, row["id"])
        assert life.similarity is not None and 0.75 <= life.similarity < 1
        assert life.survivor_text is not None and life.text is not None
        assert {life.survivor_text, life.text} == {each["text"] for each in _texts(out) if each["id"] in _pair(row)}
        (difference,) = life.differences
        assert 30 <= len(difference.removed + difference.added) <= 60
        lines = explain(out, row["id"])
        assert any(line.startswith("similarity 0.") for line in lines)
        assert any(line.startswith("differs    in 1 place: ") for line in lines)


def _texts(out: Path) -> list[dict[str, str]]:
    return [*table(out, "data"), *table(out, "rejects")]


def _pair(row: dict[str, str]) -> set[str]:
    return {row["id"], row["survivor"]}


def test_the_beginning_of_an_id_is_enough_where_it_is_one(out: Path) -> None:
    ids = sorted(row["id"] for row in table(out, "ledger"))
    for identity in ids:
        assert explain(out, identity[:12]) == explain(out, identity)
    with pytest.raises(InputError, match="6 characters or more"):
        explain(out, ids[0][:5])
    with pytest.raises(InputError, match="no document has 'abcdefabcdef'"):
        explain(out, "abcdefabcdef")


def test_an_ambiguous_beginning_names_the_ids(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import regex

    monkeypatch.setattr("xdata.output.explain._PREFIX", regex.compile("[0-9a-f]{0,31}"))
    with pytest.raises(InputError, match=r"11 documents have ids that begin with .*: give more of the id"):
        explain(out, "")


def test_a_test_item_is_shown_with_the_passage(out: Path) -> None:
    (row,) = [row for row in table(out, "ledger") if row["leaks"]]
    (leak,) = find(out, row["id"]).leaks
    assert leak.item == _ITEM
    assert leak.is_match and leak.passage is not None and _ITEM[5:-5] in leak.passage
    lines = explain(out, row["id"])
    assert any(line.startswith("test item  bench/0 ") for line in lines)
    assert f"  item     {_ITEM}" in lines


def test_the_facts_are_json(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    identity = table(out, "rejects")[0]["id"]
    assert main(["explain", str(out), identity, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["records"][0]["ledger"]["id"] == identity
    assert told["records"][0]["ledger"]["decision"] == "dropped"
