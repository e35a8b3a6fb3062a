"""The parts of a layer and their order."""
