"""Lessons: a question, its evidence, and what may be broken afterwards."""
