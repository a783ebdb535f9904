"""Readers: out of crawl files and documents in JSONL and Parquet, one `Document` at a time, each with its origin."""
