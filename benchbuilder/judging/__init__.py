"""Judging without a judge: which games there are, what a judge is shown, what was recorded.

==============  ===================================================================================
``coverage``    do the answers fit the questions? (missing, unknown, repeated, empty ones)
``games``       who plays whom on which question, and who stands on which side?
``shield``      what in an answer could speak to the judge, and how is it disarmed?
``prompts``     the messages of one game, from a template
``outcome``     what came of a game?
``recorded``    judgments of earlier, played again
==============  ===================================================================================
"""
