"""Figures, each from a command: python -m benchmarks NAME --data DIR [--json]."""
