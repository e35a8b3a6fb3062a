"""What one takes away and brings back: pictures, films, programs, experiments, links and tables."""
