import threading
import time
from collections.abc import Iterator

import pytest

from xdata.threads import in_threads, num_threads


@pytest.mark.parametrize(("given", "expected"), [("1", 1), ("4", 4), ("0", 1), ("", 1), ("many", 1)])
def test_a_rank_has_the_configured_number_of_threads(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: int
) -> None:
    monkeypatch.setenv("XDATA_THREADS", given)
    assert num_threads() == expected


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_what_is_made_comes_in_order_and_few_items_are_taken_ahead(
    monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    monkeypatch.setenv("XDATA_THREADS", str(threads))
    ahead, taken_in = [], set()

    def items() -> Iterator[int]:
        for item in range(20):
            taken_in.add(threading.current_thread())
            ahead.append(item - len(found))
            yield item

    def double(item: int) -> int:
        time.sleep(0.001 * (item % 3))
        return 2 * item

    found: list[int] = []
    for made in in_threads(double, items()):
        found.append(made)
    assert found == [2 * item for item in range(20)]
    assert max(ahead) <= threads + 1 and taken_in == {threading.current_thread()}


@pytest.mark.parametrize("threads", ["1", "3"])
def test_an_error_comes_out(monkeypatch: pytest.MonkeyPatch, threads: str) -> None:
    monkeypatch.setenv("XDATA_THREADS", threads)
    with pytest.raises(ZeroDivisionError):
        list(in_threads(lambda item: 1 // item, [1, 0, 2]))
