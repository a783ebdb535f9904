import random
import struct
from pathlib import Path
from typing import Any

import pytest

from xdata.errors import ResourceError
from xdata.models.fasttext_files import Broken, check_fasttext
from xdata.models.language import LID_176, load_identifier
from xdata.references import ModelRef


def _train(folder: Path, *, quantised: bool = False, **options: Any) -> Path:
    import fasttext

    data = folder / "data.txt"
    lines = [f"__label__{label} {label} word{n} text{n}\n" for n in range(300) for label in ("swh_Latn", "mlt_Latn")]
    data.write_text("".join(lines))
    model = fasttext.train_supervised(str(data), epoch=1, thread=1, verbose=0, **options)
    path = folder / ("model.ftz" if quantised else "model.bin")
    if quantised:
        model.quantize(input=str(data), qnorm=True, cutoff=400, retrain=False)
    model.save_model(str(path))
    return path


@pytest.mark.parametrize(
    ("quantised", "options"),
    [
        (False, {"dim": 2}),
        (False, {"dim": 5, "loss": "hs", "minn": 2, "maxn": 4, "bucket": 100}),
        (True, {"dim": 8, "minn": 2, "maxn": 3, "bucket": 1000}),
        (True, {"dim": 7}),
    ],
)
def test_what_fasttext_wrote_is_whole_and_a_piece_of_it_is_not(
    tmp_path: Path, quantised: bool, options: dict[str, Any]
) -> None:
    path = _train(tmp_path, quantised=quantised, **options)
    check_fasttext(path)
    content = path.read_bytes()
    rng = random.Random(0)
    for size in [0, 1, 8, 60, len(content) - 1, *rng.sample(range(len(content)), 60)]:
        path.write_bytes(content[:size])
        with pytest.raises(Broken):
            check_fasttext(path)
    path.write_bytes(content + b"x")
    with pytest.raises(Broken, match="1 bytes follow its end"):
        check_fasttext(path)


def test_the_model_that_comes_with_xdata_is_whole_and_half_of_it_is_refused_in_one_line(tmp_path: Path) -> None:
    content = LID_176.files()[0].read_bytes()
    check_fasttext(LID_176.files()[0])
    path = tmp_path / "half.ftz"
    for size in range(10, len(content), len(content) // 25):
        path.write_bytes(content[:size])
        with pytest.raises(ResourceError, match=r"half.ftz: is not a fastText model: it .*") as caught:
            load_identifier(ModelRef(backend="fasttext", model=str(path)))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("number", range(12))
@pytest.mark.parametrize("value", [-1, 1 << 30])
def test_no_size_that_was_changed_ends_the_process(tmp_path: Path, number: int, value: int) -> None:
    path = _train(tmp_path, dim=4, minn=2, maxn=3, bucket=50)
    content = bytearray(path.read_bytes())
    struct.pack_into("<i", content, 8 + 4 * number, value)
    path.write_bytes(bytes(content))
    try:
        identifier = load_identifier(ModelRef(backend="fasttext", model=str(path)))
    except ResourceError:
        return
    assert identifier.languages == {"swh", "mlt"}
    identifier.identify(["word1 text1"])
