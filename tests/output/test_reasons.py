"""Every reason for dropping a record is described in words."""

import pytest
import regex

from tests.golden.contents import FOLDER
from xdata.filters.rules import LANGUAGE_RULE, RULES
from xdata.output.reasons import FAMILIES, REASONS, find_reason
from xdata.recipe.steps import STEPS


def test_rules_steps_and_recipes_have_no_other_reasons() -> None:
    found = {rule.name for rule in (LANGUAGE_RULE, *RULES)}
    found |= {reason for step in STEPS if isinstance(reason := getattr(step, "reason", None), str)}
    for recipe in FOLDER.glob("*.yaml"):
        found |= set(regex.findall(r"reason: \"?(\w+)", recipe.read_text(encoding="utf-8")))
    assert found <= REASONS.keys()


def test_families_are_listed_and_none_is_empty() -> None:
    assert {reason.family for reason in REASONS.values()} == set(FAMILIES)


def test_titles_are_short_and_differ() -> None:
    titles = [reason.title for reason in REASONS.values()]
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 36 for title in titles)
    assert all(reason.meaning.endswith(".") for reason in REASONS.values())


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("url_adult", "Listed URL: adult"),
        ("tagged_noisy", "Tagged: noisy"),
        ("extract_failed", "Step failed: extract"),
        ("gopher_quality_failed", "Step failed: gopher quality"),
        ("language_unknown_klingon", "Unknown language label: klingon"),
        ("language_unknown", "Unknown language label"),
    ],
)
def test_what_a_reason_names_is_in_its_title(name: str, title: str) -> None:
    found = find_reason(name)
    assert found is not None
    assert found.title == title


def test_a_reason_of_a_step_of_the_user_has_no_words() -> None:
    assert find_reason("too_loud") is None
