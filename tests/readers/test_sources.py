from pathlib import Path

import pytest

from xdata.errors import ConfigError, InputError
from xdata.readers.source_options import grouped
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one/a.jsonl", "one/b.jsonl", "two/a.jsonl", "odd [1]/a.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('{"text": "x"}\n')
    return tmp_path


def test_a_glob_is_under_the_folder_before_its_first_wildcard(folder: Path) -> None:
    (source,) = parse_sources([f"{folder}/*/a.jsonl"])
    assert (source.name, source.root, source.patterns) == (folder.name, str(folder), ("*/a.jsonl",))


def test_files_and_folders(folder: Path) -> None:
    (file,) = parse_sources([str(folder / "one" / "a.jsonl")])
    assert (file.name, file.patterns) == ("one", ("a.jsonl",))
    (whole,) = parse_sources([str(folder / "one")])
    assert (whole.name, whole.patterns) == ("one", (".",))


def test_the_order_of_inputs_does_not_matter(folder: Path) -> None:
    specs = [str(folder / "one" / "b.jsonl"), str(folder / "one" / "a.jsonl"), f"{folder}/two/*"]
    assert parse_sources(specs) == parse_sources(specs[::-1])
    assert [source.name for source in parse_sources(specs)] == ["one", "two"]


def test_a_name_with_wildcards_in_it_is_a_file_if_there_is_one(folder: Path) -> None:
    (source,) = parse_sources([str(folder / "odd [1]" / "a.jsonl")])
    assert source.patterns == ("a.jsonl",)


@pytest.mark.parametrize("spec", ["gone.jsonl", "gone/*.jsonl"])
def test_what_is_not_there_is_refused(folder: Path, spec: str) -> None:
    with pytest.raises(InputError, match="there is no"):
        parse_sources([f"{folder}/{spec}"])


def test_two_roots_of_one_name_are_refused(tmp_path: Path) -> None:
    for parent in ("x", "y"):
        (tmp_path / parent / "crawl").mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"two sources are called 'crawl'.*sources\.yaml"):
        parse_sources([str(tmp_path / "x" / "crawl"), str(tmp_path / "y" / "crawl")])


def test_a_sources_file_sets_every_field(folder: Path) -> None:
    (folder / "sources.yaml").write_text(
        'sources:\n- {name: "news", path: "one/*.jsonl", language: "sw", license: "CC-BY-4.0", domain: "news", '
        'fields: {text: "body"}, reader: "jsonl"}\n- {name: "two", path: "two"}\n'
    )
    news, two = parse_sources([str(folder / "sources.yaml")])
    assert news == Source(
        name="news",
        root=str(folder / "one"),
        patterns=("*.jsonl",),
        reader="jsonl",
        fields={"text": "body"},
        language="swh_Latn",
        license="CC-BY-4.0",
        domain="news",
    )
    assert (two.root, two.license, two.domain) == (str(folder / "two"), "unknown", None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('sources: [{name: "a", path: "one"}, {name: "a", path: "two"}]', "two sources are called 'a'"),
        ('sources: [{name: "a", pathh: "one"}]', r"unknown key 'sources\[0\].pathh': did you mean 'path'"),
        ("sources: []", "sources: the list is empty: add at least one source"),
        ('sources: [{name: "a", path: "one", language: "klingon"}]', "unknown language 'klingon'"),
        ('sources: [{name: "a", path: "one", fields: {txt: "body"}}]', "'txt' is not a field of a document"),
        ('sources: [{name: "a/b", path: "one"}]', "name"),
        ('sources: [{name: "a", path: ""}]', r"sources\[0\].path: expected"),
        ('sources: [{name: "a", path: "one", delimiter: ",", quote: ","}]', "delimiter and quote are the same"),
        ('sources: [{name: "a", path: "one", quote: "\\n"}]', "quote: .* ends rows"),
        ('sources: [{name: "a", path: "one", unit: "word"}]', "found 'word'$"),
        ("sources: 5", "expected a valid array"),
    ],
)
def test_a_wrong_sources_file_is_refused(folder: Path, content: str, message: str) -> None:
    (folder / "sources.yaml").write_text(content)
    with pytest.raises(ConfigError, match=message):
        parse_sources([str(folder / "sources.yaml")])


def test_a_sources_file_may_lie_in_an_oddly_named_folder(folder: Path) -> None:
    odd = folder / "odd [1]"
    (odd / "sources.yaml").write_text('sources: [{name: "a", path: "*.jsonl"}, {name: "b", path: "a.jsonl"}]')
    first, second = parse_sources([str(odd / "sources.yaml")])
    assert (first.root, first.patterns) == (str(odd), ("*.jsonl",))
    assert (second.root, second.patterns) == (str(odd), ("a.jsonl",))


def test_a_home_folder_is_understood(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    (folder / "two" / "sources.yaml").write_text('sources: [{name: "a", path: "~/one"}]')
    assert parse_sources([str(folder / "two" / "sources.yaml")])[0].root == str(folder / "one")
    assert parse_sources(["~/one"])[0].root == str(folder / "one")


def test_a_source_states_what_its_documents_share(folder: Path) -> None:
    (folder / "s.yaml").write_text(
        "sources:\n- name: one\n  path: one\n  groups: {qid: [item.id], translation: [id, translation_of]}\n"
    )
    (source,) = parse_sources([str(folder / "s.yaml")])
    assert source.groups == {"qid": ("item.id",), "translation": ("id", "translation_of")}
    (again,) = grouped([source], ["qid", "topic"])
    assert again.groups == source.groups | {"topic": ("topic",)}


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ("{Q-id: [item]}", "'Q-id' is not a name of a group: expected a-z, 0-9 and _"),
        ("{qid: []}", r"qid: name its fields, as qid: \[FIELD\]"),
        ("{qid: ['']}", "qid: name its fields"),
        ("{qid: item}", "groups.qid"),
    ],
)
def test_groups_that_cannot_be_are_refused(folder: Path, groups: str, message: str) -> None:
    (folder / "s.yaml").write_text(f"sources:\n- name: one\n  path: one\n  groups: {groups}\n")
    with pytest.raises(ConfigError, match=message):
        parse_sources([str(folder / "s.yaml")])
