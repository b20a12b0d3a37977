"""The query API: parameters in, answers and problems out."""
