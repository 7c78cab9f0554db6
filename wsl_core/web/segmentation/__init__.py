"""The parts of the Segmentation page."""
