"""The task files that ``release export`` writes for lm-eval and for Inspect."""

from __future__ import annotations

LM_EVAL_TASK = """\
# Answers only, nothing is scored here: run with --log_samples and judge the answers.
task: {task}
custom_dataset: !function {task}_questions.load
test_split: test
output_type: generate_until
doc_to_text: "{{{{prompt}}}}"
doc_to_target: ""
generation_kwargs:
  until: []
  do_sample: false
  max_gen_toks: 4096
metric_list:
  - metric: bypass
metadata:
  version: 1
"""

LM_EVAL_LOADER = '''\
"""Reads questions.jsonl, which lies beside this file."""

from pathlib import Path

import datasets


def load(**_):
    """The split `test` with question_id, prompt, category and topic."""
    path = Path(__file__).with_name("questions.jsonl")
    return datasets.load_dataset("json", data_files={"test": str(path)})
'''

INSPECT_TASK = '''\
"""Answers only, nothing is scored here: judge the answers in the log."""

from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import Sample, json_dataset
from inspect_ai.model import ChatMessageSystem, ChatMessageUser
from inspect_ai.solver import solver

QUESTIONS = Path(__file__).with_name("questions.jsonl")


def _sample(record):
    """The first turn is the input; later ones wait in the metadata."""
    turns = record.get("turns") or [record["text"]]
    system = [ChatMessageSystem(content=record["system"])] if record.get("system") else []
    known = {key: record[key] for key in ("category", "topic", "language") if key in record}
    return Sample(
        id=record["question_id"],
        input=[*system, ChatMessageUser(content=turns[0])],
        metadata={**known, "later_turns": turns[1:]},
    )


@solver
def turn_by_turn():
    """An answer to each turn."""

    async def solve(state, generate):
        state = await generate(state)
        for turn in state.metadata["later_turns"]:
            state.messages.append(ChatMessageUser(content=turn))
            state = await generate(state)
        return state

    return solve


@task
def TASK_NAME():
    return Task(dataset=json_dataset(str(QUESTIONS), _sample), solver=turn_by_turn())
'''
