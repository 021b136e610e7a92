"""Calling language models: cached, resumable, bounded in rate and money."""
