"""Columns of the user that are kept: which ones, how their values travel, and which type a column has in the output.

Values travel as one object of JSON for each document, name in the output -> value. A table's values of types that JSON
has not are written as numbers (times), Base64 (bytes) or words (decimals); the schema of each file is remembered
beside them (`FileTypes`), and `typed_column` restores the values exactly, at any depth. Of JSON and CSV, `Kinds`
collects what values there are; the type of a column follows from all of them together, in whatever order and parts they
came.
"""
