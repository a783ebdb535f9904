"""What every code point is, as tables of one entry a code point, so that a text is looked up as one array.

Built once a process from the Unicode properties of the `regex` package, so that they do not depend on the version
of Python. `regex` matches them over one string of all code points in some tenths of a second.
"""

import unicodedata
from enum import IntFlag
from functools import cache

import numpy as np
import numpy.typing as npt
import regex

NUM_CODE_POINTS = 0x110000

APOSTROPHES = "'\u2019\u02bc\u02bb\u02b9\u055a\ua78c\uff07"
"""Apostrophes and the letters that look like them: part of a word where a letter stands on both sides."""

INNER_MARKS = "\u00b7\u05f3\u05f4\u2027"
"""Marks inside of words, as apostrophes are: the middle dot of Catalan and Gascon, geresh and gershayim of Hebrew."""

JOINERS = "\u200c\u200d\u00ad\u2060\u180e"
"""Invisible parts of words: ZWNJ and ZWJ, as Persian, Sinhala and Malayalam write them, the soft hyphen, the word
joiner and the vowel separator of Mongolian."""

DOTLESS = frozenset(
    f"{language}_Latn"
    for language in "tur azj aze azb crh gag tat kaz bak kum nog kaa ota diq kiu zza lzz tly".split()  # noqa: SIM905
)
"""Languages whose Latin alphabet has a dotless i."""
UNSPACED_SCRIPTS = ("Hani", "Hira", "Kana", "Khmr", "Laoo", "Mymr", "Thai")
"""Scripts that put no space between words and for which ICU has a dictionary."""

SPACE, BREAK, WORD, UNSPACED, EXTEND, APOSTROPHE, NUMERIC, SYMBOL = range(8)
"""Classes of `classes()`: white space and controls; line ends; letters, marks and digits; those of scripts without
spaces; marks and joiners of any script, which go with what they stand behind; apostrophes and inner marks; marks
inside of numbers; and every other sign."""


class Trait(IntFlag):
    """Bits of `traits()`."""

    LETTER = 1
    DIGIT = 2
    """A decimal digit of any script."""
    LOWER = 4
    """A letter that no sentence begins with: a lower-case one, but for Georgian, which has no others in use."""
    TERMINAL = 8
    """A mark that can end a sentence, in any script."""
    CLOSER = 16
    """A quotation mark or bracket that can stand behind the end of a sentence."""
    FULL_STOP = 32
    """A mark that ends a sentence whether or not a space follows."""
    BULLET = 64
    """What begins the lines of lists."""
    QUOTE = 128
    """A mark that closes a quotation."""


_BREAKS = "\n\x0b\x0c\x85\u2028\u2029"
_NUMERIC = ".,:\u066b\u066c\u060c"
_CLOSERS = "\"'\u2019\u201d\u00bb\u203a)]}\u300d\u300f\uff09\u300b\u3011\u2018\u201c\u201e*"
_QUOTES = "\"'\u2019\u201d\u00bb\u203a\u201c\u300d\u300f\u300b"
_BULLETS = (
    "-*\u2013\u2014\u2022\u2023\u25aa\u25cf\u25e6\u2043\u00b7\u2219\u25ba\u30fb\uff65\u25a0\u25a1\u25b6\u27a2\u2713"
)
_FULL_STOPS = "\u3002\uff01\uff1f\uff0e\uff61\u1362\u1367\u1368\u104a\u104b\u17d4\u17d5\u0f0d\u0f0e\u0964\u0965"
_TIBETAN_AND_OTHERS = "\u2026\u0f0d\u0f0e\u0f11\u0e5a\u0e5b\u037e\u2e2e\u2e3c\u061e\u061d\u0df4"
"""Marks that end a sentence and that Unicode does not call Sentence_Terminal."""

WORD_SEPARATORS = "\u0f0b\u0f0c\u1361\u1680\u16eb\U0001039f"
"""Marks that part words or syllables where others write a space: Tibetan, Ethiopic, Ogham, runes."""

_STACKERS = "\u1039\u17d2"
"""Signs of Burmese and Khmer that put the next letter under the one before."""

_LONG_VOWEL_MARKS = "\u30fc\uff70"
"""Of kana, though Unicode calls their script Common."""


@cache
def classes() -> npt.NDArray[np.uint8]:
    """Class of each code point: which part of a word, or none, it is."""
    unspaced = "".join(f"\\p{{Script={script}}}" for script in UNSPACED_SCRIPTS)
    table = np.full(NUM_CODE_POINTS, SPACE, dtype=np.uint8)
    _set(table, r"[\p{P}\p{S}]", SYMBOL)
    _set(table, r"[\p{L}\p{M}\p{N}]", WORD)
    _set(table, rf"[[\p{{L}}\p{{Mc}}\p{{Mn}}]&&[{unspaced}]]|[{_LONG_VOWEL_MARKS}]", UNSPACED)
    _set(table, rf"[\p{{M}}&&\p{{Script=Inherited}}]|[{JOINERS}]", EXTEND)
    for characters, kind in (
        (_BREAKS, BREAK),
        (WORD_SEPARATORS, SPACE),
        (_NUMERIC, NUMERIC),
        (APOSTROPHES + INNER_MARKS, APOSTROPHE),
    ):
        table[[ord(character) for character in characters]] = kind
    return table


@cache
def traits() -> npt.NDArray[np.uint8]:
    """Bits of `Trait` of each code point, for `has`."""
    table = np.zeros(NUM_CODE_POINTS, dtype=np.uint8)
    for pattern, trait in (
        (r"\p{L}", Trait.LETTER),
        (r"\p{Nd}", Trait.DIGIT),
        (r"[\p{Ll}--\p{Script=Georgian}]", Trait.LOWER),
        (rf"[\p{{Sentence_Terminal}}{_TIBETAN_AND_OTHERS}]", Trait.TERMINAL),
        (rf"[\p{{Pe}}\p{{Pf}}{regex.escape(_CLOSERS)}]", Trait.CLOSER),
        (rf"[{_FULL_STOPS}]", Trait.FULL_STOP),
        (rf"[{regex.escape(_BULLETS)}]", Trait.BULLET),
        (rf"[{regex.escape(_QUOTES)}]", Trait.QUOTE),
    ):
        _add(table, pattern, trait)
    return table


def has(traits: npt.NDArray[np.uint8], trait: Trait) -> npt.NDArray[np.bool_]:
    """Which of some `traits` have one of the bits of `trait`."""
    mask: npt.NDArray[np.bool_] = (traits & np.uint8(trait)) != 0
    return mask


@cache
def is_lettering() -> npt.NDArray[np.bool_]:
    """Whether each code point is a letter, a mark of any script, or a joiner: what words are spelt with."""
    table = np.zeros(NUM_CODE_POINTS, dtype=np.uint8)
    _set(table, rf"[\p{{L}}\p{{M}}{JOINERS}{_LONG_VOWEL_MARKS}]", 1)
    return table.astype(bool)


@cache
def folds() -> npt.NDArray[np.uint32]:
    """The normal form of each code point in comparisons of words: case-folded, ASCII digits and apostrophes.

    Marks stay, so vowel signs of abugidas do; digits keep their value. Full-width letters become ordinary ones.
    What folds to several letters, as `ß` and `İ`, and the dotless i, which is no `i`, stay.
    """
    table = np.arange(NUM_CODE_POINTS, dtype=np.uint32)
    for match in regex.finditer(r"[\p{Lu}\p{Lt}\p{Ll}]|\p{Nd}|[\uff01-\uff5e]", _all()):
        folded = _fold(match[0])
        if len(folded) == 1:
            table[match.start()] = ord(folded)
    table[[ord(character) for character in APOSTROPHES]] = ord("'")
    return table[table]  # the large saltillo is one step more from the apostrophe


@cache
def dotless_folds() -> npt.NDArray[np.uint32]:
    """As `folds`, in languages in which `I` is the capital of the dotless i, and `İ` that of i (SpecialCasing.txt)."""
    table = folds().copy()
    table[ord("I")], table[ord("İ")] = ord("ı"), ord("i")
    return table


def folds_of(language: str | None) -> npt.NDArray[np.uint32]:
    """The normal forms of a language; those of all others where it is not known."""
    return dotless_folds() if language in DOTLESS else folds()


@cache
def clusters() -> npt.NDArray[np.uint8]:
    """How each code point belongs to a grapheme cluster: bit 1, with what stands before it; bit 2, with what follows.

    By the classes Extend, SpacingMark, ZWJ and Prepend of UAX 29. Two things differ: what stands behind the coeng of
    Khmer or the virama of Burmese, which stack it, belongs to it; and a vowel of Thai, Lao, Tai Viet or New Tai Lue
    that is written before its consonant (Logical_Order_Exception) belongs to that.
    """
    table = np.zeros(NUM_CODE_POINTS, dtype=np.uint8)
    breaks = [f"\\p{{Grapheme_Cluster_Break={name}}}" for name in ("Extend", "SpacingMark", "ZWJ")]
    _set(table, f"[{''.join(breaks)}]", 1)
    _add(table, r"[\p{Grapheme_Cluster_Break=Prepend}\p{Logical_Order_Exception}]", 2)
    table[[ord(character) for character in _STACKERS]] |= np.uint8(2)
    return table


def to_array(text: str) -> npt.NDArray[np.uint32]:
    """The code points of a text, lone surrogates among them."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _fold(character: str) -> str:
    if 0xFF01 <= ord(character) <= 0xFF5E:
        character = chr(ord(character) - 0xFEE0)
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    folded = character.casefold()
    return folded if len(folded) == 1 else character.lower()


def _set(table: npt.NDArray[np.uint8], pattern: str, value: int) -> None:
    for match in regex.finditer(rf"(?:{pattern})+", _all(), regex.V1):
        table[match.start() : match.end()] = value


def _add(table: npt.NDArray[np.uint8], pattern: str, trait: int) -> None:
    for match in regex.finditer(rf"(?:{pattern})+", _all(), regex.V1):
        table[match.start() : match.end()] |= np.uint8(trait)


@cache
def _all() -> str:
    """Every code point in order; a lone surrogate is as good as any other to `regex`."""
    return np.arange(NUM_CODE_POINTS, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
