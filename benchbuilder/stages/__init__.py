"""The stages: pure functions from tables to tables. None of them knows of a path or a clock."""
