"""Scores: measurements of documents, each a pure function of an analysis. Scores drop nothing."""
