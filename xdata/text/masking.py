"""Masks personal data in text that is shown to people: mail addresses, handles, phone, bank and card numbers, IPs.

Mail addresses and handles are masked more freely than `xdata.text.personal` finds them, in every script: what looks
like one is masked even where its domain does not exist. Numbers are masked only where they are found to be personal,
so that years, dates and amounts stay readable.
"""

import regex

from xdata.text.personal import find_personal

_WORD = r"[\p{L}\p{M}\p{N}_\u200b-\u200d\u2060]"
_AT = r"(?:[@\uff20\ufe6b]|%40|\s?\[at\]\s?|\s?\(at\)\s?)"
_DOT = r"[.\uff0e\u3002\u2024]"
_MAIL = regex.compile(rf"(?:{_WORD}|[.%+\-'])+{_AT}(?:{_WORD}|-)+(?:{_DOT}(?:{_WORD}|-)+)*", regex.IGNORECASE)
_HANDLE = regex.compile(rf"(?<!{_WORD})[@\uff20](?:{_WORD}|\.){{3,}}")


def mask_personal(text: str) -> tuple[str, int]:
    """(the text with each span of personal data replaced by its kind, as `[mail]`; number of spans)."""
    parts, end = [], 0
    found = [each for each in find_personal(text) if each.kind != "mail"]
    for each in found:
        parts += [text[end : each.start], f"[{each.kind}]"]
        end = each.end
    masked = "".join([*parts, text[end:]])
    masked, num_mails = _MAIL.subn("[mail]", masked)
    masked, num_handles = _HANDLE.subn("[handle]", masked)
    return masked, len(found) + num_mails + num_handles
