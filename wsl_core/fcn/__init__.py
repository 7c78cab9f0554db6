"""The first half of the lecture: fully convolutional networks and weak supervision."""
