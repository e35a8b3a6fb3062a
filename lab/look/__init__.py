"""How things look: colours, type, styles and places. Imports nothing of the lab."""
