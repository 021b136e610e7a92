"""Judging: which games there are, what a judge is shown, what comes of it.

==============  ===================================================================================
``coverage``    do the answers fit the questions? (missing, unknown, repeated, empty ones)
``games``       who plays whom on which question, and who stands on which side?
``shield``      what in an answer could speak to the judge, and how is it disarmed?
``prompts``     the messages of one game, from a template
``rubrics``     what the judge must look for in a question
``outcome``     what came of a game?
``asked``       a judge that is asked now
``structured``  the JSON that its server may hold it to
``recorded``    judgments of earlier, played again
``playing``     games before referees, a row for every one
``telling``     what a run must say of answers, categories and saved calls
``stopping``    judging a model no further once it is out of the top k
``ensemble``    several judges as one
``export``      everything in Arena-Hard's form
==============  ===================================================================================
"""
