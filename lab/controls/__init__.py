"""Widgets: the head line, the transport, the knobs and the drawers."""
