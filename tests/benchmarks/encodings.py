"""How often the character encoding of a web page is found, beside chardet's and resiliparse's detectors.

    python -m tests.benchmarks.encodings --web SHARED/web --udhr SHARED/langid/udhr/udhr.jsonl.gz

Pages that are valid UTF-8 are written in the legacy encodings that fit their language, twelve and more, without their
declarations; a character that an encoding lacks becomes a character reference. `declared` is what the page or its
server states: nothing, the right label, or wrong ones. A page is right where its text is decoded to the letter.
`mojibake` counts pages of which more than one of a hundred characters beyond ASCII is wrong. The peers are given the
bytes and, where they can use it, the page's declaration (resiliparse reads `<meta>`; chardet does too).
"""

import argparse
import gzip
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex
from fastwarc.warc import ArchiveIterator, WarcRecordType

_WESTERN = "dan deu eng eus fin fra gla gle glg isl ita nld nno nob por spa swe cat swh ind zsm"
FITTING: dict[str, tuple[str, ...]] = {
    "arb": ("cp1256", "iso8859_6"),
    "bul": ("cp1251", "iso8859_5"),
    "ces": ("cp1250", "iso8859_2"),
    "ell": ("cp1253", "iso8859_7"),
    "epo": ("iso8859_3",),
    "est": ("cp1257",),
    "heb": ("cp1255", "iso8859_8"),
    "hrv": ("cp1250", "iso8859_2"),
    "hun": ("cp1250", "iso8859_2"),
    "jpn": ("cp932", "euc_jp", "iso2022_jp"),
    "kor": ("cp949",),
    "lav": ("cp1257", "iso8859_13"),
    "lvs": ("cp1257", "iso8859_13"),
    "lit": ("cp1257", "iso8859_13"),
    "mkd": ("cp1251",),
    "mlt": ("iso8859_3",),
    "pol": ("cp1250", "iso8859_2"),
    "ron": ("cp1250", "iso8859_2"),
    "rus": ("cp1251", "koi8_r", "iso8859_5"),
    "slk": ("cp1250", "iso8859_2"),
    "slv": ("cp1250", "iso8859_2"),
    "srp": ("cp1251",),
    "tha": ("cp874",),
    "tur": ("cp1254", "iso8859_9"),
    "ukr": ("cp1251", "koi8_u"),
    "bel": ("cp1251",),
    "urd": ("cp1256",),
    "vie": ("cp1258",),
    "zho": ("gb18030", "big5hkscs"),
    "zho_Hans": ("gb18030",),
    "zho_Hant": ("big5hkscs",),
} | dict.fromkeys(_WESTERN.split(), ("cp1252", "iso8859_15"))
"""ISO 639-3 code -> the encodings that its pages were written in."""

_UDHR = {"chn": "zho_Hans", "cmn_hans": "zho_Hans", "cmn_hant": "zho_Hant"}
"""Key of a file of the Declaration -> its language, where its ISO 639-3 code does not tell the script."""

LABELS = {
    "cp932": "Shift_JIS",
    "cp949": "euc-kr",
    "big5hkscs": "big5",
    "cp874": "windows-874",
    "koi8_r": "koi8-r",
    "koi8_u": "koi8-u",
    "euc_jp": "euc-jp",
    "iso2022_jp": "iso-2022-jp",
    "gb18030": "gb2312",
}
"""Python codec -> the label that pages state; others follow from their names."""

WRONG = ("iso-8859-1", "utf-8", "windows-1251", "windows-1250", "gb2312", "shift_jis")

_DECLARED = regex.compile(
    r"<meta\b[^>]*\bcharset\b[^>]*>|(?<=<\?xml[^>]*)\sencoding\s*=\s*[\"'][^\"']*[\"']", regex.IGNORECASE
)
_DAMAGED = regex.compile(r"[\ufffd\x80-\x9f]")
"""What no page has that was decoded right: such pages are left out."""
_BEYOND_ASCII = regex.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Page:
    """A page as its author wrote it, without a declaration of its encoding."""

    name: str
    html: str
    language: str


@dataclass(frozen=True)
class Case:
    """A page in an encoding, with what it and its server state of it."""

    page: Page
    codec: str
    declared: str
    """Name of the variant."""
    data: bytes
    header: str | None
    text: str
    """What it must be decoded to."""


Detector = Callable[[bytes, str | None], str]
"""Bytes and the charset of the HTTP header -> text."""


def label_of(codec: str) -> str:
    """The label that a page in an encoding states."""
    return LABELS.get(codec) or codec.replace("cp", "windows-").replace("iso8859_", "iso-8859-")


def web_pages(web: Path) -> Iterator[Page]:
    """The pages of all sets of real web pages that are valid UTF-8 beyond ASCII, with their languages identified."""
    from resiliparse.extract.html2text import extract_plain_text

    import xdata

    found: list[tuple[str, str]] = []
    for file in sorted(web.glob("*/pages.warc.gz")):
        with file.open("rb") as stream:
            for number, record in enumerate(ArchiveIterator(stream)):
                if record.record_type != WarcRecordType.response:
                    continue
                try:
                    html = record.reader.read().decode("utf-8").removeprefix("\ufeff")
                except UnicodeDecodeError:
                    continue
                html = _DECLARED.sub("", html).replace("\r\n", "\n")
                if not html.isascii() and not _DAMAGED.search(html):
                    found.append((f"{file.parent.name}/{number}", html))
    texts = [extract_plain_text(html, main_content=True)[:5000] or "?" for _, html in found]
    for (name, html), answer in zip(found, xdata.identify(texts), strict=True):
        yield Page(name, html, answer.language or "und")


def udhr_pages(file: Path) -> Iterator[Page]:
    """The Universal Declaration of Human Rights in all languages, each as a simple page."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            body = "".join(f"<p>{paragraph['text']}</p>\n" for paragraph in row["paragraphs"])
            html = f"<html><head><title>x</title></head>\n<body>{body}</body></html>"
            yield Page(f"udhr/{row['key']}", html, _UDHR.get(row["key"], row["iso639_3"]))


def cases(pages: Sequence[Page], *, seed: int = 7) -> Iterator[Case]:
    """Every page in each encoding that fits it, with each variant of what is declared."""
    for page in pages:
        iso, _, _ = page.language.partition("_")
        for codec in FITTING.get(page.language) or FITTING.get(iso) or ():
            fits = [char for char in _BEYOND_ASCII.findall(page.html) if char.isalpha()]
            lost = sum(1 for char in fits if not _encodes(char, codec))
            if lost > 0.02 * len(fits):
                continue
            yield from _variants(page, codec, random.Random(f"{seed} {page.name} {codec}"))


def _encodes(char: str, codec: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _variants(page: Page, codec: str, rng: random.Random) -> Iterator[Case]:
    plain = page.html.encode(codec, "xmlcharrefreplace")
    text = plain.decode(codec)
    if text.isascii():
        return
    right = label_of(codec)
    same = {right, "iso-8859-1" if right == "windows-1252" else right}
    wrong = rng.choice([label for label in WRONG if label not in same])
    meta = _with_meta(page.html, wrong).encode(codec, "xmlcharrefreplace")
    good = _with_meta(page.html, right).encode(codec, "xmlcharrefreplace")
    late = _with_meta(page.html, right, late=True).encode(codec, "xmlcharrefreplace")
    yield Case(page, codec, "nothing", plain, None, text)
    yield Case(page, codec, "right header", plain, right, text)
    yield Case(page, codec, "right meta", good, None, good.decode(codec))
    yield Case(page, codec, "late meta", late, None, late.decode(codec))
    yield Case(page, codec, "right meta, header iso-8859-1", good, "ISO-8859-1", good.decode(codec))
    yield Case(page, codec, "right meta, header utf-8", good, "utf-8", good.decode(codec))
    yield Case(page, codec, "header iso-8859-1", plain, "ISO-8859-1", text)
    yield Case(page, codec, "wrong header", plain, wrong, text)
    yield Case(page, codec, "wrong meta", meta, None, meta.decode(codec))
    yield Case(page, codec, "right header, wrong meta", meta, right, meta.decode(codec))


def _with_meta(html: str, label: str, *, late: bool = False) -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={label}">'
    if late:
        meta = f"<script>{'var a = 1; ' * 110}</script>{meta}"
    return regex.sub(r"<head[^>]*>|^", lambda match: match[0] + meta, html, count=1, flags=regex.IGNORECASE)


def ours(data: bytes, header: str | None) -> str:
    """xdata."""
    from xdata.edits.extract import language_judge
    from xdata.models.language import XLID
    from xdata.text.encoding import decode_html

    return decode_html(data, charset=header, judge=language_judge(XLID)).text


def by_chardet(data: bytes, header: str | None) -> str:
    """chardet with all the encodings that it knows."""
    import chardet

    return _decoded(data, chardet.detect(data)["encoding"])


def by_chardet_web(data: bytes, header: str | None) -> str:
    """chardet without DOS, Macintosh and mainframe encodings."""
    import chardet
    from chardet.enums import EncodingEra

    era = EncodingEra.ALL & ~(EncodingEra.DOS | EncodingEra.LEGACY_MAC | EncodingEra.MAINFRAME)
    return _decoded(data, chardet.detect(data, encoding_era=era, prefer_superset=True)["encoding"])


def by_resiliparse(data: bytes, header: str | None) -> str:
    """resiliparse's detector (uchardet), which reads the page's declaration first."""
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    return str(bytes_to_str(data, detect_encoding(data, from_html_meta=True) or "utf-8", errors="replace"))


def _decoded(data: bytes, encoding: str | None) -> str:
    from xdata.text.encoding_labels import codec_of

    return data.decode(codec_of(encoding or "windows-1252") or encoding or "cp1252", "replace")


DETECTORS: dict[str, Detector] = {
    "xdata": ours,
    "resiliparse": by_resiliparse,
    "chardet web": by_chardet_web,
    "chardet": by_chardet,
}


def share_wrong(found: str, text: str) -> float:
    """Share of the characters beyond ASCII of a page that are decoded to others, by their counts."""
    wanted, got = Counter(_BEYOND_ASCII.findall(text)), Counter(_BEYOND_ASCII.findall(found))
    return 1 - (wanted & got).total() / max(1, wanted.total(), got.total())


def measure(
    pages: Sequence[Page], names: Sequence[str], *, declared: Sequence[str] = (), verbose: bool = False
) -> None:
    """Prints a table: variant, pages, and for each detector the share that is right and the number of mojibake."""
    right: dict[str, Counter[str]] = defaultdict(Counter)
    mojibake: dict[str, Counter[str]] = defaultdict(Counter)
    seconds: dict[str, float] = defaultdict(float)
    totals: Counter[str] = Counter()
    codecs: Counter[str] = Counter()
    for case in cases(pages):
        if declared and case.declared not in declared:
            continue
        totals[case.declared] += 1
        codecs[case.codec] += case.declared == "nothing"
        for name in names:
            begun = time.perf_counter()
            found = DETECTORS[name](case.data, case.header)
            seconds[name] += time.perf_counter() - begun
            right[name][case.declared] += found == case.text
            wrong = 0.0 if found == case.text else share_wrong(found, case.text)
            mojibake[name][case.declared] += wrong > 0.01
            if verbose and name == "xdata" and found != case.text:
                print(f"  {case.declared}: {case.page.name} {case.page.language} {case.codec} {wrong:.3f}")
    print(f"{sum(codecs.values())} pages in {len(codecs)} encodings: {dict(codecs.most_common())}")
    print(f"| declared | pages | {' | '.join(names)} |")
    for variant, total in totals.items():
        row = [f"{right[name][variant] / total:.4f} ({mojibake[name][variant]})" for name in names]
        print(f"| {variant} | {total} | {' | '.join(row)} |")
    print("| ms a page | | " + " | ".join(f"{1000 * seconds[name] / totals.total():.2f}" for name in names) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--web", type=Path, help="folder of sets with pages.warc.gz")
    parser.add_argument("--udhr", type=Path, help="udhr.jsonl.gz")
    parser.add_argument("--detectors", nargs="+", default=list(DETECTORS), choices=list(DETECTORS))
    parser.add_argument("--declared", nargs="+", default=[], help="variants to measure; all unless given")
    parser.add_argument("--verbose", action="store_true", help="name each page that xdata decodes wrong")
    options = parser.parse_args()
    if options.web:
        measure(list(web_pages(options.web)), options.detectors, declared=options.declared, verbose=options.verbose)
    if options.udhr:
        measure(list(udhr_pages(options.udhr)), options.detectors, declared=options.declared, verbose=options.verbose)


if __name__ == "__main__":
    main()
