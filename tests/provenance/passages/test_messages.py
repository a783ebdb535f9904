import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from xdata.provenance.passages import messages
from xdata.provenance.passages.messages import passages_in
from xdata.provenance.passages.packages import Package, packages_of

_PACKAGE = Package("npm", "ep_etherpad-lite", "1.0", "MIT", "messages", "0")
_ENGLISH = {"a": "Open the document", "b": "Save all of the changes", "c": "The document is not open"}


def _written(folder: Path, files: Mapping[str, Mapping[str, str]]) -> Path:
    (folder / "package/locales").mkdir(parents=True)
    for tag, content in files.items():
        (folder / "package/locales" / f"{tag}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_takes_what_is_translated(tmp_path: Path) -> None:
    swahili = {"a": "Fungua hati hiyo", "b": "Save all of the changes", "c": "Hati haijafunguliwa bado"}
    tamil = {"a": "ஆவணத்தைத் திறக்கவும்", "b": "Save all changes"}
    found = list(passages_in(_PACKAGE, _written(tmp_path, {"en": _ENGLISH, "sw": swahili, "ta": tamil})))
    assert [(p.language, p.text) for p in found if p.language != "eng_Latn"] == [
        ("swh_Latn", "Fungua hati hiyo"),
        ("swh_Latn", "Hati haijafunguliwa bado"),
        ("tam_Taml", "ஆவணத்தைத் திறக்கவும்"),
    ]


def test_leaves_out_older_english_and_other_fallbacks(tmp_path: Path) -> None:
    french = {"a": "Ouvrir le document", "b": "Enregistrer les changements"}
    wolof = {"a": "Ubbi kayit gi", "b": "Enregistrer les changements", "c": "The document is open"}
    found = passages_in(_PACKAGE, _written(tmp_path, {"en": _ENGLISH, "fr": french, "wo": wolof}))
    assert [p.text for p in found if p.language == "wol_Latn"] == ["Ubbi kayit gi"]


def test_leaves_out_files_with_hardly_any_translation(tmp_path: Path) -> None:
    english = {str(n): f"Open the document {'again ' * n}".strip() for n in range(20)}
    zulu = {**english, "0": "Vula idokhumenti leyo"}
    found = passages_in(_PACKAGE, _written(tmp_path, {"en": english, "zu": zulu}))
    assert [p for p in found if p.language == "zul_Latn"] == []


def test_every_package_of_the_list_has_its_files() -> None:
    assert {package.name for package in packages_of("messages")} == set(messages.FILES)


def test_goes_through_the_packages_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _written(tmp_path, {"en": _ENGLISH, "xh": {"a": "Vula uxwebhu olo"}})
    monkeypatch.setattr(messages, "packages_of", lambda reader: (_PACKAGE, _PACKAGE))
    monkeypatch.setattr(messages, "unpacked", lambda package, folder: tmp_path)
    found = list(messages.passages(tmp_path))
    assert [p.text for p in found if p.language == "xho_Latn"] == ["Vula uxwebhu olo"]
    assert len(found) == 4
