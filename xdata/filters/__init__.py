"""Filters: decide over single documents from their scores and labels, with a reason for every one that goes."""
