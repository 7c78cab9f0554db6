"""The parts of the Multitask page."""
