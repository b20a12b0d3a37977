"""The bundled sample newsroom: `articles.jsonl`, one article per line, fictional throughout."""
