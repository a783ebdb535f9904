"""Hides what may be personal in text that is shown to people: addresses and long numbers, in every script."""

import regex

_WORD = r"[\p{L}\p{M}\p{N}_\u200b-\u200d\u2060]"
_AT = r"(?:[@\uff20\ufe6b]|%40|\s?\[at\]\s?|\s?\(at\)\s?)"
_DOT = r"[.\uff0e\u3002\u2024]"
_MAIL = regex.compile(rf"(?:{_WORD}|[.%+\-'])+{_AT}(?:{_WORD}|-)+(?:{_DOT}(?:{_WORD}|-)+)*", regex.IGNORECASE)
_DIGIT = r"[\p{Nd}\p{No}]"
_NUMBER = regex.compile(rf"\+?{_DIGIT}(?:[\s.,_·•/()\p{{Pd}}\u200b-\u200f\u2060]{{0,4}}{_DIGIT}){{6,}}")
_HANDLE = regex.compile(rf"(?<!{_WORD})[@\uff20](?:{_WORD}|\.){{3,}}")


def mask_personal(text: str) -> str:
    """`text` with mail addresses, handles, and numbers of seven digits and more (phones, cards, accounts) hidden.

    It hides too much rather than too little: what looks like an address goes even where it ends in no known domain.
    """
    text = _MAIL.sub("[mail]", text)
    text = _NUMBER.sub("[number]", text)
    return _HANDLE.sub("[handle]", text)
