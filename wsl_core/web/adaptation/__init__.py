"""The parts of the Domain adaptation page."""
