"""The parts of the Few examples page."""
