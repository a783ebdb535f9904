"""The report in a real browser: headless Chromium, where it is installed."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.run.corpora import build
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.resources import resource

if TYPE_CHECKING:
    from playwright.sync_api import Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(_CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"),
]

_WIDTH = 1280


@pytest.fixture(scope="module", params=["ten languages", "all languages"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the sample crawl, of ten requested languages or of all hundred."""
    out: Path = tmp_path_factory.mktemp("report") / "out"
    source = Source(name="crawl", root=str(resource("samples", "crawl")), patterns=("*.warc.*",), license="MIT")
    languages = ["swh_Latn", "pes_Arab", "amh_Ethi", "tha_Thai", "sin_Sinh"] if request.param == "ten languages" else []
    build(find_recipe("monolingual_corpus").make(sources=[source], languages=languages), out)
    return out / "report.html"


@pytest.fixture
def page(report: Path) -> Iterator["Page"]:
    """The report, opened; errors of the console and requests fail the test."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": _WIDTH, "height": 900})
        errors: list[str] = []
        requests: list[str] = []
        opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("request", lambda request: requests.append(request.url))
        opened.goto(report.as_uri())
        yield opened
        browser.close()
        assert errors == []
        assert requests == [report.as_uri()]


def test_languages_and_samples_open_and_nothing_overflows(page: "Page") -> None:
    language = page.locator("details.language").first
    sample = language.locator(".samples details").first
    assert not sample.is_visible()
    language.locator("> summary").click()
    assert sample.is_visible()
    before = sample.locator("blockquote").bounding_box()
    sample.locator("summary").click()
    after = sample.locator("blockquote").bounding_box()
    assert before is not None and after is not None and after["height"] > before["height"]
    assert sample.locator("blockquote").evaluate("each => getComputedStyle(each).whiteSpace").startswith("pre-wrap")
    assert page.evaluate("document.documentElement.scrollWidth") <= _WIDTH


def test_text_runs_in_the_direction_of_its_script(page: "Page") -> None:
    page.locator("details.language#pes_Arab > summary").click()
    quote = page.locator("#pes_Arab .samples blockquote").first
    assert quote.evaluate("each => getComputedStyle(each).direction") == "rtl"
    page.locator("details.language#swh_Latn > summary").click()
    quote = page.locator("#swh_Latn .samples blockquote").first
    assert quote.evaluate("each => getComputedStyle(each).direction") == "ltr"


def test_anchors_lead_to_headings(page: "Page") -> None:
    for link in page.locator("nav a").all():
        assert page.locator(str(link.get_attribute("href"))).count() == 1
