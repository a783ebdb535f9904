"""Duplicates: what is found, how fast, and in how much memory; see `__main__`."""
