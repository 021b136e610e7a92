"""Dumps and run folders in buckets: local copies, and what keeps them one with the bucket."""
