"""What the networks answer: over a plane, in tables, or on pictures."""
