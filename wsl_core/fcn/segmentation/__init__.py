"""From class maps to segments: unary potentials, the fully connected CRF, labels and their measure."""
