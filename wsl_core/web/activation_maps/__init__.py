"""The parts of the Activation maps page, and attributions beside a class map."""
