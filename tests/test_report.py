from html.parser import HTMLParser

from tests.manifests import HOSTILE, manifest
from xdata.report import report


class _Parser(HTMLParser):
    """Collects elements, attributes that run or load something, and text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.loads: list[str] = []
        self.content: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.loads += [f"{name}={value}" for name, value in attrs if name in ("src", "href") or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.content.append(data)


def _parse(html: str) -> _Parser:
    parser = _Parser()
    parser.feed(html)
    return parser


def test_it_is_one_file_that_runs_and_loads_nothing() -> None:
    page = _parse(report(manifest()))
    assert "script" not in page.elements
    assert page.loads == []
    assert "default-src 'none'" in report(manifest())


def test_the_funnel_of_every_language_that_was_found_is_shown() -> None:
    text = " ".join(" ".join(_parse(report(manifest())).content).split())
    assert "swh_Latn Swahili 6 5" in text
    assert "eng_Latn English 4 0" in text
    assert "1 languages kept of 2 found" in text
    assert "too_few_words 1 swh_Latn 1" in text
    assert "enough_words" in text
    assert "3 request" in text


def test_nothing_of_a_crawl_is_markup_or_template() -> None:
    made = manifest()
    place = {"source": HOSTILE, "path": HOSTILE, "offset": 1, "inner_offset": 2, "error": HOSTILE}
    failed = {"id": HOSTILE, "step": HOSTILE, "error": HOSTILE}
    html = report(
        made.model_copy(
            update={
                "sources": [made.sources[0].model_copy(update={"name": HOSTILE, "licence": HOSTILE})],
                "notes": [HOSTILE],
                "skipped": {HOSTILE: 1},
                "ignored": {HOSTILE: HOSTILE},
                "num_unreadable": 1,
                "unreadable": [place],
                "num_failed": 1,
                "failed": [failed],
            }
        )
    )
    page = _parse(html)
    assert "script" not in page.elements
    assert page.loads == []
    assert "49" not in html
    assert page.elements.count("table") == _parse(report(made)).elements.count("table") + 2


def test_an_empty_corpus_has_a_report() -> None:
    made = manifest(languages={})
    assert "0 languages kept" in " ".join(" ".join(_parse(report(made)).content).split())
