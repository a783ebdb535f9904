import numpy as np
import pytest

from xdata.models.language import XLID, load_identifier
from xdata.models.priors import LEAST_PEOPLE, prior_of, writers

LABELS = ("eng_Latn", "sco_Latn", "zxx_Latn", "qvn_Latn", "hin_Deva", "anp_Deva")


def test_all_are_alike_without() -> None:
    assert prior_of(LABELS, "equal").tolist() == [1.0] * len(LABELS)


def test_more_people_more_weight() -> None:
    english, scots, noise, _, hindi, _ = prior_of(LABELS, "people").tolist()
    assert english > hindi > noise == 1.0 > scots > 0


def test_uncounted_languages_have_a_least_weight() -> None:
    assert "qvn_Latn" not in writers()
    *_, quechua, _, angika = prior_of(LABELS, "people").tolist()
    assert quechua == angika > 0


def test_counts_are_of_languages_as_we_name_them() -> None:
    assert {"swh_Latn", "zho_Hans", "zho_Hant", "arb_Arab", "twi_Latn"} <= writers().keys()
    assert "aka_Latn" not in writers()
    assert writers()["eng_Latn"] > 1e9 > writers()["mlt_Latn"] > LEAST_PEOPLE


@pytest.mark.parametrize("text", ["The man went home.", "Good morning!", "This is my house", "一个人"])
def test_short_texts_are_of_the_more_frequent_language(text: str) -> None:
    equal, people = (load_identifier(XLID, prior=prior).identify([text])[0] for prior in ("equal", "people"))
    assert people.language in ("eng_Latn", "zho_Hans")
    assert people.score > dict([(equal.language, equal.score), *equal.alternatives]).get(people.language, 0.0)


def test_probabilities_still_sum_to_one_at_most() -> None:
    found = load_identifier(XLID, prior="people").identify(["Kif int?", "", "1 2 3", "ok", "Ħobża friska"])
    totals = [one.score + sum(share for _, share in one.alternatives) for one in found]
    assert np.all(np.array(totals) <= 1.001)
    assert found[1].language is None and found[2].language is None
