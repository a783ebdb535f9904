from pathlib import Path

from xdata.provenance.passages.pages import pages_in, paragraphs, wiki_paragraphs
from xdata.provenance.passages.translations import Message

MALLARD = """\
<page xmlns="http://projectmallard.org/1.0/" id="a"><info><credit><name>A Name</name></credit>
<desc>ફાઇલને ખોલો.</desc></info><title>ફાઇલ</title><p>પહેલાં <gui>સેટિંગ્સ</gui>
 ખોલો<link xref="b"/>.</p><screen>ls -l</screen></page>"""

PAGE = """\
<html><head><title>Title is: Barruu</title><script>var a = 1;</script></head><body>not in a block
<p>Tokko &amp; lama<br/>sadii</p><ul><li>Afur <b>shan</b></li></ul><pre>code</pre></body></html>"""


def test_paragraphs_of_mallard() -> None:
    assert paragraphs(MALLARD) == ["ફાઇલને ખોલો.", "ફાઇલ", "પહેલાં સેટિંગ્સ ખોલો."]


def test_paragraphs_of_html() -> None:
    assert paragraphs(PAGE) == ["Barruu", "Tokko & lama", "sadii", "Afur shan"]


def test_paragraphs_of_wiki_pages() -> None:
    page = "====== Erregistratu ======\n\nBete **behekoa**\nwiki [[doku>pagename|orri izena]] &amp; [[hau]].\n"
    assert wiki_paragraphs(page) == ["Erregistratu", "Bete behekoa wiki orri izena & hau."]


def test_folders_give_the_tag(tmp_path: Path) -> None:
    places = {
        "usr/share/help/gu/app/a.page": ("gu", f"<p>{'ગુજરાતી ' * 10}</p>"),
        "usr/share/help/C/app/a.page": ("en", "<p>English</p>"),
        "usr/share/squid-langpack/sr-latn/ERR_A": ("sr", "<p>Greška</p>"),
        "usr/share/dokuwiki/inc/lang/fo/read.txt": ("fo", "Goym"),
        "usr/share/other/a.page": (None, "<p>None</p>"),
    }
    for place, (_, text) in places.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text, encoding="utf-8")
    assert pages_in(tmp_path) == {
        "gu": [Message("", ("ગુજરાતી " * 10).strip(), running=True)],
        "en": [Message("", "English")],
        "sr": [Message("", "Greška")],
        "fo": [Message("", "Goym")],
    }
