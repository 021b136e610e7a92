"""Texts: normal forms, counts, templates and the parsers of what models write."""
