"""The page: what runs, draws and sends, and the canvas that shows it."""
