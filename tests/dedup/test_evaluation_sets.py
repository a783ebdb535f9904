import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from pydantic import ValidationError

from xdata.dedup.evaluation_sets import EvaluationSet, Item, read_sets
from xdata.errors import InputError

ROWS = [
    {"key": "a", "text": "Kila mtu ana haki", "more": ["Ndiyo", " ", "Hapana"], "language": "swh_Latn"},
    {"key": "b", "text": "सभी मनुष्यों को", "more": [], "language": "hin_Deva"},
    {"key": "c", "text": "", "more": ["人人生而自由"], "language": "zho_Hans"},
]


def _write(path: Path) -> Path:
    """The rows in the format that a name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    table = pa.Table.from_pylist(ROWS)
    if name.endswith(".parquet"):
        pq.write_table(table, path)
        return path
    if name.endswith(".arrow"):
        with pa.ipc.new_stream(str(path), table.schema) as stream:
            stream.write_table(table)
        return path
    if name.endswith(".jsonl"):
        content = "".join(json.dumps(row) + "\n" for row in ROWS)
    elif name.endswith((".tsv", ".csv")):
        mark = "\t" if name.endswith(".tsv") else ","
        content = "".join(mark.join(map(str, cells)) + "\n" for cells in [("key", "text"), *_cells()])
    else:
        content = "\n".join(str(row["text"]) for row in ROWS) + "\n"
    data = content.encode()
    if path.name.endswith(".gz"):
        data = gzip.compress(data)
    elif path.name.endswith(".zst"):
        data = zstandard.compress(data)
    path.write_bytes(data)
    return path


def _cells() -> list[tuple[str, str]]:
    return [(str(row["key"]), str(row["text"])) for row in ROWS]


def _texts(one: EvaluationSet) -> list[tuple[str, str | None, str]]:
    return [(item.name, item.language, item.text) for item in read_sets([one])]


@pytest.mark.parametrize(
    "name", ["x.jsonl", "x.jsonl.gz", "x.jsonl.zst", "x.tsv", "x.tsv.gz", "x.csv", "x.parquet", "x.arrow"]
)
def test_rows_of_every_format_are_items(tmp_path: Path, name: str) -> None:
    path = _write(tmp_path / name)
    found = _texts(EvaluationSet(name="s", path=str(path), id="key", language="sw"))
    assert found == [("s/a", "swh_Latn", ROWS[0]["text"]), ("s/b", "swh_Latn", ROWS[1]["text"])]


def test_lines_of_text_are_rows_and_an_empty_one_has_its_number(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("one\n\nthree\n", encoding="utf-8")
    assert _texts(EvaluationSet(name="s", path=str(path))) == [("s/0", None, "one"), ("s/2", None, "three")]


def test_fields_lists_and_languages_of_rows(tmp_path: Path) -> None:
    path = _write(tmp_path / "x.parquet")
    one = EvaluationSet(name="s", path=str(path), fields=("text", "more"), language_field="language")
    assert _texts(one) == [
        ("s/0.text", "swh_Latn", "Kila mtu ana haki"),
        ("s/0.more", "swh_Latn", "Ndiyo"),
        ("s/0.more.1", "swh_Latn", "Hapana"),
        ("s/0.text", "hin_Deva", "सभी मनुष्यों को"),
        ("s/0.more", "zho_Hans", "人人生而自由"),
    ]


def test_files_called_after_languages_are_the_same_rows(tmp_path: Path) -> None:
    for language in ("swh_Latn", "eng_Latn"):
        _write(tmp_path / f"{language}.tsv.gz")
    (tmp_path / "SOURCE.txt").write_text("where it is from", encoding="utf-8")
    found = read_sets([EvaluationSet(name="s", path=str(tmp_path), id="key")])
    assert {(item.name, item.language) for item in found} == {
        (f"s/{key}", language) for key in "ab" for language in ("swh_Latn", "eng_Latn")
    }


def test_a_folder_that_datasets_saved_is_read_shard_by_shard(tmp_path: Path) -> None:
    for language in ("swh_Latn", "eng_Latn"):
        for split in ("train", "test"):
            for shard in range(2):
                _write(tmp_path / language / split / f"data-0000{shard}-of-00002.arrow")
            (tmp_path / language / split / "state.json").write_text("{}", encoding="utf-8")
    found = read_sets([EvaluationSet(name="s", path=str(tmp_path))])
    assert {item.name for item in found} == {f"s/{split}/{n}" for split in ("train", "test") for n in (0, 1, 3, 4)}
    assert len(found) == 4 * 4


def test_a_folder_saved_by_datasets_itself(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    made = datasets.DatasetDict({"test": datasets.Dataset.from_list([{"text": "Kila mtu"}, {"text": "Watu wote"}])})
    made.save_to_disk(str(tmp_path / "swh_Latn"))
    found = read_sets([EvaluationSet(name="s", path=str(tmp_path / "swh_Latn"))])
    assert [(item.text, item.language) for item in found] == [("Kila mtu", "swh_Latn"), ("Watu wote", "swh_Latn")]


def test_objects_in_lists_are_followed(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"answers": [{"text": "moja"}, {"text": "mbili"}], "q": {"en": "what"}}\n', encoding="utf-8")
    one = EvaluationSet(name="s", path=str(path), fields=("answers.text", "q.en"))
    assert [text for _, _, text in _texts(one)] == ["moja", "mbili", "what"]


def test_texts_are_composed_and_lone_surrogates_are_no_error(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": " e\\u0301 "}\n', encoding="utf-8")
    assert [item.text for item in read_sets([EvaluationSet(name="s", path=str(path))])] == ["é"]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ('{"txt": "a"}\n', {}, "no field 'text'"),
        ('{"text": ""}\n', {}, "no text"),
        ("[1]\n", {}, "line 1: is not a JSON object"),
        ("{\n", {}, "line 1: is no JSON"),
        ('{"text": "a", "key": null}\n', {"id": "key"}, "as its id"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, content: str, options: dict[str, str], message: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        read_sets([EvaluationSet(name="s", path=str(path), **options)])  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"\x1f\x8bnothing", b"\x28\xb5\x2f\xfdnothing", b"\xff\xfe\x00"])
def test_broken_files_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.tsv"):
        read_sets([EvaluationSet(name="s", path=str(path))])


def test_a_place_without_tables_is_refused(tmp_path: Path) -> None:
    (tmp_path / "exam.json").write_text('[{"text": "haki"}]')
    wrong = {"": "no file", "gone.tsv": "there is no", "*.tsv": "no file", "exam.json": "is not .txt or"}
    for name, message in wrong.items():
        with pytest.raises(InputError, match=message):
            read_sets([EvaluationSet(name="s", path=str(tmp_path / name))])


@pytest.mark.parametrize(
    "options", [{"name": "a b"}, {"language": "klingon"}, {"fields": ()}, {"language": "sw", "language_field": "l"}]
)
def test_sets_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EvaluationSet(**{"name": "s", "path": "x", **options})  # type: ignore[arg-type]


def test_items_are_each_once(tmp_path: Path) -> None:
    path = _write(tmp_path / "x.tsv")
    one = EvaluationSet(name="s", path=str(path), id="key")
    assert read_sets([one, one]) == read_sets([one])
    assert all(isinstance(item, Item) for item in read_sets([one]))
