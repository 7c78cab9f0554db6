"""The parts of the Layer probes page."""
