"""What is compared: lanes, knobs, the session that trains them, sweeps. No widget, no picture."""
