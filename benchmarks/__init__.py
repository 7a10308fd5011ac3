"""Measurements, run by hand: python -m benchmarks, or one: python -m benchmarks.<name>."""
