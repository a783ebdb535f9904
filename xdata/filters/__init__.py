"""Filters: drop single documents by their scores and labels, each with a reason."""
