"""The commands `regviz app` and `regviz lab`, and the server behind the first. Nothing here draws."""
