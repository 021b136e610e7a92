"""A release: a benchmark in a folder that anyone can check, compare and make again."""
