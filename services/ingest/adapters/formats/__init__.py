"""One module for each format: bytes in, the fields of articles out."""
