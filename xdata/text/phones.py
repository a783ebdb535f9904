"""Finds phone and card numbers in the shape of a text.

Numbers are read as groups of digits with spaces, hyphens, dots, slashes or brackets between them. What makes a
phone of them, where `total` counts digits:

    international   + or 00, a country code in use (ITU-T E.164), total 8 to 15
    trunk zero      0 and a digit that is no 0, total 9 to 11, in groups to 13: 0712 345 678, 01 23 45 67 89;
                    08 to 12 without groups, as Indonesia has it
    area code       digits in brackets before the rest, total 9 to 12: (11) 91234-5678
    North America   234-567-8901, (234) 567-8901, 1-234-567-8901
    mobile          98765 43210 (India), 13812345678 and 138 1234 5678 (China)
    after a word    total 7 to 13 after a word for telephone, in any language of CLDR, its abbreviations or ☎

Every other number is none, however long: a plan of numbers by country would tell more, but a document does not say
which country its numbers are of. Dates, sequences, round numbers, decimals, ISBN and numbers in web addresses are
left out. Cards have an issuer's prefix, a length of its, groups as cards have them, and a right check digit (Luhn).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from xdata.resources import resource
from xdata.text.shapes import CASED, CURRENCY, UNCASED, Shape

_CHAIN = re.compile(rb"(?:\(?\+ ?)?\(?\d+(?:[ .()/-]{1,3}\d+)*")
_GROUP = re.compile(rb"\d+")
_LONGEST_GAP = 4
"""Distance of two digits with the longest separator between them."""
_EXTENSION = re.compile(rb" ?(?:x|ext\.?) ?\d{1,6}(?![\w])", re.IGNORECASE)
_MIN_DIGITS, _MAX_DIGITS = 7, 19
_MAX_GROUPS = 8
_TABOO_BEFORE = b"0123456789_/=#&?%@\\~*$+-" + CURRENCY
_TABOO_AFTER = b"0123456789_%@=#&" + CURRENCY
_LINKS = (b"wa.me/", b"tel:", b"phone=")
"""Ends of web addresses that are followed by a phone number."""


@dataclass(frozen=True)
class Chain:
    """Groups of digits in a row, none of more digits than a card has unless it stands alone."""

    data: bytes
    start: int
    """Of the sign before the first digit, or of that digit."""
    groups: Sequence[tuple[int, int]]

    def digits(self, first: int, last: int) -> bytes:
        """The digits of groups `first` to before `last`."""
        return b"".join(self.data[start:end] for start, end in self.groups[first:last])

    def sizes(self, first: int, last: int) -> list[int]:
        return [end - start for start, end in self.groups[first:last]]

    def separators(self, first: int, last: int) -> list[bytes]:
        """What stands between groups `first` to before `last`."""
        return [self.data[a[1] : b[0]] for a, b in pairwise(self.groups[first:last])]

    def lead(self, first: int) -> bytes:
        """What stands before a group and belongs to it: a plus, a bracket."""
        start = self.start if first == 0 else self.groups[first - 1][1]
        return self.data[start : self.groups[first][0]]


def find_chains(data: bytes, digits: npt.NDArray[np.int64]) -> Iterator[Chain]:
    """Chains that are long enough to be a phone; `digits` are the positions of all digits."""
    if digits.size < _MIN_DIGITS:
        return
    breaks = ((digits[1:] - digits[:-1]) > _LONGEST_GAP).nonzero()[0] + 1
    first = np.concatenate(([0], breaks))
    last = np.concatenate((breaks, [digits.size]))
    long = last - first >= _MIN_DIGITS
    for start, end in zip(digits[first[long]].tolist(), digits[last[long] - 1].tolist(), strict=True):
        for match in _CHAIN.finditer(data, max(0, start - 4), end + 1):
            if match.end() - match.start() >= _MIN_DIGITS:
                yield Chain(data, match.start(), [group.span() for group in _GROUP.finditer(data, *match.span())])


def find_numbers(shape: Shape, chain: Chain) -> Iterator[tuple[int, int, Literal["card", "phone"]]]:
    """(start, end, kind) in the shape of each card and phone of a chain, in order."""
    number, last = 0, 0
    while number < len(chain.groups):
        if count := _card(chain, number):
            yield chain.groups[number][0], chain.groups[number + count - 1][1], "card"
        elif (number == last or _may_begin_phone(chain, number)) and (count := _phone(shape, chain, number)):
            end = chain.groups[number + count - 1][1]
            yield _begun(chain, number, end), _extended(chain.data, end), "phone"
        number += count or 1
        last = number if count else last


def _begun(chain: Chain, first: int, end: int) -> int:
    """Where a phone number begins: with its plus, and with a bracket that is closed in it."""
    lead = chain.lead(first) if first == 0 else chain.lead(first).lstrip(b" .-/)")
    start = chain.groups[first][0] - len(lead)
    surface = chain.data[start:end]
    if surface[:1] == b"(" and surface.count(b"(") > surface.count(b")"):
        start += 1
    return start


def _extended(data: bytes, end: int) -> int:
    """The end of a phone number with its extension, as x416, where it has one."""
    extension = _EXTENSION.match(data, end, end + 12)
    return extension.end() if extension else end


# Cards: prefixes and lengths of ISO/IEC 7812 as the networks publish them

_ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4, 4, (16, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (300, 305, (14, 16)),  # Diners Club
    (3095, 3095, (14, 16)),
    (36, 36, (14, 16)),
    (38, 39, (14, 16)),
    (3528, 3589, (16, 17, 18, 19)),  # JCB
    (6011, 6011, (16, 19)),  # Discover
    (644, 649, (16, 19)),
    (65, 65, (16, 19)),  # also RuPay, Verve
    (62, 62, (16, 17, 18, 19)),  # UnionPay
    (60, 60, (16,)),  # RuPay
    (81, 82, (16,)),
    (508, 508, (16,)),
    (2200, 2204, (16, 17, 18, 19)),  # Mir
    (9792, 9792, (16,)),  # Troy
    (506, 506, (16, 18, 19)),  # Verve, Elo
    (50, 50, (12, 13, 14, 15, 16, 18, 19)),  # Maestro
    (56, 58, (12, 13, 14, 15, 16, 18, 19)),
    (639, 639, (12, 13, 14, 15, 16, 18, 19)),
    (67, 67, (12, 13, 14, 15, 16, 18, 19)),
)
"""(first prefix, last prefix, lengths). Visa of 13 digits is left out: no such card is left, and German and Austrian
bar codes look like it."""

_GROUPED = re.compile(r"(?:(?:4,){2,4}[1-4]|4,6,[45]|\d\d)$")
"""Sizes of groups on cards, joined by commas; or one group of all digits."""


def _card(chain: Chain, first: int) -> int:
    """Number of groups from `first` that are a card number, 0 for none."""
    sizes = chain.sizes(first, first + 5)
    if sizes[0] != 4 and not 12 <= sizes[0] <= _MAX_DIGITS:
        return 0
    for count in range(len(sizes), 0, -1):
        grouped = _GROUPED.match(",".join(map(str, sizes[:count])))
        if grouped and is_card(chain.digits(first, first + count).decode()) and _is_whole(chain, first, first + count):
            return count
    return 0


def _is_whole(chain: Chain, first: int, last: int) -> bool:
    """Whether groups of a card have one kind of sign between them and are no part of something longer."""
    separators = set(chain.separators(first, last))
    one = not separators or separators in ({b" "}, {b"-"})
    return one and _free_before(chain, first) and _free_after(chain, last)


def is_card(digits: str) -> bool:
    """Whether ASCII digits are a card number: prefix and length of an issuer, and a right check digit (Luhn)."""
    issued = any(
        len(digits) in lengths and first <= int(digits[: len(str(first))]) <= last for first, last, lengths in _ISSUERS
    )
    return issued and _luhn(digits)


def _luhn(digits: str) -> bool:
    odd = sum(map(int, digits[-1::-2]))
    even = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (odd + even) % 10 == 0


# Phones

_COUNTRY = re.compile(
    r"1|7|2(?:0|7|1[12368]|2\d|3\d|4\d|5[0-8]|6\d|9[01789])|3(?:[0-469]|5\d|7\d|8[0-35-79])"
    r"|4(?:[013-9]|2[013])|5(?:[1-8]|0\d|9\d)|6(?:[0-6]|7[02-9]|8[0-35-9]|9[0-2])"
    r"|8(?:[1246]|00|08|5[02356]|7[08]|8[01236])|9(?:[0-58]|6[0-8]|7[0-79]|9[2-689])"
)
"""Country codes in use, ITU-T E.164 list of assigned codes."""


def _phone(shape: Shape, chain: Chain, first: int) -> int:
    """Number of groups from `first` that are a phone number, 0 for none."""
    if not _free_before(chain, first):
        return 0
    ends = [last for last in _ends(chain, first) if _free_after(chain, last)]
    for last in ends:
        kind = phone_kind(chain, first, last)
        if kind and (kind == "international" or not _after_book(chain, first)):
            return last - first
    if first == 0 and b"+" not in chain.lead(0):
        # a group that is long enough alone is the number
        plausible = [last for last in reversed(ends) if _plausible_after_word(chain, last)]
        whole = plausible[:1] if chain.sizes(0, 1)[0] >= _MIN_DIGITS else plausible[-1:]
        if whole and _after_word(shape, chain):
            return whole[0]
    return 0


def _ends(chain: Chain, first: int) -> list[int]:
    """Where a phone number from group `first` may end, the longest first."""
    found, total = [], 0
    least = _MIN_DIGITS + 2 * (b"+" in chain.lead(first))  # a country code comes on top
    for last in range(first + 1, min(first + _MAX_GROUPS, len(chain.groups)) + 1):
        start, end = chain.groups[last - 1]
        if total >= least and _parts_numbers(chain.data[chain.groups[last - 2][1] : start]):
            break
        total += end - start
        if _MIN_DIGITS <= total <= 15:
            found.append(last)
    return found[::-1]


def _parts_numbers(separator: bytes) -> bool:
    """Whether a separator after enough digits for a phone stands between two phones: 712 345 678 / 713 456 789."""
    return b"/" in separator or b" -" in separator


def phone_kind(chain: Chain, first: int, last: int) -> str | None:
    """Which form of phone number the groups have by themselves, None for none."""
    digits, sizes, separators = chain.digits(first, last), chain.sizes(first, last), chain.separators(first, last)
    lead = chain.lead(first)
    if _is_no_phone(digits, sizes) and not (b"+" in lead and len(digits) >= 11):
        return None
    if b"+" in lead:
        return "international" if _is_international(digits.decode(), separators) else None
    between = b"".join(separators)
    if between.count(b"(") > between.count(b")"):
        return None
    if first and not _may_start_inside(chain, first, last):
        return None
    if digits.startswith(b"00") and sizes[0] >= 2:
        return "international" if len(digits) > 10 and _is_international(digits[2:].decode(), separators) else None
    if lead.endswith(b"(") and _is_area(sizes, separators, digits):
        return "area"
    if _is_trunk(digits, sizes, separators):
        return "trunk"
    return "national" if _is_american(digits, sizes, separators) or _is_mobile(digits, sizes, separators) else None


def _is_international(digits: str, separators: Sequence[bytes]) -> bool:
    """Whether digits after the plus are a number of a country in use."""
    country = _COUNTRY.match(digits)
    if country is None or not 8 <= len(digits) <= 15:
        return False
    rest = digits[country.end() :]
    if country[0] == "1":
        return len(rest) == 10 and rest[0] in "23456789" and rest[3] in "23456789"
    # a zero after the country code: Italian numbers have it, (0) is often written, and some write it by mistake
    return rest[0] != "0" or country[0] == "39" or any(b"(" in sign for sign in separators) or len(digits) >= 11


def _is_trunk(digits: bytes, sizes: Sequence[int], separators: Sequence[bytes]) -> bool:
    return (
        digits[:1] == b"0"
        and digits[1:2] != b"0"
        and 9 <= len(digits) <= _longest_trunk(digits, sizes)
        and min(sizes) >= (2 if len(sizes) < 4 else 1)
        and sizes[0] >= 2
        and len(set(separators)) <= (1 if set(sizes) == {2} else 2)
        and b"".join(separators).count(b"/") <= 1
    )


def _longest_trunk(digits: bytes, sizes: Sequence[int]) -> int:
    """Most digits of a number with a trunk zero, in these groups: pairs are written in few countries, whose have 10."""
    if set(sizes) == {2}:
        return 10
    return 13 if len(sizes) > 1 else 12 if digits[:2] == b"08" else 11


def _is_area(sizes: Sequence[int], separators: Sequence[bytes], digits: bytes) -> bool:
    """Whether it begins with an area code in brackets, which is no year."""
    closed = bool(separators) and separators[0].startswith(b")") and b"(" not in b"".join(separators)
    year = sizes[0] == 4 and digits[:2] in (b"18", b"19", b"20")
    rest = sizes[1:]
    return closed and not year and sizes[0] <= 5 and 9 <= len(digits) <= 12 and bool(rest) and min(rest) >= 2


def _is_american(digits: bytes, sizes: Sequence[int], separators: Sequence[bytes]) -> bool:
    if sizes[0] == 1 and digits[:1] == b"1":
        digits, sizes, separators = digits[1:], sizes[1:], separators[1:]
    plan = list(sizes) == [3, 3, 4] and digits[0] in b"23456789" and digits[3] in b"23456789"
    return plan and len(set(separators)) == 1 and separators[0] in (b"-", b".", b" ")


def _is_mobile(digits: bytes, sizes: Sequence[int], separators: Sequence[bytes]) -> bool:
    """Whether it is written as mobile numbers of India or China are."""
    indian = list(sizes) == [5, 5] and digits[0] in b"6789"
    chinese = list(sizes) in ([11], [3, 4, 4]) and digits[:1] == b"1" and digits[1] in b"3456789"
    return (indian or chinese) and set(separators) <= {b" ", b"-"}


def _may_begin_phone(chain: Chain, first: int) -> bool:
    """Whether a number may begin at a group inside of a chain: a quick look, most groups of tables do not."""
    start, end = chain.groups[first]
    thousands = end - start == 3 and chain.sizes(first - 1, first)[0] <= 3
    zero = chain.data[start : start + 1] == b"0" and end - start >= 3 and not thousands
    return zero or chain.data[start - 1 : start] == b"(" or tuple(chain.sizes(first, first + 3)) in _STARTS


_STARTS = frozenset({(3, 3, 4), (1, 3, 3), (3, 4, 4), *((5, 5, n) for n in range(20)), (5, 5)})
"""Sizes of the first groups of numbers without a zero."""


def _may_start_inside(chain: Chain, first: int, last: int) -> bool:
    """Whether a number may begin after another: not where groups of three go on, as in 1 034 567 890."""
    return set(chain.sizes(first, last)) != {3} or chain.sizes(first - 1, first)[0] > 3


_MAX_STEP = 10
"""Largest step of a scale like 05 10 15 20; 01 23 45 67 89 has one of 22 and is a phone."""


def _is_no_phone(digits: bytes, sizes: Sequence[int]) -> bool:
    """Whether it is a date, a round number, one digit again and again, or a sequence of equal steps."""
    values = [int(part) for part in _cut(digits, sizes)]
    steps = {b - a for a, b in pairwise(values)}
    scale = len(values) >= 4 and len(steps) == 1 and max(steps) <= _MAX_STEP
    if digits.endswith(b"00000") or len(set(digits)) == 1 or scale:
        return True
    threes = zip(sizes, sizes[1:], sizes[2:], values, values[1:], values[2:], strict=False)
    return any(_is_date(*three) for three in threes)


def _cut(digits: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    for end, size in zip(accumulate(sizes), sizes, strict=True):
        yield digits[end - size : end]


def _is_date(a: int, b: int, c: int, first: int, second: int, third: int) -> bool:
    """Whether three groups with these sizes and values are day, month and year in any order."""
    if c == 4 and a <= 2 and b <= 2:
        return 1800 <= third <= 2100 and 1 <= first <= 31 and 1 <= second <= 31
    return a == 4 and b <= 2 and c <= 2 and 1800 <= first <= 2100 and 1 <= second <= 12 and 1 <= third <= 31


# What stands around a number

_WEB = re.compile(rb"://|^[(<\[]?www\.", re.IGNORECASE)
_BOOK = re.compile(rb"(?:is[bs]n|doi|pmid|pmc|oclc|asin|ean|upc|issn)[ :.#0-9x-]*$", re.IGNORECASE)
_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + CASED


def _free_before(chain: Chain, first: int) -> bool:
    """Whether nothing before a group makes it part of something longer: a word, an id, a web address, a decimal."""
    data, start = chain.data, chain.start
    if first:
        separator = data[chain.groups[first - 1][1] : chain.groups[first][0]]
        return separator[:1] == b" " or (separator == b"/" and not _in_web_address(data, start))
    before = data[max(0, start - 12) : start]
    if before.lower().endswith(_LINKS):
        return True
    if before[-1:] and (before[-1] in _TABOO_BEFORE or before[-1] in _LETTERS):
        return (before[-1:] == b"-" and before[-2:-1] == UNCASED) or (
            data[start : start + 1] == b"+" and before[-1] in b"/" + _LETTERS and not _in_web_address(data, start)
        )
    if before[-1:] in (b".", b",", b":") and before[-2:-1].isdigit():
        return False
    return not _in_web_address(data, start)


def _in_web_address(data: bytes, start: int) -> bool:
    token = data[max(0, start - 300) : start].replace(b"\n", b" ").rpartition(b" ")[2]
    return _WEB.search(token) is not None


def _free_after(chain: Chain, last: int) -> bool:
    """Whether a number ends before group `last`: no letter, decimal or percent sign follows."""
    end = chain.groups[last - 1][1]
    if last < len(chain.groups):
        return chain.data[end : end + 1] in (b" ", b"/")
    after = chain.data[end : end + 2]
    if not after or _extended(chain.data, end) > end:
        return True
    if after[0] in _TABOO_AFTER or after[0] in _LETTERS:
        return False
    return after[0] not in b".,:/-+" or not (after[1:].isdigit() or (after[0] in b"/-" and after[1:].isalpha()))


def _after_book(chain: Chain, first: int) -> bool:
    """Whether the name of a catalogue of books or papers stands before."""
    start = chain.groups[first][0]
    return _BOOK.search(chain.data[max(0, start - 32) : start]) is not None


_WORD = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*", re.UNICODE)
_ABBREVIATIONS = frozenset(
    {
        *("tel", "tél", "tlf", "telf", "tlp", "telp", "telef", "fax", "faks", "mob", "gsm", "cell", "mobile"),
        *("whatsapp", "telegram", "viber", "факс", "тел", "моб", "ტელ", "טל", "נייד", "واتساب", "فاكس"),
        *("फैक्स", "ফ্যাক্স", "ഫാക്സ്", "โทร", "手机", "手機"),
    }
)
"""What CLDR does not have: short forms, other machines, and services that are named by the same word everywhere."""
_SIGNS = "☎☏✆📞📱📲📠"
_WINDOW = 40


def _after_word(shape: Shape, chain: Chain) -> bool:
    """Whether a word for telephone stands before the first group, at most one other word between them; or a link."""
    if chain.data[max(0, chain.start - 8) : chain.start].lower().endswith(_LINKS):
        return True
    end = shape.span(chain.start, chain.start + 1)[0]
    before = shape.text[max(0, end - _WINDOW) : end].rpartition("\n")[2]
    if any(sign in before[-6:] for sign in _SIGNS):
        return True
    before = unicodedata.normalize("NFC", before.casefold())
    parts = [match for match in re.finditer(r"[^\W_]+", _joined(before))][-2:]
    return any(_names_telephone(match[0]) for match in parts)


def _joined(text: str) -> str:
    """The text with combining marks and joiners made letters, so that they part no words."""
    return "".join("ـ" if unicodedata.category(character) in ("Mn", "Mc", "Cf") else character for character in text)


@cache
def _telephone_words() -> frozenset[str]:
    rows = resource("personal", "telephone.tsv").read_text(encoding="utf-8").splitlines()
    words = {row.split("\t")[0] for row in rows if not row.startswith("#")} | _ABBREVIATIONS
    return frozenset(_joined(word) for word in words)


def _names_telephone(word: str) -> bool:
    """Whether a word is one for telephone, or begins with one (endings), or ends with one (articles, no spaces)."""
    words = _telephone_words()
    if word in words:
        return True
    if any(word[:size] in words for size in range(max(4, len(word) - 5), len(word))):
        return True
    return not word[-1:].isascii() and any(word[-size:] in words for size in range(2, min(len(word), 14)))


def _plausible_after_word(chain: Chain, last: int) -> bool:
    """Whether the first groups, which stand after a word for telephone, may be a number of one."""
    digits = chain.digits(0, last)
    return len(digits) <= 13 and not _is_no_phone(digits, chain.sizes(0, last))
