"""Measurements: each prints a table for people and writes benchmarks/results/<name>.json."""
