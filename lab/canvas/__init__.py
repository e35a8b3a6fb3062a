"""One Matplotlib figure turned into what has changed since the last frame."""
