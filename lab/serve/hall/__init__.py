"""Lectures: who presents, who follows by which code, the pictures that all get, and what they vote."""
