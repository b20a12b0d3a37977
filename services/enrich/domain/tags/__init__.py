"""Chooses the tags of an article from its own words: no model, no network, no memory."""

from services.enrich.domain.tags.choosing import choose_tags, subject_words
from services.enrich.domain.tags.model import Tag, TaggedText, TagKind

__all__ = ["Tag", "TagKind", "TaggedText", "choose_tags", "subject_words"]
