from collections import Counter
from html.parser import HTMLParser

import numpy as np

from tests.manifests import HOSTILE, manifest
from xdata.language_files import described_languages
from xdata.output.leaked_texts import LeakedText
from xdata.output.manifest import Manifest
from xdata.output.report import report as report_of
from xdata.output.statistics import Histogram, Leaking, Sample, Samples, Statistics
from xdata.step import ScoreLimit


class _Parser(HTMLParser):
    """Collects elements, attributes that run or load something, and text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.loads: list[str] = []
        self.content: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.loads += [
            f"{name}={value}"
            for name, value in attrs
            if name == "src" or name.startswith("on") or (name == "href" and not str(value).startswith("#"))
        ]

    def handle_data(self, data: str) -> None:
        self.content.append(data)


def _survey(*, name: str = "crawl", word: str = "Kila mtu", language: str = "swh_Latn") -> Statistics:
    """What was seen of the tables that the manifest speaks of."""
    edges = tuple(n / 20 for n in range(21))
    histogram = Histogram(edges, num_missing=1)
    histogram.add(np.array([0.3, 0.9, 0.95], dtype=np.float32), np.array([False, True, True]))
    sample = Sample("0" * 32, word, word)
    return Statistics(
        limits=[ScoreLimit(step="score", score="language_score", reason="language_uncertain", min_value=0.5)],
        scores={"language_score": histogram, "num_mails": _constant()},
        by_language={language: {"language_score": histogram, "num_mails": _constant()}},
        sources={name: Counter({"kept": 5, word: 5})},
        languages={language: Counter({"kept": 5, word: 1}), "eng_Latn": Counter({"language_not_requested": 4})},
        samples={language: Samples([sample], [sample], [sample], [sample])},
        leaking=[
            Leaking(
                "0" * 32,
                language,
                name,
                "dropped",
                (word, f"s/1 {word}"),
                (LeakedText(word, word, word, is_match=True),),
            )
        ],
        num_leaking=1234,
        checked={language: Counter({"all": 7, "some": 2}), "amh_Ethi": Counter({"text": 4321})},
    )


def _constant() -> Histogram:
    """A score that all documents have the same value of."""
    histogram = Histogram(tuple(n / 20 for n in range(21)))
    histogram.add(np.zeros(3, dtype=np.float32), np.array([False, True, True]))
    return histogram


def report(manifest: Manifest, seen: Statistics | None = None) -> str:
    return report_of(manifest, seen or _survey())


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
    assert "swh_Latn Swahili Kiswahili 5 of 6" in text
    assert "eng_Latn English 0 of 4" in text
    assert "1 languages kept of 2 found" in text
    assert "Too few words too_few_words 1 10 17" in text
    assert "Other language language_not_requested 4 40 100" in text
    assert "3 request" in text


def test_nothing_of_a_crawl_is_markup_or_template() -> None:
    made = manifest()
    place = {"source": HOSTILE, "path": HOSTILE, "offset": 1, "inner_offset": 2, "error": HOSTILE}
    failed = {"id": HOSTILE, "step": HOSTILE, "error": HOSTILE}
    html = report(
        made.model_copy(
            update={
                "sources": [made.sources[0].model_copy(update={"name": HOSTILE, "license": HOSTILE})],
                "notes": [HOSTILE],
                "skipped": {HOSTILE: 1},
                "ignored": {HOSTILE: HOSTILE},
                "num_unreadable": 1,
                "unreadable": [place],
                "num_failed": 1,
                "failed": [failed],
            }
        ),
        _survey(name=HOSTILE, word=HOSTILE),
    )
    page = _parse(html)
    assert "script" not in page.elements
    assert page.loads == []
    assert "{{7*7}}" in "".join(page.content)
    assert "javascript" not in " ".join(page.loads)
    assert page.elements.count("table") == _parse(report(made)).elements.count("table") + 2


def test_an_empty_corpus_has_a_report() -> None:
    made = manifest(languages={})
    assert "0 languages kept" in " ".join(" ".join(_parse(report(made)).content).split())


def test_scores_are_pictures_with_their_thresholds() -> None:
    html = report(manifest())
    page = _parse(html)
    assert html.count('class="chart"') == 1
    assert page.elements.count("path") == 2
    text = " ".join(" ".join(page.content).split())
    assert "language_score 0.5 0 1 without 1" in text
    assert "The same for all documents: num_mails." in text


def test_samples_are_side_by_side_each_in_its_direction() -> None:
    html = report(manifest())
    for title in ("Kept", "Only just kept", "Only just dropped", "Dropped"):
        assert f"<h4>{title}</h4>" in html
    assert html.count('<blockquote dir="auto" lang="swh-Latn">Kila mtu</blockquote>') == 4


def test_what_is_most_of_a_language_is_named() -> None:
    made = manifest()
    shares = {"host": {"sw.wikipedia.org": 4, "bible.example": 1}, "domain": {"Bible": 5}}
    facts = made.languages["swh_Latn"].model_copy(update={"shares": shares})
    html = report(made.model_copy(update={"languages": {"swh_Latn": facts}}))
    assert "Most of this language is from Wikipedia." in html
    assert "Most of this language is from the Bible." in html
    assert "Most of this language" not in report(made)


def test_many_languages_fold_away_and_stay_small() -> None:
    made, seen = manifest(), _survey()
    codes = [code for code in described_languages()][:200]
    facts = made.languages["swh_Latn"]
    documents = {code: {"read": 9, "made": 0, "kept": 9, "dropped": 0, "merged": 0} for code in codes}
    stages = [stage.model_copy(update={"documents": documents}) for stage in made.stages]
    made = made.model_copy(update={"languages": dict.fromkeys(codes, facts), "stages": stages})
    seen.languages = {code: Counter({"kept": 9}) for code in codes}
    seen.by_language = {code: seen.by_language["swh_Latn"] for code in codes}
    seen.samples = {code: seen.samples["swh_Latn"] for code in codes}
    html = report(made, seen)
    assert html.count('<details class="language"') == 200
    assert len(html) < 2_000_000


def test_what_edits_changed_is_shown_edit_by_edit() -> None:
    made = manifest(changes={"lines.few_words": 2, "lines.lines": 1234, "orthography.ك>ک": 5, f"own.{HOSTILE}": 1})
    page = _parse(report(made))
    text = " ".join(" ".join(page.content).split())
    assert "lines lines 1,234 lines few_words 2 orthography ك>ک 5" in text
    assert "script" not in page.elements
    assert "Changes to texts" not in report(manifest())


def test_leaks_are_named_and_languages_that_were_not_compared_are_counted() -> None:
    page = " ".join(" ".join(_parse(report(manifest())).content).split())
    assert "1,234 documents with test items , of which these are the first 1" in page.replace("items,", "items ,")
    assert "s/1 Kila mtu" in page
    assert "amh_Ethi 0 0 4,321" in page
    assert "swh_Latn 9 2 0" in page


def test_samples_state_what_is_masked_and_what_is_not_shown() -> None:
    seen = _survey()
    seen.samples = {"swh_Latn": Samples(kept=[Sample("0" * 32, "Piga [phone]", "", num_masked=1, num_more=1234)])}
    text = " ".join(" ".join(_parse(report(manifest(), seen)).content).split())
    assert "masked: 1 of personal data" in text
    assert "1,234 more characters" in text


def test_languages_that_were_not_requested_are_apart() -> None:
    made = manifest()
    html = report(made.model_copy(update={"requested_languages": ["swh_Latn"]}))
    assert html.count('<details class="language"') == 1
    text = " ".join(" ".join(_parse(html).content).split())
    assert "Languages that were not requested 1 languages, 4 documents" in text


def test_a_leak_is_shown_with_both_texts() -> None:
    html = report(manifest(), _survey(word="Watu wote wamezaliwa huru"))
    assert html.count("Watu wote wamezaliwa huru</blockquote>") >= 2
