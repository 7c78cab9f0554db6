"""Lessons: steps that a teacher picks, with a question of their own each, in one link."""
