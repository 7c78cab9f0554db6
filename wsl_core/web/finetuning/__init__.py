"""The parts of the Fine-tuning page."""
