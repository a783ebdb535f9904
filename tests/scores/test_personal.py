import pytest

from xdata.context import Context
from xdata.scores.personal import PersonalData, personal_scores
from xdata.text.analysis import Analyses


def test_columns_count_each_kind_and_the_share_of_code_points() -> None:
    text = "a.b@mail.org ni 0712345678 na 93.184.216.34"
    columns = PersonalData().open(Context())(Analyses([text, "Kila mtu"]))
    assert columns.keys() == PersonalData().adds().keys()
    assert columns["scores.num_mails"] == [1, 0]
    assert columns["scores.num_phones"] == [1, 0]
    assert columns["scores.num_ips"] == [1, 0]
    assert columns["scores.num_cards"] == columns["scores.num_banks"] == [0, 0]
    assert columns["scores.personal_share"] == [pytest.approx(35 / len(text)), 0]


@pytest.mark.parametrize("text", ["", "\n", "\ud800", "😀", "ක\u0dca" * 1000])
def test_text_without_any_has_a_share_of_nothing(text: str) -> None:
    assert personal_scores(text) == (0,) * 6


def test_a_directory_is_nearly_all_personal() -> None:
    assert personal_scores("\n".join(f"07123456{number}" for number in range(10, 99)))[-1] > 0.9
