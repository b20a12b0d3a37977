"""Ratios to what the parts can do alone, on the machine at hand: `make bench`.

Each benchmark is a module with one function `run(rig) -> list[Result]`; `__main__` lists them.
"""
