"""The analysis of a text and the scores made of it once more: one document at a time, in plain Python, over strings.

What the arrays of `xdata.text` and `xdata.scores` are compared with. Slow, and written from the definitions.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import regex
from icu4py.breakers import WordBreaker

from xdata.resources import resource
from xdata.yaml_files import read_yaml

_LINE_ENDS = set("\n\v\f\x85\u2028\u2029")
_APOSTROPHES = set("'’ʼʻʹ՚ꞌ＇")
_INNER = set("·׳״‧")
_NUMBER_MARKS = set(".,:٫٬،")
_JOINERS = set("\u200c\u200d\u00ad\u2060\u180e")
_SPACES_OF_SCRIPTS = set("་༌፡\u1680᛫\U0001039f")
_UNSPACED = regex.compile(
    r"[[\p{L}\p{Mc}\p{Mn}]&&[\p{Hani}\p{Hira}\p{Kana}\p{Khmr}\p{Laoo}\p{Mymr}\p{Thai}]]|[ーｰ]", regex.V1
)
_INHERITED = regex.compile(r"[\p{M}&&\p{Script=Inherited}]", regex.V1)
_TERMINAL = regex.compile("[\\p{Sentence_Terminal}…།༎༑๚๛\u037e⸮⸼؞؝෴]", regex.V1)
_CLOSER = regex.compile(r"""[\p{Pe}\p{Pf}"'’”»›)\]}」』）》】‘“„*]""", regex.V1)
_FULL_STOP = set("。！？．｡።፧፨၊။។៕།༎।॥")
_BULLETS = set("-*–—•‣▪●◦⁃·∙►・･■□▶➢✓")
_ABBREVIATIONS = set(read_yaml(resource("lines", "abbreviations.yaml"))["words"])
_QUOTES = set("\"'’”»›“」』》")


@dataclass(frozen=True)
class Span:
    """A part of a text."""

    start: int
    end: int
    text: str

    def __len__(self) -> int:
        return len(self.text)


@cache
def kind(character: str) -> str:
    """What a character is before its neighbours are looked at."""
    if character in _LINE_ENDS:
        return "break"
    if character in _SPACES_OF_SCRIPTS:
        return "space"
    if character in _JOINERS or _INHERITED.match(character):
        return "extend"
    if character in _APOSTROPHES | _INNER:
        return "apostrophe"
    if character in _NUMBER_MARKS:
        return "number mark"
    if _UNSPACED.match(character):
        return "unspaced"
    if regex.match(r"[\p{L}\p{M}\p{N}]", character):
        return "word"
    return "sign" if regex.match(r"[\p{P}\p{S}]", character) else "space"


def kinds(text: str) -> list[str]:
    """`word`, `unspaced`, `sign`, `space` or `break` for each character."""
    found: list[str] = []
    for character in text:
        before = found[-1] if found else "space"
        own = kind(character)
        found.append((before if before in ("word", "unspaced") else "sign") if own == "extend" else own)
    resolved = list(found)
    for place, own in enumerate(found):
        if own in ("apostrophe", "number mark"):
            before = found[place - 1] if place else "space"
            behind = found[place + 1] if place + 1 < len(text) else "space"
            digits = 0 < place < len(text) - 1 and is_digit(text[place - 1]) and is_digit(text[place + 1])
            inside = own == "apostrophe" and before == behind == "word"
            letter = own == "apostrophe" and is_letter(text[place]) and "word" in (before, behind)
            resolved[place] = "word" if inside or digits or letter else "sign"
    return resolved


@cache
def is_letter(character: str) -> bool:
    return regex.match(r"\p{L}", character) is not None


@cache
def is_digit(character: str) -> bool:
    return regex.match(r"\p{Nd}", character) is not None


def tokens(text: str) -> list[Span]:
    """Words and signs."""
    own, dictionary = kinds(text), _dictionary_edges(text)
    edges = [place for place in range(len(text)) if _begins(text, own, dictionary, place)]
    spans = list(pairwise([*edges, len(text)]))
    return [Span(start, end, text[start:end]) for start, end in spans if own[start] not in ("space", "break")]


def _begins(text: str, own: Sequence[str], dictionary: set[int], place: int) -> bool:
    if place == 0 or own[place] != own[place - 1]:
        return True
    if own[place] == "sign":
        return text[place] != text[place - 1] and kind(text[place]) != "extend"
    return own[place] == "unspaced" and place in dictionary


def _dictionary_edges(text: str) -> set[int]:
    edges, place = set(), 0
    for part in WordBreaker(regex.sub(r"[\ud800-\udfff]", "?", text), "root"):
        place += len(part)
        edges.add(place)
    return edges


def words(text: str) -> list[Span]:
    own = kinds(text)
    return [token for token in tokens(text) if own[token.start] != "sign"]


def fold(word: str) -> str:
    """A word as it is compared."""
    return "".join(map(_fold, word))


@cache
def _fold(character: str) -> str:
    if character in _APOSTROPHES:
        return "'"
    if "！" <= character <= "～":
        character = unicodedata.normalize("NFKC", character)
    if is_digit(character):
        return str(unicodedata.decimal(character, character))
    if unicodedata.category(character) in ("Lu", "Lt", "Ll"):
        for folded in (character.casefold(), character.lower()):
            if len(folded) == 1:
                return "'" if folded in _APOSTROPHES else folded
    return character


def lines(text: str) -> list[Span]:
    """Lines with something in them."""
    return [line for line in _all_lines(text) if line is not None]


def _all_lines(text: str) -> list[Span | None]:
    own, found, start = kinds(text), list[Span | None](), 0
    for end in [place for place, what in enumerate(own) if what == "break"] + [len(text)]:
        inked = [place for place in range(start, end) if own[place] != "space"]
        found.append(Span(inked[0], inked[-1] + 1, text[inked[0] : inked[-1] + 1]) if inked else None)
        start = end + 1
    return found


def paragraphs(text: str) -> list[Span]:
    """Lines between which none is empty, together."""
    found: list[Span] = []
    open_ = False
    for line in _all_lines(text):
        if line is not None:
            start = found.pop().start if open_ else line.start
            found.append(Span(start, line.end, text[start : line.end]))
        open_ = line is not None
    return found


def sentences(text: str) -> list[Span]:
    own = kinds(text)
    ends = {line.end for line in lines(text)} | _sentence_ends(text, own) | _phrase_ends(text, own)
    found, start = [], 0
    for end in sorted(ends):
        while own[start] in ("space", "break"):
            start += 1
        found.append(Span(start, end, text[start:end]))
        start = end
    return found


def _sentence_ends(text: str, own: Sequence[str]) -> set[int]:
    ends = set()
    for place, mark in enumerate(text):
        if _TERMINAL.match(mark):
            end = place + 1
            while end < len(text) and _TERMINAL.match(text[end]):
                end += 1
            limit = end + 3
            while end < min(limit, len(text)) and (_CLOSER.match(text[end]) or _TERMINAL.match(text[end])):
                end += 1
            apart = end == len(text) or own[end] in ("space", "break")
            small = end + 1 < len(text) and regex.match(r"(?!\p{Georgian})\p{Ll}", text[end + 1]) is not None
            if mark in _FULL_STOP or (apart and not small and not (mark == "." and _is_abbreviated(text, place))):
                ends.add(end)
    return ends


def _is_abbreviated(text: str, place: int) -> bool:
    """Whether the dot at a place stands behind an abbreviation of the list, or a capital letter alone."""
    word = _by_end(text).get(place)
    if word is None:
        return False
    capital = len(word) == 1 and is_letter(word) and fold(word) != word
    return capital or fold(word) in _ABBREVIATIONS


@lru_cache(maxsize=1)
def _by_end(text: str) -> dict[int, str]:
    """Place -> the word or sign that ends there."""
    return {token.end: token.text for token in tokens(text)}


def _phrase_ends(text: str, own: Sequence[str]) -> set[int]:
    ends, start = set(), 0
    starts = {line.start for line in lines(text)}
    for place in range(len(text)):
        if place in starts:
            start = place
        thai_or_lao = place > 0 and own[place - 1] == "unspaced" and 0x0E00 <= ord(text[place - 1]) < 0x0F00
        if own[place] == "space" and text[place] != "\u200b" and thai_or_lao:
            if place - start >= 30:
                ends.add(place)
            start = place + 1
    return ends


def _is_inner_sign(text: str, token: Span) -> bool:
    """Whether a token is a sign inside of a word; a hyphen and its like between letters part two words."""
    if token.start == 0 or token.end == len(text):
        return False
    own = kinds(text)
    if (own[token.start - 1], own[token.start], own[token.end]) != ("word", "sign", "word"):
        return False
    letters = is_letter(text[token.start - 1]) and is_letter(text[token.end])
    return not (letters and token.text[0] in "-‐‑/:<=>")


def ends_sentence(line: str) -> bool:
    """Whether a line ends in a mark that ends sentences, or in up to three closing marks behind one."""
    for _ in range(3):
        if _CLOSER.match(line[-1]) and not _TERMINAL.match(line[-1]) and len(line) > 1:
            line = line[:-1]
    return _TERMINAL.match(line[-1]) is not None


def ends_in_ellipsis(line: str) -> bool:
    return line.endswith(("...", "…"))


def no_sentence_end(line: str) -> bool:
    """The rule of C4."""
    uncited = regex.sub(r"(?<=.)(\s*\[\d{0,3}\])+$", "", line, flags=regex.DOTALL)
    return not (ends_sentence(uncited) or uncited[-1] in _QUOTES) or ends_in_ellipsis(uncited)


def repetition(text: str) -> dict[str, float]:
    """`scores.gopher_repetition`, after Gopher's table A1 as datatrove computes it; folded tokens are compared."""
    if not tokens(text):
        return {}
    found: dict[str, float] = {}
    for what, spans in (("line", lines(text)), ("paragraph", paragraphs(text))):
        again = _repeated(spans)
        found[f"dup_{what}_share"] = len(again) / len(spans)
        found[f"dup_{what}_char_share"] = sum(map(len, again)) / len(text)
    own = [(fold(token.text), len(token)) for token in tokens(text)]
    for size in (2, 3, 4):
        found[f"top_{size}_gram_share"] = _top_chars(own, size) / len(text)
    for size in (5, 6, 7, 8, 9, 10):
        found[f"dup_{size}_gram_share"] = _duplicate_chars(own, size) / len(text)
    return found


def _repeated(spans: Sequence[Span]) -> list[Span]:
    seen, again = set(), []
    for span in spans:
        key = tuple(fold(token.text) for token in tokens(span.text))
        if key in seen:
            again.append(span)
        seen.add(key)
    return again


def _top_chars(own: Sequence[tuple[str, int]], size: int) -> int:
    ngrams = [tuple(own[start : start + size]) for start in range(len(own) - size + 1)]
    if not ngrams:
        return 0
    ngram, times = Counter(ngrams).most_common(1)[0]
    return times * (sum(length for _, length in ngram) + size - 1)


def _duplicate_chars(own: Sequence[tuple[str, int]], size: int) -> int:
    seen, place, chars = set(), 0, 0
    while place + size <= len(own):
        ngram = tuple(own[place : place + size])
        if ngram in seen:
            chars += sum(length for _, length in ngram)
            place += size
        else:
            seen.add(ngram)
            place += 1
    return chars


def quality(text: str) -> dict[str, float]:
    """`scores.gopher_quality`, `scores.fineweb_quality` and `scores.characters`."""
    own, all_lines = tokens(text), lines(text)
    if not own:
        return {}
    ellipses = [token for token in own if token.text[0] == "…" or (len(token) >= 3 and token.text[0] == ".")]
    inked = [(c, what) for c, what in zip(text, kinds(text), strict=True) if what not in ("space", "break")]
    return {
        "mean_word_length": _mean([len(word) for word in words(text)]),
        "hash_ratio": text.count("#") / len(own),
        "ellipsis_ratio": len(ellipses) / len(own),
        "bullet_line_share": _share(all_lines, lambda line: _is_item(line.text)),
        "ellipsis_line_share": _share(all_lines, lambda line: line.end in {token.end for token in ellipses}),
        "alpha_word_share": _share(
            [token for token in own if not _is_inner_sign(text, token)], lambda token: any(map(is_letter, token.text))
        ),
        "line_punct_share": _share(all_lines, lambda line: ends_sentence(line.text)),
        "short_line_share": _share(all_lines, lambda line: len(line) <= 30),
        "new_line_ratio": sum(c in _LINE_ENDS for c in text) / len(own),
        "digit_share": sum(is_digit(c) for c, _ in inked) / len(inked),
        "symbol_share": sum(what == "sign" for _, what in inked) / len(inked),
    }


def _is_item(line: str) -> bool:
    return line[0] in _BULLETS and (line[0] == "•" or kinds(line + " ")[1] != "sign")


def _share(spans: Sequence[Span], is_so: Callable[[Span], bool]) -> float:
    return sum(map(is_so, spans)) / len(spans)


def _mean(lengths: Sequence[int]) -> float:
    return sum(lengths) / len(lengths) if lengths else 0.0
