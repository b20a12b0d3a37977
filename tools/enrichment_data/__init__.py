"""Makes the word lists of `services/enrich/data`: `python -m tools.enrichment_data`.

Needs the extra `enrichment-data`. The same package versions make the same bytes.
"""
