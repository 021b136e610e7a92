"""The statistics behind a report. One question, one module:

===================  ==============================================================================
``verdicts``         which verdicts exist, who wins, how much does each count?
``games``            which model stood where in each game, and what was the verdict?
``battles``          what did every model score on every prompt? (judgments -> matrices S and W)
``win_rate``         how often does a model beat the baseline, and how sure is that?
``bootstrap``        the same by resampling prompts, topics or votes
``separability``     which models can be told apart, and which ranks are possible?
``max_t``            which ranks are possible for all models at once?
``human``            what do people say? (ranking or votes -> ratings, matched to our models)
``agreement``        does the benchmark order models as people do? (three variants, Brier score)
``correlation``      Spearman and Kendall, with intervals over models
``judge_health``     can this judge be trusted? (position, flips, ties, nulls, length, itself)
``judge_agreement``  do several judges agree?
``bradley_terry``    ratings from a graph of many models without one baseline
``style``            who would win at equal length and equal markdown?
``length_control``   AlpacaEval's question: who would win at equal length? (minimal form)
``topics``           who leads on which topic, and what is the consensus of topics?
===================  ==============================================================================

Arrays are models × prompts unless a docstring says otherwise; a value that does not exist is nan
in an array and None in a field, never 0. Results are frozen and carry the settings that made them.
"""
