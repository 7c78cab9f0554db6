"""The parts of the Sliding window page."""
