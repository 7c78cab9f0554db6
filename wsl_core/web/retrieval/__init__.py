"""The parts of the Retrieval page."""
