"""Ingest: articles in, `articles.published` out.

Reads   HTTP of publishers; `articles.enriched`, `articles.indexed` and the dead letters (receipts).
Writes  `articles.published`.
Owns    in Redis, under `ingest:`: the record of each article, receipts, keys, idempotency records.
"""
