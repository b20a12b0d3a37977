"""Ingest's parts on Redis, and its reading of HTML."""
