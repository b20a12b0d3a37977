"""What enrich does with articles, and with what editors decide about them."""
