"""Choosing questions: votes, topics, queues, limits, and the deal that brings them together.

A strategy lays the eligible prompts out in queues (``queues``). The deal (``deal``) takes from them
in turns what the limits (``limits``) allow. Every lot is a digest of seed and id, so neither row
order nor prompts that come or go elsewhere change who is drawn.
"""
