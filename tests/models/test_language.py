from pathlib import Path

import pytest

from tests.texts import texts
from xdata.errors import ConfigError, ResourceError
from xdata.models.language import LID_176, load_identifier
from xdata.models.reference import ModelRef


@pytest.mark.parametrize(
    ("language", "iso639_3"),
    [
        ("swh_Latn", "swh"),
        ("mlt_Latn", "mlt"),
        ("sin_Sinh", "sin"),
        ("pes_Arab", "pes"),
        ("hin_Deva", "hin"),
        ("amh_Ethi", "amh"),
        ("tha_Thai", "tha"),
        ("kat_Geor", "kat"),
        ("zho_Hans", "zho"),
        ("jpn_Jpan", "jpn"),
        ("srp_Latn", "srp"),
        ("ekk_Latn", "ekk"),
    ],
)
def test_real_text_is_identified(language: str, iso639_3: str) -> None:
    identifier = load_identifier(LID_176)
    found = identifier.identify(texts(language))
    assert [one.language for one in found].count(iso639_3) >= 4
    assert all(0 <= one.score <= 1 and round(one.score, 4) == one.score for one in found)


@pytest.mark.parametrize("text", ["", "\n", "\x00", "12 34", "\u200d" * 100, "\ud800", "a\u2028b\x85c\x0bd"])
def test_odd_text_is_no_error(text: str) -> None:
    (found,) = load_identifier(LID_176).identify([text.encode("utf-8", "replace").decode()])
    assert 0 <= found.score <= 1


def test_line_breaks_do_not_matter() -> None:
    identifier = load_identifier(LID_176)
    text = texts("swh_Latn")[0]
    assert identifier.identify([text.replace("\n", " ")]) == identifier.identify([text.replace("\n", "\r\n")])


def test_it_knows_which_languages_it_knows() -> None:
    languages = load_identifier(LID_176).languages
    assert {"swh", "mlt", "zho", "nob"} <= languages
    assert "hau" not in languages


def _model(folder: Path, labels: list[str]) -> Path:
    """A tiny fastText classifier with these labels."""
    import fasttext

    data = folder / "data.txt"
    data.write_text("".join(f"__label__{label} word{n} text{n}\n" for n, label in enumerate(labels) for _ in range(9)))
    model = fasttext.train_supervised(str(data), dim=2, epoch=1, thread=1, verbose=0)
    model.save_model(str(folder / "model.bin"))
    return folder / "model.bin"


@pytest.mark.parametrize("labels", [["swh_Latn", "mlt_Latn"], ["swh", "mlt"]])
def test_a_model_by_path_with_coded_labels(tmp_path: Path, labels: list[str]) -> None:
    identifier = load_identifier(ModelRef(backend="fasttext", path=str(_model(tmp_path, labels))))
    assert identifier.languages == {"swh", "mlt"}


def test_a_model_by_path_with_a_file_of_labels(tmp_path: Path) -> None:
    (tmp_path / "labels.yaml").write_text('labels: {one: "swh", two: "mlt"}\n')
    model = ModelRef(
        backend="fasttext", path=str(_model(tmp_path, ["one", "two"])), labels=str(tmp_path / "labels.yaml")
    )
    assert load_identifier(model).languages == {"swh", "mlt"}
    assert len(model.files()) == 2


def test_labels_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    model = ModelRef(backend="fasttext", path=str(_model(tmp_path, ["Swahili", "Maltese"])))
    with pytest.raises(ConfigError, match="is no iso639-3_Script: give a file of labels"):
        _ = load_identifier(model).languages


@pytest.mark.parametrize("code", ["../../etc", "sw", "swh_Latn", "SWH", "swh/x", ""])
def test_a_file_of_labels_that_names_no_codes_is_refused(tmp_path: Path, code: str) -> None:
    (tmp_path / "labels.yaml").write_text(f'labels: {{one: "{code}", two: "mlt"}}\n')
    model = ModelRef(
        backend="fasttext", path=str(_model(tmp_path, ["one", "two"])), labels=str(tmp_path / "labels.yaml")
    )
    with pytest.raises(ConfigError, match="expected `labels:` with the ISO 639-3 code of each label"):
        load_identifier(model)


def test_a_relative_path_is_that_of_where_the_command_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ModelRef(backend="fasttext", path="m.bin").path == str(tmp_path / "m.bin")


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"nothing")
    with pytest.raises(ResourceError, match="is not a fastText model"):
        load_identifier(ModelRef(backend="fasttext", path=str(tmp_path / "model.bin")))
    with pytest.raises(ResourceError, match="there is no such model file"):
        load_identifier(ModelRef(backend="fasttext", path=str(tmp_path / "gone.bin")))
    with pytest.raises(ConfigError, match="no language identifier has the backend 'magic'"):
        load_identifier(ModelRef(backend="magic", resource="lid.176.ftz"))


def test_a_reference_has_one_place() -> None:
    with pytest.raises(ValueError, match="either a resource or a path"):
        ModelRef(backend="fasttext")
    with pytest.raises(ValueError, match="either a resource or a path"):
        ModelRef(backend="fasttext", resource="a", path="b")


def test_a_lone_surrogate_breaks_no_identification() -> None:
    identifier = load_identifier(LID_176)
    text = "Kila mtu ana haki ya kuishi\ud800 na uhuru\udc00."
    assert identifier.identify([text])[0].language == "swh"
