"""Questions that another benchmark already has: found by text, by words and by meaning."""
