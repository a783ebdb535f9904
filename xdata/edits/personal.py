"""Removes personal data from texts: mail and IP addresses, phone, bank and card numbers, in every script.

Stand-ins have the shape of what they stand for, so that a model learns where such things are written, and belong to
nobody: example.com (RFC 2606), the ranges for documentation (RFC 5737, RFC 3849), a country code and an issuer that
begin with 0, a country XX. They are digits and names of no language.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from pydantic import Field, field_validator

from xdata.context import Context
from xdata.records import Document
from xdata.step import Edit
from xdata.text.personal import KINDS, Found, Kind, find_personal

STAND_INS: Mapping[str, str] = {
    "mail": "email@example.com",
    "ip": "192.0.2.1",
    "ip6": "2001:db8::1",
    "bank": "XX00 0000 0000 0000 0000",
    "card": "0000 0000 0000 0000",
    "phone": "+000 000 000 000",
}
"""Kind -> stand-in; `ip6` for IP addresses of version 6."""

_COLONS = frozenset(":：﹕")
_MAX_PASSES = 8
"""What is left around a span can make a new one, seldom; each pass is over a text that has less in it."""


class RemovePersonal(Edit):
    """Replaces personal data by fictitious stand-ins, or removes it; a second pass changes nothing.

    Finds mail addresses, public IP addresses, phone numbers, IBAN and card numbers, with digits of every script.
    Scores come after edits: `scores.personal_data` counts what this step left, so use one of them, or few `kinds` here.
    Counts what is taken out by its kind.
    """

    kind: Literal["edits.personal"] = "edits.personal"
    data_files = ("personal/telephone.tsv",)
    papers = (
        "RFC 2606, RFC 5737, RFC 3849 (names and addresses for documentation)",
        "ISO 13616 (IBAN), ISO/IEC 7812 (cards), ITU-T E.164 (phones)",
    )

    action: Literal["replace", "remove"] = "replace"
    """Replace personal data by stand-ins, or remove it."""
    kinds: tuple[Kind, ...] = Field(default=KINDS, min_length=1)
    """Kinds of personal data."""
    private_ips: bool = False
    """Whether IP addresses that are not public (private, loopback, reserved) are replaced or removed too."""
    stand_ins: Mapping[str, str] = Field(default_factory=dict)
    """Kind, or `ip6`, -> text in its place, where another than the usual one is wanted."""

    @field_validator("stand_ins")
    @classmethod
    def _nobodys(cls, stand_ins: Mapping[str, str]) -> Mapping[str, str]:
        for name, text in stand_ins.items():
            if name not in STAND_INS:
                raise ValueError(f"{name!r} is not a kind of personal data: expected one of {', '.join(STAND_INS)}")
            if find_personal(text, private_ips=True):
                raise ValueError(f"{text!r} for {name} would be taken for personal data itself: give another text")
        return stand_ins

    def open(self, context: Context) -> Callable[[Document], Document]:
        stand_ins = {**STAND_INS, **self.stand_ins} if self.action == "replace" else dict.fromkeys(STAND_INS, "")
        kinds = frozenset(self.kinds)

        def edit(document: Document) -> Document:
            text, counts = take_out_personal(
                document.text, stand_ins=stand_ins, kinds=kinds, private_ips=self.private_ips
            )
            if text == document.text:
                return document
            return replace(document, text=text, changes=(*document.changes, *sorted(counts.items())))

        return edit


def without_personal(
    text: str,
    *,
    stand_ins: Mapping[str, str] = STAND_INS,
    kinds: frozenset[Kind] = frozenset(KINDS),
    private_ips: bool = False,
) -> str:
    """`text` with a stand-in, which may be empty, in place of each span of personal data of these kinds."""
    return take_out_personal(text, stand_ins=stand_ins, kinds=kinds, private_ips=private_ips)[0]


def take_out_personal(
    text: str, *, stand_ins: Mapping[str, str], kinds: frozenset[Kind], private_ips: bool
) -> tuple[str, Counter[Kind]]:
    """As `without_personal`, and the number of spans of each kind that were taken out."""
    counts: Counter[Kind] = Counter()
    for _ in range(_MAX_PASSES):
        found = [one for one in find_personal(text, private_ips=private_ips) if one.kind in kinds]
        if not found:
            break
        text = _replaced(text, found, stand_ins)
        counts.update(one.kind for one in found)
    return text, counts


def _replaced(text: str, found: list[Found], stand_ins: Mapping[str, str]) -> str:
    parts, last = [], 0
    for one in found:
        surface = text[one.start : one.end]
        parts += [
            text[last : one.start],
            stand_ins["ip6" if one.kind == "ip" and not _COLONS.isdisjoint(surface) else one.kind],
        ]
        last = one.end
    return "".join([*parts, text[last:]])
