"""Pictures that are made, not read: seeded, with labels known by construction (NumPy, OpenCV, Pillow)."""
