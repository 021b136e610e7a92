"""The artifacts of a run: one Arrow schema and one key each. Read this file first.

Tables are joined on these keys and never zipped by position. A nullable column is null where a
value does not exist; the ``status`` beside it says why.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

#: The seven criteria of a hard prompt, in the order in which they are numbered 1 to 7.
CRITERIA: tuple[str, ...] = (
    "specificity",
    "domain_knowledge",
    "complexity",
    "problem_solving",
    "creativity",
    "technical_accuracy",
    "real_world",
)

#: Outcomes that asking again cannot change. Every other status but ``ok`` is asked again.
FINAL_STATUSES = frozenset(
    {"ok", "content_filter", "context_overflow"}
    | {"not_asked"}  # a prompt that an annotator was spared
    | {"missing_answer", "empty_answer", "failed_answer", "stopped"}  # games nobody was asked about
)
#: What a model said for an answer stands: asking until it pleases would be no measurement.
FINAL_FOR_ANSWERS = FINAL_STATUSES | {"truncated", "refused", "reasoning_only", "empty"}

Table = pa.Table
_text, _flag, _count, _big = pa.string(), pa.bool_(), pa.int32(), pa.int64()
_real, _money = pa.float32(), pa.float64()
TURNS = pa.list_(pa.struct([("role", _text), ("content", _text)]))
COUNTS = pa.list_(pa.struct([("kind", _text), ("count", _count)]))


@dataclass(frozen=True)
class Artifact:
    """A table of the run folder: ``NAME.parquet`` with this schema, unique on ``key``.

    Rows with a status that is not ``final`` are asked for again.
    """

    name: str
    key: tuple[str, ...]
    schema: pa.Schema
    final: frozenset[str] = FINAL_STATUSES

    @property
    def filename(self) -> str:
        return f"{self.name}.parquet"


def _artifact(
    name: str,
    key: str,
    *columns: tuple[str, pa.DataType] | pa.Field,
    final: frozenset[str] = FINAL_STATUSES,
) -> Artifact:
    """Columns given as a pair may be null; ``_required`` ones may not; key columns never."""
    keys = tuple(key.split())
    fields = [c if isinstance(c, pa.Field) else pa.field(*c) for c in columns]
    fields = [f.with_nullable(False) if f.name in keys else f for f in fields]
    return Artifact(name, keys, pa.schema(fields), final)


def _required(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


CONVERSATIONS = _artifact(
    "conversations",
    "conversation_id",
    ("conversation_id", _text),
    ("source_id", _text),  # the dump's own id as it stood
    _required("source", _text),  # the name of the dump format
    _required("file", _text),
    _required("row", _big),  # counted from 1: the line of a JSONL file, the record of others
    ("system", _text),
    ("turns", TURNS),
    ("model", _text),
    ("timestamp", pa.timestamp("us", tz="UTC")),
    ("language_declared", _text),
)
PROMPTS = _artifact(
    "prompts",
    "prompt_id",
    ("prompt_id", _text),
    _required("conversation_id", _text),
    ("system", _text),
    _required("text", _text),
    _required("language", _text),  # ISO 639-1, or "unknown"
    ("language_declared", _text),
    _required("occurrences", _count),
    _required("n_chars", _count),
    _required("n_tokens", _count),
    ("repairs", COUNTS),
    ("redactions", COUNTS),
)
REJECTS = _artifact(
    "rejects",
    "conversation_id",
    ("conversation_id", _text),
    _required("reason", _text),
    ("kept_as", _text),  # prompt_id of the keeper, for duplicates
    ("detail", _text),
    _required("file", _text),
    _required("row", _big),
)
EMBEDDINGS = _artifact(
    "embeddings",
    "prompt_id",
    ("prompt_id", _text),
    _required("vector", pa.list_(_real)),  # stored as a fixed-size list, width of the encoder
    _required("truncated", _flag),  # the encoder did not read all of the text
    ("windows", _count),  # the vector is the mean of so many windows of the text
)
CLUSTERS = _artifact(
    "clusters",
    "prompt_id",
    ("prompt_id", _text),
    _required("topic_id", _count),  # -1 is noise
    _required("probability", _real),
)
TOPICS = _artifact(
    "topics",
    "topic_id",
    ("topic_id", _count),
    _required("name", _text),
    ("name_source", _text),  # namer, keywords, or earlier: it stood in the run that this goes on
    _required("keywords", pa.list_(_text)),
    _required("size", _count),
    ("area_id", _count),  # a coarser level: topics about one field; null where there is none
    ("area", _text),
    _required("example_prompt_ids", pa.list_(_text)),
)
CENTROIDS = _artifact(
    "centroids",
    "topic_id",
    ("topic_id", _count),  # of topics, and of all earlier ones: no number is given twice
    _required("name", _text),
    ("area_id", _count),
    ("area", _text),
    ("floor", _real),  # cosine to the vector from which a new prompt belongs here
    ("vector", pa.list_(_real)),  # the mean of the topic's dense core; null: another encoder's
)
ANNOTATIONS = _artifact(
    "annotations",
    "prompt_id annotator",
    ("prompt_id", _text),
    ("annotator", _text),
    *[(criterion, _flag) for criterion in CRITERIA],
    ("quality_score", pa.int8()),  # 0-7, null when any criterion is
    *[(f"p_{criterion}", _real) for criterion in CRITERIA],
    _required("status", _text),
    ("detail", _text),
    ("tokens", _count),
    ("cost_usd", _money),
)
SELECTION = _artifact(
    "selection",
    "prompt_id",
    ("prompt_id", _text),
    _required("selected", _flag),
    _required("reason", _text),
    ("detail", _text),  # what it matches, who turned it down, which limit it would break
    _required("topic_id", _count),
    ("quality_score", pa.int8()),
)
TOPIC_SCORES = _artifact(
    "topic_scores",
    "topic_id",
    ("topic_id", _count),
    ("mean_score", _money),  # null where nothing was scored
    ("hard_share", _money),
    _required("scored", _count),
    _required("eligible", _count),
    _required("reason", _text),
    _required("picked", _count),
)
QUESTIONS = _artifact(
    "questions",
    "question_id",
    ("question_id", _text),
    ("system", _text),
    _required("text", _text),  # the first user turn
    ("turns", pa.list_(_text)),  # all user turns, where there is more than one
    ("category", _text),
    ("topic", _text),
    ("quality_score", pa.int8()),
    ("language", _text),
    ("rubric", _text),  # what a judge must look for in this question, where a template shows it
)
MAP = _artifact(
    "map",
    "prompt_id",
    ("prompt_id", _text),
    _required("x", _real),  # for drawing only; the axes have no meaning
    _required("y", _real),
)
ANSWERS = _artifact(
    "answers",
    "question_id model sample",
    ("question_id", _text),
    ("model", _text),
    ("sample", _count),
    ("text", _text),
    ("thinking", _text),
    ("finish_reason", _text),
    _required("status", _text),
    ("tokens", _count),
    ("headers", _count),
    ("lists", _count),  # items, ordered and unordered
    ("bold", _count),
    ("ordered_lists", _count),  # the ordered ones of the items
    ("code_blocks", _count),
    ("cost_usd", _money),
    ("origin", _text),  # asked, dump, file or import: where the answer comes from
    final=FINAL_FOR_ANSWERS,
)
JUDGMENTS = _artifact(
    "judgments",
    "question_id model answer_sample baseline judge judge_sample game",
    ("question_id", _text),
    ("model", _text),
    ("answer_sample", _count),
    ("baseline", _text),
    ("judge", _text),
    ("judge_sample", _count),
    ("game", _count),  # 1: the baseline stands on side A; 2: the model does
    _required("answer_a", _text),  # model names: who stood on which side
    _required("answer_b", _text),
    ("verdict", _text),
    ("preference", _money),  # the model's share of the win, 0 to 1, from judges that give one
    _required("status", _text),
    ("detail", _text),
    ("text", _text),
    ("tokens", _count),
    ("cost_usd", _money),
)
LEADERBOARD = _artifact(
    "leaderboard",
    "model baseline category judge",
    ("model", _text),
    ("baseline", _text),
    ("category", _text),
    ("judge", _text),
    ("win_rate", _money),
    ("lower", _money),
    ("upper", _money),
    ("standard_error", _money),
    ("rank_low", _count),
    ("rank_high", _count),
    _required("prompts", _count),
    ("coverage", _money),
    ("mean_tokens", _money),
    ("cost_usd", _money),  # of the model's answers, where it was recorded
    ("note", _text),
)
PAIRS = _artifact(
    "pairs",
    "model other baseline category judge",
    ("model", _text),  # the one with the higher win rate
    ("other", _text),
    ("baseline", _text),
    ("category", _text),
    ("judge", _text),
    ("difference", _money),  # of the win rates, on the shared questions
    ("lower", _money),
    ("upper", _money),
    ("p_value", _money),
    ("separated_paired", _flag),  # lower and upper leave out 0
    ("separated_disjoint", _flag),  # the two intervals of the leaderboard share no point
)
BREAKDOWN = _artifact(
    "breakdown",
    "model baseline category judge dimension part",
    ("model", _text),
    ("baseline", _text),
    ("category", _text),
    ("judge", _text),
    ("dimension", _text),  # topic, or judge where there are several
    ("part", _text),
    ("win_rate", _money),
    ("lower", _money),
    ("upper", _money),
    _required("prompts", _count),
)

ARTIFACTS: dict[str, Artifact] = {
    artifact.name: artifact
    for artifact in (
        CONVERSATIONS,
        PROMPTS,
        REJECTS,
        EMBEDDINGS,
        CLUSTERS,
        TOPICS,
        CENTROIDS,
        ANNOTATIONS,
        SELECTION,
        TOPIC_SCORES,
        QUESTIONS,
        MAP,
        ANSWERS,
        JUDGMENTS,
        LEADERBOARD,
        PAIRS,
        BREAKDOWN,
    )
}
