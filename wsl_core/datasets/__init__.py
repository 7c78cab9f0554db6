"""Labelled sets of pictures in their published layouts: from files to arrays, or a sentence."""
