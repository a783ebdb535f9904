import pytest

from xdata.text.personal import find_personal
from xdata.text.phones import is_card


def surfaces(text: str, kind: str) -> list[str]:
    return [text[found.start : found.end] for found in find_personal(text) if found.kind == kind]


@pytest.mark.parametrize(
    "phone",
    [
        "+254 712 345 678",
        "+255712345678",
        "+94-11-234-5678",
        "+1 (212) 555-7890",
        "+44 (0)20 7946 0958",
        "(+30) 6936 143322",
        "00223 63 88 24 23",
        "+39 06 698 12345",
        "0712 345 678",
        "0712345678",
        "08031234567",
        "085920594986",
        "01 23 45 67 89",
        "030/2025 1111",
        "0221 / 92 59 61 0",
        "(021) 496-2617",
        "(11) 91234-5678",
        "212-555-7890",
        "(212) 555-7890 x416",
        "1-800-446-2581",
        "98765 43210",
        "13812345678",
        "138 1234 5678",
        "٠٧١٢٣٤٥٦٧٨",
        "+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧",
        "۰۹۱۲ ۳۴۵ ۶۷۸۹",
        "०९८७६५४३२१०",
        "০১৭১২-৩৪৫৬৭৮",
        "๐๘๑-๒๓๔-๕๖๗๘",
        "០១២ ៣៤៥ ៦៧៨",
        "၀၉ ၄၂၁ ၁၂၃ ၄၅၆",
        "０９０－１２３４－５６７８",
        "07\u200e12\u200b345\u2060678",
        "0️⃣7️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
    ],
)
@pytest.mark.parametrize("text", ["{}", "ஃ {}.", "Piga {}, tafadhali", "({})", "请打{}。", "ติดต่อ{}ค่ะ", "و{} ئەم"])
def test_phones_are_found_whole_wherever_they_stand(phone: str, text: str) -> None:
    assert surfaces(text.format(phone), "phone") == [phone]


@pytest.mark.parametrize(
    "text",
    [
        "Tel. 2234 5678",
        "Simu: 2234 5678",
        "nambari ya simu ni 2234 5678",
        "ስልክ ቁጥር 2234 5678",
        "දුරකථනය 2234 5678",
        "โทรศัพท์ 2234 5678",
        "โทร.2234 5678",
        "电话：2234 5678",
        "الهاتف : 2234 5678",
        "тел: 2234 5678",
        "☎ 2234 5678",
        "telefonu 2234 5678",
        "ტელეფონი 2234 5678",
        "फ़ोन 2234 5678",
        "ទូរស័ព្ទ 2234 5678",
    ],
)
def test_after_a_word_for_telephone_other_numbers_are_phones(text: str) -> None:
    assert surfaces(text, "phone") == ["2234 5678"]
    assert surfaces("xyzzy 2234 5678", "phone") == []


@pytest.mark.parametrize(
    "text",
    [
        "1999-2001",
        "2019-12-31 10:30",
        "01.02.2019 08:15",
        "01/02/2019 12",
        "2024.02.04 14:21",
        "05.10.15.20.25",
        "1,234,567,890",
        "1 034 567 890",
        "1.034.567.890",
        "+250 000 000",
        "+20 500 000",
        "0.712345678",
        "0,712 345 678",
        "ISBN 0306406152",
        "ISBN 978-0-306-40615-7",
        "ISSN 0712-345678",
        "id_0712345678",
        "A0712345678",
        "№0712345678a",
        "#0712345678",
        "https://example.net/0712345678",
        "www.example.net/2019/0712345678",
        "$0712345678",
        "0712345678 %".replace(" ", ""),
        "712345678",
        "7800000000",
        "1700000000",
        "4006381333931",
        "12345678901234567890123",
        "0000 0000 0000 0000",
        "+000 000 000 000",
        "111111111",
        "Telephone of 10 000 000 people",
        "N°02 (680 712 170 Fcfa)",
        "6,0\u00a0% (97\u00a0039/1\u00a0617\u00a0204)",
    ],
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert find_personal(text) == []


def test_phones_beside_each_other_are_each_found() -> None:
    phones = ["0712 345 678", "0713456789", "+254 20 222 3456"]
    for separator in (" ", " / ", "/", ", ", " - ", "\n"):
        assert surfaces(separator.join(phones), "phone") == phones, repr(separator)


def test_numbers_in_links_that_call_are_phones() -> None:
    assert surfaces("https://wa.me/254712345678 tel:2234567", "phone") == ["254712345678", "2234567"]


@pytest.mark.parametrize(
    "card",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111111111111111",
        "3782 822463 10005",
        "5500005555555559",
        "४१११ ११११ ११११ ११११",
        "٤١١١ ١١١١ ١١١١ ١١١١",
    ],
)
def test_cards_are_found(card: str) -> None:
    for text in ("{}", "kadi {} 12/27", "卡号{}。"):
        assert surfaces(text.format(card), "card") == [card]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # check digit
        "0000 0000 0000 0000",  # issuer
        "41 1111 1111 1111 11",  # groups
        "4111,1111,1111,1111",
        "id41111111111111111",
    ],
)
def test_other_numbers_are_no_cards(text: str) -> None:
    assert surfaces(text, "card") == []


@pytest.mark.parametrize("place", range(16))
def test_one_wrong_digit_makes_a_card_wrong(place: int) -> None:
    card = "5500005555555559"
    wrong = str((int(card[place]) + 1) % 10)
    assert is_card(card) and not is_card(card[:place] + wrong + card[place + 1 :])
