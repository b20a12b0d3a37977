"""Search: enriched articles into the index, questions into answers, and the reading site.

Reads: `articles.enriched`, and the withdrawals of `articles.published`.
Writes: `articles.indexed`.
Owns: the index (OpenSearch or tantivy), the generation, due times of embargoes, view counts.
"""
