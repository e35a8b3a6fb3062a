"""How weights move: optimizers, penalties, schedules, constraints, early stopping."""
