"""Asking a language model about the most promising prompts first, and saying what that missed."""
