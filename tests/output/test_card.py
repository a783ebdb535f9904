import pytest

from tests.manifests import HOSTILE, manifest
from xdata.output.card import card
from xdata.output.manifest import SourceFacts
from xdata.yaml_files import load_yaml


def _head(text: str) -> dict[str, object]:
    _, head, _ = text.split("---\n", 2)
    found: dict[str, object] = load_yaml(head, where="card")
    return found


def test_the_head_names_every_config_and_where_its_data_are() -> None:
    assert _head(card(manifest())) == {
        "language": ["swh"],
        "license": "cc0-1.0",
        "task_categories": ["text-generation"],
        "size_categories": ["n<1K"],
        "configs": [
            {
                "config_name": "default",
                "default": True,
                "data_files": [{"split": "train", "path": "data/*/train-*.parquet"}],
            },
            {
                "config_name": "swh_Latn",
                "data_files": [{"split": "train", "path": "data/swh_Latn/train-*.parquet"}],
            },
        ],
    }


@pytest.mark.parametrize(
    ("num", "category"),
    [(1, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (9_999_999, "1M<n<10M"), (10**12, "n>1T"), (10**15, "n>1T")],
)
def test_size_categories_are_those_of_the_hub(num: int, category: str) -> None:
    made = manifest()
    facts = made.languages["swh_Latn"].model_copy(update={"num_rows": num})
    assert _head(card(made.model_copy(update={"languages": {"swh_Latn": facts}})))["size_categories"] == [category]


def test_the_body_has_sizes_shares_funnel_and_reasons() -> None:
    text = card(manifest())
    assert "| `swh_Latn` | Swahili | 5 | 5,000 | 30,000 | 31,000 |" in text
    assert "- host: 0.example 20.0 %" in text
    assert "and 2 more" in text
    assert "10 documents were read" in text
    assert "| `swh_Latn` | 6 | 5 |" in text
    assert "| 1 others | 4 | 0 |" in text
    assert "| `language_not_requested` | 4 |" in text


def test_an_unknown_license_is_stated_as_unknown() -> None:
    source = SourceFacts(name="s", license="unknown", domain=None, language=None, num_files=1, num_bytes=1)
    assert _head(card(manifest(sources=[source])))["license"] == "unknown"


def test_notes_and_unreadable_input_are_listed() -> None:
    text = card(manifest(notes=["no document of mlt_Latn was kept"], num_unreadable=3, num_failed=2))
    assert "- no document of mlt\\_Latn was kept" in text
    assert "- 3 places of the input could not be read" in text
    assert "- 2 documents failed in a step" in text


def test_nothing_of_a_crawl_is_markup() -> None:
    made = manifest()
    language = made.languages["swh_Latn"].model_copy(update={"shares": {"host": {HOSTILE: 5}}})
    source = made.sources[0].model_copy(update={"name": HOSTILE, "license": HOSTILE, "domain": HOSTILE})
    text = card(made.model_copy(update={"languages": {"swh_Latn": language}, "sources": [source], "notes": [HOSTILE]}))
    body = text.split("---\n", 2)[2]
    assert "<script" not in body
    assert "](javascript" not in body
    assert "\x1b" not in text
    assert all(
        line.count("|") - line.count("\\|") == 6
        for line in body.splitlines()
        if line.startswith("| \\<") or ("alert" in line and line.startswith("|"))
    )


@pytest.mark.parametrize("languages", [{}, manifest().languages])
def test_a_corpus_without_a_document_has_a_card_too(languages: dict[str, object]) -> None:
    assert card(manifest(languages=languages)).endswith("\n")


def test_changes_by_edits_are_listed_if_there_are_any() -> None:
    text = card(manifest(changes={"lines.few_words": 1234, "orthography.ك>ک": 5, f"own.{HOSTILE}": 1}))
    assert "| lines.few\\_words | 1,234 |" in text
    assert "| orthography.ك&gt;ک | 5 |" in text
    assert "<script" not in text
    assert "Changes by edits and removals" not in card(manifest())
