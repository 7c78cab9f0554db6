"""The parts of the Zero-shot page."""
