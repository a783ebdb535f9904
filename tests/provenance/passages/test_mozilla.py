import zipfile
from pathlib import Path

import pytest

from xdata.provenance.passages.mozilla import fluent_messages, messages_in, property_messages, tag_of
from xdata.provenance.passages.packages import Package
from xdata.provenance.passages.translations import Message

FLUENT = """\
# A comment = of the file
title = Ajoḷ ri wuj
menu-item =
    .label = Tajaqa' { $name }
    .accesskey = T
long =
    Re ruxaq re' man xtikïr
    ta xsamajïx
tabs = { $count ->
    [one] Jun ruwi'
   *[other] Ronojel ruwi'
}
-brand = { "Kumatzib'äl" }
"""


def test_fluent_messages_attributes_and_cases() -> None:
    assert list(fluent_messages(FLUENT)) == [
        "Ajoḷ ri wuj",
        "Tajaqa' { $name }",
        "T",
        "Re ruxaq re' man xtikïr\n    ta xsamajïx",
        "Jun ruwi'",
        "Ronojel ruwi'",
        "Kumatzib'äl",
    ]


def test_properties_are_unescaped() -> None:
    content = "# comment=no\n! nor=this\nopen=Jaqa\\u0027 ri \\\n    wuj\nclose : Titz'apïx\\n%S\nempty=\n"
    assert list(property_messages(content)) == ["Jaqa' ri wuj", "Titz'apïx %S", ""]


def test_packs_are_zip_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xpi", "w") as archive:
        archive.writestr("b.properties", "a=ᱡᱷᱤᱡ ᱢᱮ")
        archive.writestr("a.ftl", "a = ᱵᱚᱸᱫᱚᱭ ᱢᱮ\n")
        archive.writestr("manifest.json", '{"name": "no message"}')
    assert messages_in(tmp_path / "a.xpi") == [Message("", "ᱵᱚᱸᱫᱚᱭ ᱢᱮ"), Message("", "ᱡᱷᱤᱡ ᱢᱮ")]


@pytest.mark.parametrize(
    ("name", "tag"),
    [("firefox-esr-l10n-sat", "sat"), ("thunderbird-l10n-fy-nl", "fy-nl"), ("firefox-esr-l10n-son", "ses")],
)
def test_names_of_packages_give_the_tag(name: str, tag: str) -> None:
    assert tag_of(Package("debian", name, "1", "MPL-2.0", "mozilla", "0")) == tag
