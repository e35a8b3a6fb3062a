"""What a network is made of. Nothing here knows a Config."""
