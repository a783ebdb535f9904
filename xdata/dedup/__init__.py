"""Deduplication: signatures computed with the scores, and steps that cluster documents by them."""
