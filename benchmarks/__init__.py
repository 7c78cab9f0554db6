"""Benchmarks, one module a question; `python -m benchmarks.NAME --help` says what each one asks."""
