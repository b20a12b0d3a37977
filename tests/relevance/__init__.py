"""Measures on real material: each module runs by itself and prints a table with its floors."""
