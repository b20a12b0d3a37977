"""The names of ingest's keys in Redis."""

GENERATION = "dateline:generation"
RECEIPT_PREFIX = "ingest:receipt:"
KEYS = "ingest:keys"
REVOKED = "ingest:keys:revoked"
"""The set of the hashes of revoked keys; kept for good, so that none is loaded again."""
SIGNING = "ingest:signing"
"""The set of publishers that have a signing secret."""
TAGS = "ingest:tags"
TAG_NAMES = "ingest:tags:names"
TAGS_MERGED = "ingest:tags:merged"
TAG_DECISIONS = "ingest:tags:number"
SYNONYMS = "ingest:synonyms"
"""A JSON list of `{"words": [...], "language"?: "en"}`; search reads it."""


def article(article_id: str) -> str:
    return f"ingest:article:{article_id}"


def receipt(receipt_id: str) -> str:
    return f"{RECEIPT_PREFIX}{receipt_id}"


def curation(article_id: str) -> str:
    """A hash: the editors' choices as JSON, their number, and the receipt of the last."""
    return f"ingest:curation:{article_id}"


def open_receipts(article_id: str) -> str:
    """A sorted set of receipts by revision: those that may still change."""
    return f"ingest:open:{article_id}"


def articles_of(publisher: str) -> str:
    """A sorted set of ids, all with score 0: read in their order."""
    return f"ingest:articles:{publisher}"


def rate(publisher: str) -> str:
    return f"ingest:rate:{publisher}"


def idempotency(publisher: str, digest: str) -> str:
    return f"ingest:idempotency:{publisher}:{digest}"


def key(key_id: str) -> str:
    return f"ingest:key:{key_id}"


def signing(publisher: str) -> str:
    """A hash: a signing secret's id to when it ends, and itself, sealed."""
    return f"ingest:signing:{publisher}"


def signed_message(publisher: str, digest: str) -> str:
    return f"ingest:signed:{publisher}:{digest}"
