"""Articles with language, read time, tags and related links.

Reads `articles.published`, writes `articles.enriched`; owns the memory of related articles and the
count of enrichments in Redis.
"""
