"""Hides what may be personal in text that is shown to people: addresses and long numbers, in every script."""

import regex

_MAIL = regex.compile(r"[\p{L}\p{N}._%+\-]+@[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)+")
_NUMBER = regex.compile(r"\+?\p{Nd}(?:[\s.\-/()]{0,2}\p{Nd}){6,}")
_HANDLE = regex.compile(r"(?<![\p{L}\p{N}.])@[\p{L}\p{N}_.]{3,}")


def mask_personal(text: str) -> str:
    """`text` with mail addresses, handles, and numbers of seven digits and more (phones, cards, accounts) hidden."""
    text = _MAIL.sub("[mail]", text)
    text = _NUMBER.sub("[number]", text)
    return _HANDLE.sub("[handle]", text)
