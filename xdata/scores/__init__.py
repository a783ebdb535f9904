"""Scores: what is measured of a document, each a pure function of its analysis. None of them decides."""
