"""Annotators: a language model through a template, or a trained head."""
