"""Deduplication: signatures that are scored with everything else, and clusters made of them afterwards."""
