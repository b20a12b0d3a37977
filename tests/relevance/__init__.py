"""Measures on real material: the service's own code against what people judged.

`python -m tests.relevance [NAME ...]` prints one table with the bounds beside and ends with 1 where
one is not kept. A measure is a function from the folder of data to figures; `__main__` lists them.
"""
