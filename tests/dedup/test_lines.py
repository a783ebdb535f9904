import tracemalloc
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.columns import MadeColumns, scored
from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.dedup.lines import (
    LINE_HASHES,
    LINE_SIZES,
    SITE,
    Boilerplate,
    LineHashes,
    boilerplate_shares,
    repeated,
)
from xdata.step import Drops
from xdata.text.hosts import site_of

MENUS = {
    "Latn": "Nyumbani | Habari | Michezo | Wasiliana nasi",
    "Cyrl": "Басты бет | Жаңалықтар | Спорт | Байланыс",
    "Arab": "خانه | اخبار | ورزش | تماس با ما",
    "Deva": "मुख्य पृष्ठ | समाचार | खेल | संपर्क करें",
    "Sinh": "මුල් පිටුව | පුවත් | ක්‍රීඩා | අප අමතන්න",
    "Ethi": "መነሻ ገጽ ፣ ዜና ፣ ስፖርት ፣ ያግኙን",
    "Geor": "მთავარი | ამბები | სპორტი | კონტაქტი",
    "Thai": "หน้าแรก ข่าว กีฬา ติดต่อเรา",
    "Khmr": "ទំព័រដើម ព័ត៌មាន កីឡា ទំនាក់ទំនង",
    "Hans": "首页 新闻 体育 联系我们",
    "Tibt": "གཙོ་ངོས། གསར་འགྱུར། ལུས་རྩལ།",
    "Hebr": "דף הבית | חדשות | ספורט | צור קשר",
}


def _columns(found: Sequence[str], *, site: str = "a.example", batch_rows: int | None = None) -> MadeColumns:
    urls = [f"https://{site}/{number}" for number in range(len(found))]
    return scored(LineHashes(), found, urls, batch_rows=batch_rows)


def _drops(columns: MadeColumns, **options: float) -> Drops:
    return Boilerplate.model_validate(options).open(Context())(columns)


def _shares(columns: MadeColumns, *, min_documents: int = 2, min_site_share: float = 0.0) -> list[float]:
    return list(boilerplate_shares(columns, min_documents=min_documents, min_site_share=min_site_share))


@pytest.mark.parametrize("script", MENUS)
def test_pages_of_little_but_a_menu_are_dropped_and_articles_with_it_kept(script: str) -> None:
    menu = MENUS[script]
    own = [line for text in texts(SCRIPTS[script]) for line in text.split("\n") if len(line) > 4 * len(menu)]
    articles = [f"{menu}\n{line} {number}" for number, line in enumerate(own[:10])]
    stubs = [f"{menu}\n\n {menu} \n{number}" for number in range(10)]
    drops = _drops(_columns([*articles, *stubs]))
    assert list(drops.rows) == list(range(len(articles), len(articles) + len(stubs)))
    assert set(drops.reasons) == {"boilerplate"}
    assert set(drops.thresholds) == {0.5}
    length = 2 * len(menu)
    assert drops.values[0] == pytest.approx(length / (length + 1))


def test_a_line_is_one_without_its_case_and_white_space() -> None:
    assert _shares(_columns(["Soma  zaidi", "\tSOMA ZAIDI \nHabari", "soma zaid"])) == [1.0, 10 / 16, 0.0]


def test_lines_are_compared_within_one_site() -> None:
    found = ["Soma zaidi"] * 4
    urls = ["https://www.a.example/1", "http://A.example:8080/2", "https://b.example/", "https://blog.a.example/"]
    assert _shares(scored(LineHashes(), found, urls)) == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("url", [None, "", "mailto:a@b.example", "file:///etc/x", "https://", "not a url", "\ud800"])
def test_documents_of_no_site_stay(url: str | None) -> None:
    columns = scored(LineHashes(), ["Soma zaidi"] * 20, [url] * 20)
    assert list(_drops(columns).rows) == []
    assert columns.read(SITE).null_count == columns.read(LINE_HASHES).null_count == 20


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.gazeti.example/x", "gazeti.example"),
        ("HTTP://Habari.Gazeti.example:80/", "habari.gazeti.example"),
        ("https://пример.example/a", "xn--e1afmkfd.example"),
        ("https://192.168.0.1/", "192.168.0.1"),
        ("https://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://localhost/x", ""),
        (None, ""),
    ],
)
def test_the_site_is_the_host(url: str | None, site: str) -> None:
    assert site_of(url) == site


def test_a_line_that_one_document_repeats_is_in_one_document() -> None:
    assert _shares(_columns(["a b\n" * 30, "c d"])) == [0.0, 0.0]
    columns = _columns(["a b\n" * 30 + "x"])
    assert [len(lines) for lines in columns.read(LINE_HASHES).to_pylist()] == [2]
    assert sorted(columns.read(LINE_SIZES).to_pylist()[0]) == [1, 90]


def test_few_documents_are_enough_in_a_small_site_and_a_share_is_needed_in_a_large_one() -> None:
    found = ["refrain"] * 10 + [f"line {number}" for number in range(490)]
    assert len(_drops(_columns(found)).rows) == 10
    assert len(_drops(_columns([*found, "one more"])).rows) == 0
    assert len(_drops(_columns(found[1:])).rows) == 0
    assert len(_drops(_columns(found), min_documents=11).rows) == 0


def test_the_share_must_be_above_the_threshold() -> None:
    half = [f"menu\nab{chr(0x4E00 + number)}d" for number in range(10)]
    assert list(_drops(_columns(half)).rows) == []
    assert len(_drops(_columns(half), max_share=0.49).rows) == 10


def test_batches_and_chunks_change_nothing() -> None:
    found = [text for code in SCRIPTS.values() for text in texts(code)] * 2
    whole = _columns(found)
    assert _shares(_columns(found, batch_rows=7)) == _shares(whole)
    assert _shares(whole)[: len(found) // 2] == _shares(whole)[len(found) // 2 :]


@given(st.lists(st.text(alphabet="ab \n", max_size=8), max_size=12), st.integers(2, 4))
def test_shares_are_those_of_counting_by_hand(found: list[str], least: int) -> None:
    lines = [[" ".join(line.split()) for line in text.split("\n") if line.strip()] for text in found]
    many = {line for own in lines for line in own if sum(line in other for other in lines) >= least}
    sizes = [[len(line.strip()) for line in text.split("\n") if line.strip()] for text in found]
    expected = [
        sum(size for size, line in zip(own, names, strict=True) if line in many) / max(sum(own), 1)
        for own, names in zip(sizes, lines, strict=True)
    ]
    assert _shares(_columns(found), min_documents=least) == pytest.approx(expected)


@given(st.lists(st.lists(st.integers(0, 6), unique=True, max_size=5), max_size=8), st.integers(2, 5))
def test_hashes_are_counted(lists: list[list[int]], least: int) -> None:
    common, counts = repeated(pa.chunked_array([pa.array(lists, pa.list_(pa.uint64()))]), least=least)
    expected = {value: sum(value in own for own in lists) for value in range(7)}
    assert dict(zip(common.tolist(), counts.tolist(), strict=True)) == {
        value: number for value, number in expected.items() if number >= least
    }


HOSTILE = {
    "empty": "",
    "white space": " \t\r\n \u2028\u00a0",
    "one long line": "neno " * 200_000,
    "one repeated character": "א" * 300_000,
    "marks": "e" + "\u0301" * 10_000,
    "null bytes": "\x00\n\x00\x00\n" * 10,
    "lone surrogates": "\ud800\n\udfff a\n" * 10,
    "right to left": "\u202e\u200fسلام\u202c\n" * 10,
    "emoji": "😀👩‍👩‍👧\n" * 10,
    "many lines": "\n".join(map(str, range(50_000))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_breaks_it(name: str) -> None:
    columns = _columns([HOSTILE[name]] * 3 + ["habari"])
    shares = _shares(columns, min_documents=3)
    assert shares[:3] == [float(name not in ("empty", "white space", "null bytes"))] * 3
    assert shares[3] == 0.0


def test_no_documents_make_no_drops() -> None:
    assert list(_drops(_columns([])).rows) == []
    assert list(_drops(_columns([""])).rows) == []


def test_it_takes_few_bytes_a_line() -> None:
    num_lines, a_document = 1_000_000, 50
    random = np.random.default_rng(0)
    hashes = pa.array(random.integers(0, 1 << 63, num_lines, dtype=np.uint64))
    bounds = pa.array(np.arange(0, num_lines + 1, a_document, dtype=np.int32))
    sizes = pa.array(np.full(num_lines, 40, dtype=np.uint32))
    num_rows = num_lines // a_document
    made = {
        SITE: pa.array(np.ones(num_rows, dtype=np.uint64)),
        LINE_HASHES: pa.ListArray.from_arrays(bounds, hashes),
        LINE_SIZES: pa.ListArray.from_arrays(bounds, sizes),
    }
    columns = MadeColumns(made, chunk_rows=4096)
    tracemalloc.start()
    try:
        assert len(repeated(columns.read(LINE_HASHES), least=10)[0]) == 0
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 * num_lines
