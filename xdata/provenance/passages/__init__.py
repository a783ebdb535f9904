"""Passages: text in known languages, out of packages under free licenses, that models are trained on.

Each module reads packages of one kind and yields passages of theirs; `packages.tsv` says which packages, in which
version, under which license. What a module yields depends on its packages alone, and comes in a fixed order.
"""

from xdata.provenance.passages.passage import Passage, tidy

__all__ = ["Passage", "tidy"]
