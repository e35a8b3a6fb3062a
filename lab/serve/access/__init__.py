"""Who may come in: passwords, how often they are tried, and what may be said on a line to a kernel."""
