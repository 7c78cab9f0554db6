"""Readers of the sets of domain adaptation in their published layouts, and of sheets."""
