"""Edits: the steps that change text, before anything is measured on it."""
