"""How the norms of units' incoming weights move over a run."""
