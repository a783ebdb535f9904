from pathlib import Path

from xdata.provenance.passages.specimens import detector_tests, font_specimens


def test_font_specimens_without_beginnings_of_others(tmp_path: Path) -> None:
    folder = tmp_path / "gflanguages/data/languages"
    folder.mkdir(parents=True)
    (folder / "kbp_Latn.textproto").write_text(
        'id: "kbp_Latn"\nlanguage: "kbp"\nsample_text {\n  masthead_full: "Pp"\n  tester: "Palʊlʊʊ ɛyaaa"\n'
        '  specimen_16: "Palʊlʊʊ ɛyaaa nɛ\\nPɔsɔɔlɩ ɖama"\n}\n',
        encoding="utf-8",
    )
    (folder / "xyz_Latn.textproto").write_text('id: "xyz_Latn"\nlanguage: "xyz"\n', encoding="utf-8")
    assert list(font_specimens(tmp_path)) == [("kbp", "Palʊlʊʊ ɛyaaa nɛ"), ("kbp", "Pɔsɔɔlɩ ɖama")]


def test_detector_tests_that_are_in_a_language(tmp_path: Path) -> None:
    folder = tmp_path / "package/deps/cld/internal"
    folder.mkdir(parents=True)
    (folder / "unittest_data.h").write_text(
        'const char* kTeststr_lua_Latn = " buludiki bua kukuata";\nconst char* kTeststr_iw_Hebr = " או לערוך את";\n'
        'const char* kTeststr_zh_Hant = " 傳統";\nconst char* kTeststr_xx_Goth = " gut";\n'
        'const char* kTeststr_sg_Latn = " at\\xC3\\xA2";\n',
        encoding="utf-8",
    )
    assert list(detector_tests(tmp_path)) == [
        ("lua", " buludiki bua kukuata"),
        ("he", " או לערוך את"),
        ("zh-Hant", " 傳統"),
    ]
