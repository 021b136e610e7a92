"""BenchBuilder: from a crowdsourced prompt dump to a hard benchmark and a leaderboard."""

__version__ = "0.1.0"
