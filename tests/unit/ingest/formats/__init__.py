"""Formats that publishers send."""
