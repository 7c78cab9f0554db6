"""The parts of the Localization page."""
