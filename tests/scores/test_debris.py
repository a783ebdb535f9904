from xdata.context import Context
from xdata.scores.debris import DebrisShare
from xdata.text.analysis import Analyses


def test_every_document_has_a_share_but_one_without_text() -> None:
    step = DebrisShare()
    columns = step.open(Context())(Analyses(["", "haki", "ha\ufffdk", "<br>"]))
    assert columns.keys() == step.adds().keys()
    assert list(columns["scores.debris_share"]) == [None, 0.0, 0.25, 1.0]
