"""Chance: what many seeds come to."""
