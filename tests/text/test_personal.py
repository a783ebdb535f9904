import gzip
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.text.personal import find_personal, is_bank, is_personal_ip


def surfaces(text: str) -> list[tuple[str, str]]:
    return [(found.kind, text[found.start : found.end]) for found in find_personal(text)]


@pytest.mark.parametrize(
    ("text", "mail"),
    [
        ("Andika amina.juma78@gmail.com.", "amina.juma78@gmail.com"),
        ("JOSÉ.garcía@correo.es", "JOSÉ.garcía@correo.es"),
        ("почта@пример.рф", "почта@пример.рф"),
        ("संपर्क@उदाहरण.भारत", "संपर्क@उदाहरण.भारत"),
        ("مثال@موقع.مصر", "مثال@موقع.مصر"),
        ("联系我们li.wei@mail.com吧", "li.wei@mail.com"),
        ("ติดต่อsomchai@thai.co.thค่ะ", "somchai@thai.co.th"),
        ("yamada＠ｍａｉｌ．ｊｐ", "yamada＠ｍａｉｌ．ｊｐ"),
        ("abebe\u200e@ethionet.et", "abebe\u200e@ethionet.et"),
        ("name [at] domain [dot] org", "name [at] domain [dot] org"),
        ("name(at)domain.org", "name(at)domain.org"),
        ("?email=bob%40mail.org&x", "bob%40mail.org"),
        ("mailto:bob@mail.org?subject=x", "bob@mail.org"),
        ("x@xn--80ak6aa92e.xn--p1ai", "x@xn--80ak6aa92e.xn--p1ai"),
        ("info@site.org.Then", "info@site.org"),
        ("(bob@mail.org)", "bob@mail.org"),
    ],
)
def test_mail_addresses_of_every_script_are_found(text: str, mail: str) -> None:
    assert surfaces(text) == [("mail", mail)]


@pytest.mark.parametrize(
    "text",
    [
        "a@b",
        "@user",
        "icon@2x.png",
        "email@example.com",
        "firstname.lastname@mail.example.org",
        "x@y.test",
        "10@1.50",
        "see (at) home.",
        "me @ home.com",
        "package@1.2.3",
    ],
)
def test_what_is_no_mail_address_of_anybody_is_not_found(text: str) -> None:
    assert find_personal(text) == []


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "154.72.199.202",
        "٩٣.١٨٤.٢١٦.٣٤",
        "९३.१८४.२१६.३४",
        "2606:2800:220:1:248:1893:25c8:1946",
        "2a00:1450:4001:81b::200e",
    ],
)
def test_public_ip_addresses_are_found(address: str) -> None:
    for text in ("{}", "IP {}.", "IP:{}", "http://{}/x".format("{}" if "." in address else "[{}]"), "地址{}，"):
        assert surfaces(text.format(address)) == [("ip", address)], text


@pytest.mark.parametrize(
    "text",
    [
        "version 91.45.72.1",
        "v91.45.72.1",
        "версия 91.45.72.1",
        "版本91.45.72.1",
        "1.2.3.4",
        "§ 3.14.15.9",
        "1.3.6.1.4.1.99",
        "01.02.03.44",
        "256.1.1.1",
        "192.168.1.44",
        "10.0.0.99",
        "127.0.0.1",
        "192.0.2.77",
        "203.0.113.77",
        "2001:db8::77",
        "fe80::1234:5678:9abc:def0",
        "12:30:45",
        "std::vector",
        "2019::",
        "Chrome 91.0.4472.124",
    ],
)
def test_versions_sections_times_and_addresses_of_nobody_are_no_ip_addresses(text: str) -> None:
    assert find_personal(text) == []


def test_ip_addresses_that_are_not_public_are_found_on_request_and_those_for_documentation_never() -> None:
    text = "192.168.1.44 and 192.0.2.77 and fe80::1234:5678:9abc:def0"
    assert [text[found.start : found.end] for found in find_personal(text, private_ips=True)] == [
        "192.168.1.44",
        "fe80::1234:5678:9abc:def0",
    ]
    assert is_personal_ip("10.1.2.3", private=True) and not is_personal_ip("10.1.2.3")


@pytest.mark.parametrize(
    "number",
    [
        "GB82 WEST 1234 5698 7654 32",
        "DE89370400440532013000",
        "MT84MALT011000012345MTLCAST001S",
        "ＧＢ８２WEST12345698765432",
    ],
)
def test_bank_accounts_are_found(number: str) -> None:
    for text in ("{}", "akaunti {}.", "账号{}。", "{} BIC"):
        assert surfaces(text.format(number)) == [("bank", number)]


@pytest.mark.parametrize(
    "text",
    ["GB82 WEST 1234 5698 7654 33", "XX00 0000 0000 0000 0000", "XGB82WEST12345698765432", "DE8937040044053201300"],
)
def test_other_codes_are_no_bank_accounts(text: str) -> None:
    assert all(found.kind != "bank" for found in find_personal(text))


def test_two_changed_places_make_a_bank_account_wrong() -> None:
    assert is_bank("DE89370400440532013000") and not is_bank("DE89370400440532010300")


def test_each_span_has_its_kind() -> None:
    text = "a.b@mail.org 0712345678 c@mail.org"
    assert [found.kind for found in find_personal(text)] == ["mail", "phone", "mail"]


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_nothing_is_found_in_the_declaration_of_human_rights(language: str) -> None:
    for text in texts(language):
        assert find_personal(text) == []


_PIECES = [
    "0712",
    "345 678",
    "+254",
    "@",
    "bob",
    "mail.org",
    ".",
    "93.184",
    ":",
    "GB82",
    "4111 ",
    "tel ",
    "(",
    "-",
    "/",
]


@given(
    st.lists(st.sampled_from([*_PIECES, "ක", "中", "\u200f", "\ud800", "\n", " ", "٠١٢٣", "\u0301"])).map("".join)
    | st.text()
)
def test_spans_ascend_do_not_meet_and_are_not_empty(text: str) -> None:
    last = 0
    for found in find_personal(text):
        assert last <= found.start < found.end <= len(text)
        last = found.end


@pytest.mark.parametrize(
    "unit",
    [
        *("x", "1", "1 ", "@", "a@", "a@a.", "(at)", "1.", "1.1.1.1 ", ":", "2001:", "GB82 ", "4111 ", "07 ", "+1 "),
        *("\u0301", "\0", "\ud800", "\u200f", "1\u200f", "😀", "1-", "1/", "tel 1234567 ", "x@" + "a" * 60 + "."),
    ],
)
def test_time_grows_with_length_whatever_the_text_repeats(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    began = time.process_time()
    find_personal(text)
    assert time.process_time() - began < 5  # seconds; quadratic time would be minutes


@pytest.mark.shared_data("parallel/tico19", "langid/sib200", "parallel/tatoeba_en_es")
@pytest.mark.parametrize(
    "pattern", ["parallel/tico19/*.tmx.gz", "langid/sib200/*.tsv.gz", "parallel/tatoeba_en_es/*.gz"]
)
def test_there_is_no_false_alarm_in_clean_text_of_111_languages(shared_data: Path, pattern: str) -> None:
    for path in sorted(shared_data.glob(pattern)):
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
        assert surfaces(text) == [], path.name
