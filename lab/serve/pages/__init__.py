"""What a page is made of: which notebooks there are, how one is rendered, what it loads, who looks at it."""
