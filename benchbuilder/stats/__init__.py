"""The statistics behind a report. One question, one module:

===================  ======================================================================
verdicts             which verdicts exist, who wins, how much does each count?
games                which model stood where in each game, and what was the verdict?
battles              what did every model score on every prompt? (matrices S and W)
win_rate             how often does a model beat the baseline, and how sure is that?
bootstrap            the same by resampling prompts, topics or votes
separability         which models can be told apart, and which ranks are possible?
max_t                which ranks are possible for all models at once?
human, votes         what do people say? (a ranking, or votes turned into one)
agreement            does the benchmark order models as people do? (also: Brier score)
correlation          Spearman and Kendall, with intervals over models
judge_health         can this judge be trusted? (position, flips, ties, nulls, itself)
length_preference    does a judge prefer the longer answer?
judge_agreement      do several judges agree? (Krippendorff's α)
annotators           do several annotators agree on the seven criteria?
bradley_terry        how strong are many models that met each other, without a baseline?
style                who would win at equal length and equal markdown? (``style_features``:
                     what differs; ``style_fit``: the fit; ``style_bootstrap``: its draws)
length_control       who would win at equal length? (AlpacaEval's question, minimal form)
topics               who leads on which topic, and what is the consensus of topics?
sequential           which intervals hold at every look, and who is certainly out?
                     (``stopped``: what can be said of a model that was stopped)
discrimination       how much does each prompt separate models?
pilot                how many prompts are needed?
benchmarks           how do several benchmarks compare on the same models?
selection            does a selection of prompts measure better than chance would? (``subsets``:
                     what it is held against; ``subset_measures``, ``subset_comparison``: how)
===================  ======================================================================

Arrays are models × prompts unless a docstring says otherwise; a value that does not exist is nan
in an array and None in a field, never 0. Results are frozen and carry the settings that made them.
"""
