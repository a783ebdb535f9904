"""Made-up text for tests: every script, every kind of sign, and what is sent to break programs."""

from hypothesis import strategies as st

WORDS = {
    "Latn": "Ƙasa",
    "Cyrl": "Ғылым",
    "Grek": "Λόγος",
    "Arab": "می‌خواهم",
    "Hebr": "צה״ל",
    "Deva": "मुझे",
    "Beng": "বাংলা",
    "Sinh": "ක්‍ෂණය",
    "Taml": "தமிழ்",
    "Mlym": "അവൻ‍",
    "Ethi": "ሰላም",
    "Geor": "ქართული",
    "Armn": "Հայերեն",
    "Tibt": "བཀྲ་ཤིས",
    "Thai": "ประเทศไทย",
    "Laoo": "ພາສາລາວ",
    "Khmr": "ភាសាខ្មែរ",
    "Mymr": "မြန်မာစာ",
    "Hani": "隐私政策",
    "Jpan": "日本語のテキスト",
    "Kore": "한국어",
    "Tfng": "ⵜⴰⵎⴰⵣⵉⵖⵜ",
    "Nkoo": "ߒߞߏ",
}
"""Script -> a word, or some, in it."""

SENTENCE_ENDS = {
    "Latn": ".",
    "Grek": "\u037e",
    "Arab": "؟",
    "Urdu": "۔",
    "Deva": "।",
    "Sinh": "෴",
    "Ethi": "።",
    "Armn": "։",
    "Tibt": "།",
    "Khmr": "។",
    "Mymr": "။",
    "Hani": "。",
    "Kore": "?",
    "Geor": "!",
    "Nkoo": "߹",
    "Mong": "᠃",
}
"""Script -> a mark that ends its sentences."""

_SPACES = (" ", " ", " ", "\n", "\n", "\n\n", " \n ", "\t", "\u00a0", "\u3000", "\u2028", "\r\n", "\u200b")
_SIGNS = (*".,:;!?…#*-—•·'’ʼ\"“”»)]}{[", "...", "....", "?!", "。」", "[1]", "[१२]", "- ", "• ", "\u037e")
_MARKS = ("\u200c", "\u200d", "\u0301", "\u093f", "\ufe0f", "\u20e3", "\u200f", "\ufeff", "\u00ad", "\u0e31")
_OTHERS = (
    "7",
    "3.14",
    "१२",
    "٣٫٥",
    "A",
    "a",
    "ß",
    "İ",
    "Σ",
    "ς",
    "Ａ",
    "❤️",
    "👨‍👩‍👧",
    "\x00",
    "\ud800",
    "\uffff",
    "lorem ipsum",
)
_FEW = ("a", "b", "A", " ", " ", "\n", "\n\n", ".")

_MANY = (*WORDS.values(), *SENTENCE_ENDS.values(), *_SPACES, *_SPACES, *_SIGNS, *_MARKS, *_OTHERS)

mixed: st.SearchStrategy[str] = st.one_of(
    st.lists(st.sampled_from(_MANY), max_size=60).map("".join),
    st.lists(st.sampled_from(_MANY), max_size=60).map(" ".join),
    st.lists(st.sampled_from(_FEW), max_size=120).map("".join),
    st.lists(st.sampled_from(("haki", "ya", "ප", "ไทย", "。", "\n")), max_size=80).map(" ".join),
    st.text(st.characters(codec=None), max_size=40),
)
"""Text of words, signs, line ends and what is between them, in all scripts; with much repetition, with none."""

HOSTILE = {
    "nothing": "",
    "spaces": " \t\u3000\u200b" * 100,
    "line ends": "\n\r\n\u2028\x85" * 100,
    "combining marks": "\u0301" * 10_000,
    "marks on a letter": "a" + "\u0301" * 10_000,
    "vowel signs": "\u093f" * 10_000,
    "joiners": "\u200d\u200c" * 5_000,
    "nulls": "\x00" * 1_000,
    "nulls in words": "ha\x00ki \x00 \x00ya",
    "lone surrogates": "\ud800\udc00 \udc00a\ud800ไทย\ud83d\ude00ไทย \udfff",
    "right to left": "\u200f\u202eمرحبا\u202c abc \u200e\u2067שלום\u2069",
    "one letter": "x" * 100_000,
    "one sign": "!" * 100_000,
    "one Thai letter": "ก" * 100_000,
    "one Han letter": "中" * 100_000,
    "one word": "haki " * 20_000,
    "apostrophes": "'" * 100_000,
    "points in digits": "1." * 50_000,
    "ends of sentences": "." * 100_000 + "。" * 100_000,
    "closing marks": "." + ")" * 100_000,
    "citations": "[1]" * 30_000 + "\n" + "a.[1]\n" * 10_000,
    "brackets": "[" * 50_000 + "]" * 50_000,
    "lines": "a\n" * 50_000,
    "emoji": "👨‍👩‍👧❤️1️⃣🇹🇿" * 1_000,
    "five scripts": "Habari привет नमस्ते ሰላም สวัสดี 你好。",
    "no characters": "\uffff\ufffe\U0010ffff\ufdd0 a",
    "private use": "\ue000\U000f0000 a",
    "tags": "🏴\U000e0067\U000e0062\U000e007f",
}
"""What breaks programs -> a text of it."""
