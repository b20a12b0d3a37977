"""The HTTP doors for publishers; each decodes, calls a use case and answers."""
