"""What a report says: leaderboards as JSON values, from the numbers of ``benchbuilder.stats``.

``board`` makes one leaderboard and what qualifies it, ``against_human`` compares it with a human
ranking, ``style`` adds win rates at equal style. A value that does not exist is null with a reason.
"""
