"""What the text of a cell means: a number, a date, a measure with its unit, a gap."""
