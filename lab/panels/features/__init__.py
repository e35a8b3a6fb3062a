"""Which inputs the first layer listens to."""
