"""Which document of a cluster stays: one of an earlier output (`--since`) if there is any, so that what was published
stays; of those, or else of all, the longest; and of equally long ones that with the smallest id.
"""

import numpy as np
import numpy.typing as npt

from xdata.records import EARLIER, ID, TEXT_BYTES
from xdata.step import ClusterColumns


def choose_survivors(clusters: npt.NDArray[np.int64], columns: ClusterColumns) -> npt.NDArray[np.int64]:
    """Row of the survivor of each row, from the number of its cluster; independent of the order of rows."""
    lengths = columns.read(TEXT_BYTES).to_numpy()
    earlier = np.asarray(columns.read(EARLIER).to_numpy()) > 0
    ids = np.asarray(columns.read(ID).to_pylist(), dtype="S32")
    order = np.lexsort((ids, -lengths, ~earlier, clusters))
    ordered = clusters[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    survivor_of_cluster = np.empty(int(clusters.max(initial=-1)) + 1, dtype=np.int64)
    survivor_of_cluster[ordered[begins]] = order[begins]
    return survivor_of_cluster[clusters]
