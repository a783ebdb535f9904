"""Threads of one process: what arrays are sorted and compared in, which needs no lock of the interpreter's.

A rank has more than one where there are fewer ranks than workers, as when a language is clustered. They never decide
what comes out, nor in which order.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

NUM_THREADS = "XDATA_THREADS"
"""Environment variable with the number of threads of a rank; default: 1."""

ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ARROW_IO_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Environment of ranks: each has one core."""

Given = TypeVar("Given")
Made = TypeVar("Made")


def limit_threads() -> bool:
    """Gives the libraries that this process loads from now on one thread each.

    Returns whether they all will have one, so that ranks may be forked from this process: whether none was loaded.
    """
    if not sys.platform.startswith("linux") or {"numpy", "pyarrow"} & sys.modules.keys():
        return False
    os.environ.update(ONE_THREAD)
    return True


def num_threads() -> int:
    """How many this process has."""
    given = os.environ.get(NUM_THREADS, "1")
    return max(int(given), 1) if given.isdecimal() else 1


def in_threads(function: Callable[[Given], Made], items: Iterable[Given]) -> Iterator[Made]:
    """What a function makes of each item, in order; some items ahead of what is taken, as many as there are threads.

    The items are gone through in the thread that takes, so they may be read and written there.
    """
    threads = num_threads()
    if threads == 1:
        yield from map(function, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Made]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
