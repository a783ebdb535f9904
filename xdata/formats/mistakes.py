"""Mistakes that files of several formats have in common."""

import regex

from xdata.formats.format import Mistake

UTF_32 = Mistake(
    regex.compile(rb"\xff\xfe\0\0|\0\0\xfe\xff|[\t\n\r -~]\0\0\0|\0\0\0[\t\n\r -~]"),
    "UTF-32",
    "convert it, as by `iconv -f UTF-32 -t UTF-8`",
)
UTF_16 = Mistake(
    regex.compile(rb"\xff\xfe|\xfe\xff|[\t\n\r -~]\0[\t\n\r -~]\0|\0[\t\n\r -~]\0[\t\n\r -~]"),
    "UTF-16",
    "convert it, as by `iconv -f UTF-16 -t UTF-8`",
)
WEB_PAGE = Mistake(
    regex.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", regex.IGNORECASE), "a web page", "fetch the file again"
)
