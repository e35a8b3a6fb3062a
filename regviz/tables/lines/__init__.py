"""Where in its lines a table is: its dialect, its names, its rows, and what is no part of it."""
