"""Finds personal data in text of every script: mail and IP addresses, phone, bank and card numbers.

Everything works on the shape of the text (one byte a code point, digits of every script alike), and nothing runs
where a cheap look at the shape shows that there is nothing to find: no at sign, no chain of seven digits, no three
dots between digits. Patterns are bounded, so time grows with length.

What is found is checked where it can be: IBAN and card numbers by their check digits, IP addresses by who may hold
them. Addresses that stand for nobody (example.com, documentation ranges, numbers of no country) are never found, so
that they can stand in for what is taken out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from string import ascii_letters
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from xdata.text.phones import find_chains, find_numbers
from xdata.text.shapes import CASED, MARK, UNCASED, Shape, fold

Kind = Literal["mail", "ip", "bank", "card", "phone"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_Spans = Iterator[tuple[int, int]]
_HINT = re.compile(r"[\d@＠﹫(\[{<（［｛＜]")
"""What every find has at least one of; most sentences have none."""
_MIN_DIGITS = 3
"""Fewer digits than any number or IP address has."""


@dataclass(frozen=True, slots=True)
class Found:
    """A span of personal data: `text[start:end]`, in code points."""

    start: int
    end: int
    kind: Kind


def find_personal(text: str, *, private_ips: bool = False) -> list[Found]:
    """Every span of personal data, in order; none meets another.

    IP addresses of private, shared, loopback and reserved ranges say nothing about a person and are found with
    `private_ips` only.
    """
    if _HINT.search(text) is None:
        return []
    shape = fold(text)
    # what one kind claims is blotted out for the next
    data = bytearray(shape.data)
    found = [_claim(shape, data, span, "mail") for span in _mails(shape.data)]
    digits = (np.frombuffer(shape.data, dtype=np.uint8) - np.uint8(48) < 10).nonzero()[0]
    if digits.size >= _MIN_DIGITS:
        found += [_claim(shape, data, span, "ip") for span in _ips(shape, bytes(data), digits, private=private_ips)]
        found += [_claim(shape, data, span, "bank") for span in _banks(bytes(data), digits)]
        for chain in find_chains(bytes(data), digits):
            found += [Found(*shape.span(start, end), kind) for start, end, kind in find_numbers(shape, chain)]
    return sorted(found, key=lambda one: one.start)


def _claim(shape: Shape, data: bytearray, span: tuple[int, int], kind: Kind) -> Found:
    start, end = span
    data[start:end] = b"\x02" * (end - start)
    return Found(*shape.span(start, end), kind)


# Mail addresses

_LETTER = rb"A-Za-z" + CASED + UNCASED + MARK
_LETTERS = ascii_letters.encode() + CASED + UNCASED + MARK
_LOCAL = b"0123456789" + _LETTERS + b"._%+-'&"
_TOUCHES = np.isin(np.arange(256), np.frombuffer(_LOCAL, dtype=np.uint8))
_MAX_LOCAL = 64
"""Characters before the at sign, RFC 5321 4.5.3.1.1."""
_AT = re.compile(rb"[\[({<]\s?(?:at|@|arroba|chez)\s?[\])}>]", re.IGNORECASE)
_LABEL = rb"[0-9" + _LETTER + rb"](?:[0-9" + _LETTER + rb"-]{0,61}[0-9" + _LETTER + rb"])?+"
_DOT = rb"(?:\.|\s?[\[({]\s?(?:dot|punto|ponto|point)\s?[\])}]\s?)"
_TOP = (
    rb"(?:xn--[0-9a-z-]{2,59}+|[a-z]{2,24}+(?![0-9_"
    + CASED
    + rb"])|["
    + CASED
    + MARK
    + rb"]{2,24}+(?![0-9a-z_])|["
    + UNCASED
    + MARK
    + rb"]{2,24}+(?![0-9a-z_]))"
)
_DOMAIN = re.compile(rb"(?:" + _LABEL + _DOT + rb"){1,8}" + _TOP, re.IGNORECASE)
_MAX_DOMAIN = 255
_FILES = frozenset(b"png jpg jpeg gif svg webp bmp ico css js json html htm php pdf txt mp3 mp4 zip tar gz".split())
"""Endings of file names, as in icon@2x.png, that are no top-level domain."""
_RESERVED = re.compile(rb"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost)$")
"""Domains that belong to nobody, RFC 2606 and RFC 6761."""


def _mails(data: bytes) -> _Spans:
    """Mail addresses, also with (at) or [at] for the sign and (dot) for the dot."""
    last = 0
    for start, end in _at_signs(data):
        local = _local_start(data, max(last, start - _MAX_LOCAL), start)
        domain = _DOMAIN.match(data, end, end + _MAX_DOMAIN)
        if local < start and domain is not None:
            stop = _domain_end(data, end, domain.end())
            if stop and (data[start] == 0x40 or _is_ascii_word(data[local:start])):
                yield local, stop
                last = stop


def _at_signs(data: bytes) -> _Spans:
    """Positions of @, or of a substitute for it, inside a possible address."""
    signs = [_with_spaces(data, *match.span()) for match in _AT.finditer(data)]
    if b"%40" in data:
        signs += [match.span() for match in re.finditer(rb"%40", data)]
    if b"@" in data:
        codes = np.frombuffer(data, dtype=np.uint8)
        places = (codes[1:-1] == 0x40).nonzero()[0] + 1
        beside = np.array([_TOUCHES[codes[places - 1]], _TOUCHES[codes[places + 1]]])
        signs += [(at, at + 1) for at in places[beside.all(axis=0)].tolist()]
    return iter(sorted(signs))


def _with_spaces(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The span with one space on each side of it, where there is one."""
    return start - (data[start - 1 : start] == b" "), end + (data[end : end + 1] == b" ")


def _local_start(data: bytes, start: int, end: int) -> int:
    """Start of the name before an at sign; scripts that put no space before it are separated from Latin letters."""
    local = data[start:end]
    local = local[len(local.rstrip(_LOCAL)) :]
    letters = local.rstrip(b"0123456789._%+-'&")
    if letters and letters[-1:] not in (UNCASED, MARK):
        local = local[local.rfind(UNCASED) + 1 :]
    return end - len(local.lstrip(b".%+-'&" + MARK))


def _is_ascii_word(local: bytes) -> bool:
    """Whether a name has two or more ASCII letters; otherwise `text (at) home.Then` would be an address."""
    return len(local) > 1 and local.isascii()


def _domain_end(data: bytes, start: int, end: int) -> int:
    """Where a domain ends, 0 where it is that of nobody or no domain."""
    domain = data[start:end]
    head, _, top = domain.rpartition(b".")
    if b"." in head and top.istitle() and head[-1:].islower():  # the next sentence: info@site.org.Then
        domain = head
    folded = re.sub(rb"\s?[\[({]\s?[a-z]+\s?[\])}]\s?", b".", domain.lower())
    if folded.rpartition(b".")[2] in _FILES or _RESERVED.search(folded):
        return 0
    return start + len(domain)


# IP addresses

_V4 = re.compile(rb"(?<![0-9])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9])")
_V6 = re.compile(rb"[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:(?<=:)[0-9]{1,3}(?:\.[0-9]{1,3}){3})?", re.IGNORECASE)
_MIN_GROUPS = 3
_HEX_END = re.compile(rb"[0-9a-f]{0,4}$", re.IGNORECASE)
_DOCUMENTATION = tuple(
    map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"))
)
"""Addresses for examples, RFC 5737, RFC 3849 and RFC 9637: of nobody."""
_UNICAST = ip_network("2000::/3")
_SMALL = 32
"""Four numbers that are all below it are taken for a version or a section; of all addresses 1 in 4,096 is such."""
_WORDS_BEFORE = 24
_VERSION = re.compile(
    r"(?:\b(?:v|build|release|firmware|sürüm)|\bver|\b(?:vers|verz|verj|wers|верс|верз)\w*|版本?|バージョン|버전|เวอร์ชัน|إصدار|نسخة|संस्करण|वर्जन"
    r"|έκδοση|ვერსია|גרסה)\W*$",
    re.IGNORECASE,
)
"""Words for version before a number, by stems that many languages share."""


def _ips(shape: Shape, data: bytes, digits: npt.NDArray[np.int64], *, private: bool) -> _Spans:
    """IP addresses, those of version 4 first."""
    codes = np.frombuffer(data, dtype=np.uint8)
    for dot in _quads(codes, digits):
        match = _V4.search(data, max(0, dot - 3), dot + 13)
        if match is None or not _stands_alone(data, *match.span()) or _is_version(shape, match):
            continue
        if is_personal_ip(match[0].decode(), private=private):
            yield match.span()
    for colon in _colons(codes):
        start = colon - len(_HEX_END.search(data[max(0, colon - 4) : colon])[0])  # type: ignore[index]
        if data[start : start + 1] == b":" != data[start + 1 : start + 2]:
            start += 1  # IP:2a00::
        match = _V6.match(data, start)
        if match:
            address = match[0] if match[0].endswith(b"::") else match[0].rstrip(b":")
            span = start, start + len(address)
            if len(re.findall(rb"[0-9a-f]+", address, re.IGNORECASE)) < _MIN_GROUPS:
                continue  # a year before two colons
            if _stands_alone(data, *span) and is_personal_ip(address.decode(), private=private):
                yield span


def is_personal_ip(address: str, *, private: bool = False) -> bool:
    """Whether text is an IP address that somebody may hold; of ranges that are not public with `private` only."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if any(ip in network for network in _DOCUMENTATION):
        return False
    public = ip.is_global and (ip.version == 4 or ip in _UNICAST) and not ip.is_multicast
    return public or private


def _quads(data: npt.NDArray[np.uint8], digits: npt.NDArray[np.int64]) -> list[int]:
    """Places of the first of exactly three dots between digits, at most three digits between two of them."""
    after = digits[((digits[1:] - digits[:-1]) == 2).nonzero()[0]] + 1
    return _runs(after[data[after] == 0x2E], distance=4, least=3, most=3)


def _colons(codes: npt.NDArray[np.uint8]) -> list[int]:
    """Places of the first of two to seven colons with at most four signs between them."""
    return _runs((codes == 0x3A).nonzero()[0], distance=5, least=2, most=8)


def _runs(places: npt.NDArray[np.int64], *, distance: int, least: int, most: int) -> list[int]:
    """The first place of each run of places that are no farther from each other than `distance`."""
    if places.size < least:
        return []
    breaks = np.flatnonzero((places[1:] - places[:-1]) > distance) + 1
    first = np.concatenate(([0], breaks))
    sizes = np.diff(np.concatenate((first, [places.size])))
    found: list[int] = places[first[(sizes >= least) & (sizes <= most)]].tolist()
    return found


def _stands_alone(data: bytes, start: int, end: int) -> bool:
    """Whether a span is no part of a longer word or number."""
    before, after = data[max(0, start - 2) : start], data[end : end + 2]
    if before[-1:] in _WORD_SIGNS or after[:1] in _WORD_SIGNS:
        return False
    if before[-1:] in (b".", b":") and (before[:1].isdigit() or (before[-1:] == b"." and before[:1].isalpha())):
        return False
    return after[:1] not in (b".", b":") or after[1:] not in _WORD_SIGNS


def _is_version(shape: Shape, match: re.Match[bytes]) -> bool:
    if max(map(int, match[0].split(b"."))) < _SMALL:
        return True
    start, _ = shape.span(*match.span())
    return _VERSION.search(shape.text[max(0, start - _WORDS_BEFORE) : start]) is not None


# Bank accounts

_IBAN_LENGTHS = {
    code: length
    for length, codes in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "AO CV GW LY MZ PT ST",
        26: "DZ IR IS TR",
        27: "BI CF CG CM DJ FR GA GQ GR IT KM MC MG MR SM TD",
        28: "AL AZ BF BJ BY CI CY DO GT HN HU LB MA ML NE NI PL SN SV TG",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for code in codes.split()
}
"""Country -> length of its numbers: the registry of ISO 13616, and countries of Africa and Iran that use such numbers
without being in it."""
_BANK = re.compile(rb"[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,29}")
_WORD_SIGNS = tuple(bytes([code]) for code in b"0123456789_" + ascii_letters.encode() + CASED)
"""What a number may not touch. Letters without case are none of it: their scripts put no space, or an article."""


def _banks(data: bytes, digits: npt.NDArray[np.int64]) -> _Spans:
    """International bank account numbers, whole or in groups."""
    last = 0
    for start in _bank_starts(np.frombuffer(data, dtype=np.uint8), digits):
        match = _BANK.match(data, start) if start >= last and data[start - 1 : start] not in _WORD_SIGNS else None
        end = match and _bank_end(match[0])
        if end and data[start + end : start + end + 1] not in _WORD_SIGNS:
            last = start + end
            yield start, last


def _bank_starts(codes: npt.NDArray[np.uint8], digits: npt.NDArray[np.int64]) -> list[int]:
    """Places of two capital letters with two digits after them."""
    pairs = digits[((digits[1:] - digits[:-1]) == 1).nonzero()[0]]
    pairs = pairs[pairs >= 2]
    if not pairs.size:
        return []
    capitals = (codes[pairs - 1] - np.uint8(65) < 26) & (codes[pairs - 2] - np.uint8(65) < 26)
    starts: list[int] = (pairs[capitals] - 2).tolist()
    return starts


def _bank_end(candidate: bytes) -> int:
    """Length of the number at the beginning, with the signs between its groups; 0 if there is no number."""
    length = _IBAN_LENGTHS.get(candidate[:2].decode(), 0)
    places = [place for place, code in enumerate(candidate) if code not in b" -"][:length]
    if not length or len(places) < length:
        return 0
    return places[-1] + 1 if is_bank(bytes(candidate[place] for place in places).decode()) else 0


def is_bank(number: str) -> bool:
    """Whether ASCII letters and digits are an IBAN: length of its country, right check digits (ISO 7064 mod 97-10)."""
    if _IBAN_LENGTHS.get(number[:2]) != len(number) or not 2 <= int(number[2:4]) <= 98:
        return False
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1
