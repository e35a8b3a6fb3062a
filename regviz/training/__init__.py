"""Networks that train: stacks of them, their batches, masks, history and snapshots."""
