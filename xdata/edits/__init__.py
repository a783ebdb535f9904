"""Edits: steps that change text, before scores are computed."""
