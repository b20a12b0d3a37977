"""What the search service does, each a verb and a noun, over ports and the pure domain."""
