"""What an article is, when two are equal, who may send one, and what became of it."""
