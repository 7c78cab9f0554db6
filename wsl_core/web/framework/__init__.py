"""The parts of the Framework map page."""
