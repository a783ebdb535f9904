import pytest

from xdata.provenance.passages import tidy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ouvrir %s et %(name)s", "Ouvrir et"),
        ("Ouvrir %lu fois", "Ouvrir fois"),
        ("Ein Anteil von 50 % der Stimmen", "Ein Anteil von 50 % der Stimmen"),
        ("Ilayisha %PRODUCTNAME ngoku", "Ilayisha ngoku"),
        ("100%-os felbontás", "100%-os felbontás"),
        ("打开“%1”文件%d个", "打开“ ”文件 个"),
        ("Fungua <b>faili</b>\n  {name}", "Fungua faili"),
        ("Dafal fi wolof.example.org walla https://example.org/a", "Dafal fi wolof.example.org walla"),
        ("l'été d'avant", "l'été d'avant"),
        ("Cafe\u0301 &amp; te", "Café & te"),
    ],
)
def test_tidy(text: str, expected: str) -> None:
    assert tidy(text) == expected
