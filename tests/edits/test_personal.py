import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from xdata.context import Context
from xdata.edits.personal import STAND_INS, RemovePersonal, without_personal
from xdata.records import Document, Origin
from xdata.text.personal import find_personal

_ALL = "bob@mail.org 93.184.216.34 2a00:1450:4001:81b::200e GB82 WEST 1234 5698 7654 32 4111 1111 1111 1111 ०७१२३४५६७८"


def edited(text: str, **options: object) -> str:
    return RemovePersonal.model_validate(options).open(Context())(Document(Origin("s", "f", 0), text)).text


def test_each_kind_has_its_stand_in() -> None:
    assert edited(_ALL) == " ".join(STAND_INS[name] for name in ("mail", "ip", "ip6", "bank", "card", "phone"))


def test_nothing_is_left_where_it_is_removed() -> None:
    assert edited(_ALL, action="remove") == " " * 5
    assert edited("نامه bob@mail.org است", action="remove") == "نامه  است"


def test_only_the_chosen_kinds_are_taken_out() -> None:
    assert edited("bob@mail.org 0712345678", kinds=("mail",)) == "email@example.com 0712345678"
    assert edited("10.1.2.99") == "10.1.2.99"
    assert edited("10.1.2.99", private_ips=True) == "192.0.2.1"


def test_stand_ins_can_be_chosen() -> None:
    assert edited("bob@mail.org 0712345678", stand_ins={"mail": "<barua>"}) == "<barua> +000 000 000 000"


@pytest.mark.parametrize(
    ("stand_ins", "message"), [({"mail": "bob@mail.org"}, "personal data itself"), ({"name": "x"}, "is not a kind")]
)
def test_stand_ins_that_cannot_be_are_refused(stand_ins: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        RemovePersonal(stand_ins=stand_ins)


def test_the_document_is_the_same_where_nothing_is_found() -> None:
    document = Document(Origin("s", "f", 0), "ශ්‍රී ලංකා, email@example.com, 192.0.2.1")
    assert RemovePersonal().open(Context())(document) is document


@pytest.mark.parametrize("stand_in", STAND_INS.values())
@pytest.mark.parametrize(
    "text", ["{}", "12 {}", "{} 12", "电话{}号", "tel {}", "0{}", "{}@mail.org", "v{}1", "{0} {0}", "{0}{0}"]
)
def test_stand_ins_are_nobodys_wherever_they_stand(stand_in: str, text: str) -> None:
    once = without_personal(text.format(stand_in))
    assert without_personal(once) == once


_PIECES = ["0712", "345 678", "+254", "@", "bob", "mail.org", ".", "93.184.216.34", ":", "GB82 WEST 1234 5698 7654 32"]
_TEXTS = st.lists(
    st.sampled_from([*_PIECES, "4111 1111 1111 1111", "tel ", "(", "-", "/", "ක", "中", "\u200f", "\n", " ", "٠١٢٣"])
).map("".join)


@pytest.mark.parametrize("stand_ins", [STAND_INS, dict.fromkeys(STAND_INS, "")], ids=["replace", "remove"])
@given(text=_TEXTS | st.text())
def test_a_second_time_nothing_is_changed(stand_ins: dict[str, str], text: str) -> None:
    once = without_personal(text, stand_ins=stand_ins)
    assert find_personal(once) == []
    assert without_personal(once, stand_ins=stand_ins) == once


def test_what_is_taken_out_is_counted_by_kind() -> None:
    document = Document(Origin("s", "f", 0), f"{_ALL} bob@mail.org", changes=(("pages", 1),))
    assert RemovePersonal().open(Context())(document).changes == (
        ("pages", 1), ("bank", 1), ("card", 1), ("ip", 2), ("mail", 2), ("phone", 1),
    )  # fmt: skip
