"""The settings of every stage: one frozen model each. ``config`` reads and joins them.

Each key is explained in ``configs/default.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

#: The annotator that needs no key.
LOCAL = "local"

Share = Annotated[float, Field(ge=0, le=1)]
Score = Annotated[float, Field(ge=0, le=7)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Quota = Annotated[float, Field(ge=0)]
Similarity = Annotated[float, Field(gt=0, le=1)]


class Settings(BaseModel):
    """Frozen, compared by value, closed against unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    #: Settings that change no result (limits, time-outs): they never make a stage run again.
    indecisive: ClassVar[frozenset[str]] = frozenset()
    #: Settings that nobody reads while another one has one of these values.
    unread: ClassVar[Mapping[str, tuple[str, tuple[Any, ...]]]] = {}

    @model_validator(mode="before")
    @classmethod
    def _empty_is_default(cls, raw: Any) -> Any:
        """A section whose lines are all commented out has its defaults."""
        return {} if raw is None else raw

    def decisive(self) -> dict[str, Any]:
        """The settings that decide a result, as plain values."""
        idle = {
            key for key, (other, while_) in self.unread.items() if getattr(self, other) in while_
        }
        return self.model_dump(mode="json", exclude=idle | self.indecisive)


class Seeded(Settings):
    """Settings of a stage that draws at random; the seed comes from the top of the config."""

    seed: int = 42


class ModelSettings(Settings):
    """One language model, declared once and used by name everywhere."""

    indecisive = frozenset(
        {
            "base_url",
            "base_url_env",
            "api_key_env",
            "timeout_seconds",
            "concurrency",
            "requests_per_minute",
            "tokens_per_minute",
            "max_attempts",
            "max_wait_seconds",
            "batch_poll_seconds",
            "input_usd_per_million",
            "output_usd_per_million",
        }
    )

    model: str | None = None  # the name the endpoint knows; the declared name when null
    revision: str | None = None  # a date or digest; changing it asks everything anew
    base_url: str | tuple[str, ...] | None = None  # several: used in turn; null: OpenAI's own
    base_url_env: str | None = None  # the variable to read the URL from when base_url is null
    api_key_env: str | None = None  # the NAME of the variable; the key itself stands in no file
    system_prompt: str | None = None
    temperature: float | None = 0.0  # null: the server's default, as for the three below
    top_p: float | None = None
    max_tokens: Positive | None = 2048
    reasoning_effort: str | None = None
    extra_body: dict[str, Any] = Field(default_factory=dict)
    structured: bool = True  # ask for a JSON schema where a stage has one
    timeout_seconds: Annotated[float, Field(gt=0)] = 300.0  # of one call, queueing included
    concurrency: Positive | None = None  # null: adapts between 1 and 200
    requests_per_minute: Positive | None = None
    tokens_per_minute: Positive | None = None
    max_attempts: Positive = 6
    max_wait_seconds: Annotated[float, Field(gt=0)] = 120.0  # a longer retry-after stops the run
    batch_poll_seconds: Annotated[float, Field(gt=0)] = 30.0
    input_usd_per_million: Annotated[float, Field(ge=0)] | None = None  # null: the price table's
    output_usd_per_million: Annotated[float, Field(ge=0)] | None = None


class IngestSettings(Settings):
    indecisive = frozenset({"max_bad_rows"})
    unread = {
        "private_model": ("private_engine", ("rules",)),
        "similarity": ("near_duplicates", (False,)),
    }
    format: str = "auto"
    text_column: str | None = None
    id_column: str | None = None
    conversation_column: str | None = None
    languages: tuple[str, ...] | None = None
    min_chars: Count = 8
    max_chars: Positive | None = None
    min_tokens: Count = 0
    max_tokens: Positive | None = None
    images: Literal["ignore", "drop"] = "ignore"  # prompts that came with images
    flagged: Literal["drop", "keep"] = "drop"  # what the dump's own safety flags do
    private: Literal["redact", "drop", "keep"] = "redact"  # e-mail addresses, phone numbers, …
    private_engine: Literal["rules", "presidio"] = "rules"  # presidio: an extra, after the rules
    private_model: str | None = None  # a spaCy pipeline for presidio, to find names; null: none
    near_duplicates: bool = True
    similarity: Annotated[float, Field(gt=0, le=1)] = 0.75  # of near duplicates (Jaccard)
    per_template: Positive | None = 50  # prompts of one shape that are kept; null: all
    max_bad_rows: Count = 100


class EmbedSettings(Settings):
    indecisive = frozenset({"device"})
    unread = {
        "model": ("backend", ("tfidf",)),
        "max_tokens": ("backend", ("tfidf",)),
        "long_prompts": ("backend", ("tfidf",)),
        "precision": ("backend", ("tfidf", "endpoint")),
        "dimensions": ("backend", ("sentence-transformers", "endpoint")),
    }
    backend: Literal["auto", "sentence-transformers", "endpoint", "tfidf"] = "auto"
    # Of endpoint: the name of a declared model.
    model: str = "sentence-transformers/all-MiniLM-L6-v2"
    max_tokens: Positive = 256
    long_prompts: Literal["head", "head-tail", "windows"] = "head"  # what stands for a longer one
    precision: Literal["auto", "float32", "bfloat16"] = "auto"  # of the calculation
    device: str = "auto"  # as torch names it: cpu, cuda, cuda:1, mps
    dimensions: Positive = 384  # of the tfidf backend; a model brings its own
    storage: Literal["float32", "float16"] = "float32"  # of the vectors in the file


class ClusterSettings(Seeded):
    # What files say decides, not where they lie: their digests stand in the stage's identity.
    indecisive = frozenset({"since", "template"})
    unread = {
        "n_components": ("method", ("evoc",)),
        "epochs": ("method", ("evoc",)),
        "threads": ("method", ("umap-hdbscan",)),
        "earlier": ("since", (None,)),
    }
    method: Literal["umap-hdbscan", "evoc"] = "umap-hdbscan"
    min_cluster_size: Annotated[int, Field(ge=2)] | Literal["auto"] = "auto"
    n_neighbors: Annotated[int, Field(ge=2)] = 15
    n_components: Positive = 5
    epochs: Positive = 100  # of the layout; twice as many change next to nothing
    threads: Positive = 1  # of evoc, whose result depends on them
    noise: Literal["drop", "keep", "nearest"] = "nearest"
    fit_at_most: Annotated[int, Field(ge=100)] = 100_000  # of more prompts a sample is clustered
    keywords: Positive = 6
    areas: Count | Literal["auto"] = "auto"  # the coarser level; 0: none
    namer: str | None = None  # a declared model that names the topics; null: their keywords do
    template: str = "name-topic"
    since: str | None = None  # a release or run folder whose topics go on
    earlier: Literal["assign", "match"] = "assign"  # how they go on


class CascadeSettings(Settings):
    """Ask a model about the most promising prompts first."""

    enabled: bool = False
    min_score: Score = 5  # a prompt with this score counts as found
    spare: Annotated[float, Field(ge=1)] | None = 2.0  # stop at so many for each question wanted
    max_share: Annotated[float, Field(gt=0, le=1)] = 0.35  # of the prompts: the most to ask about
    max_calls: Positive | None = None  # the same as a number
    seed_calls: Positive = 50  # before the first training
    growth: Annotated[float, Field(gt=0)] = 0.1  # calls of a round, as a share of those before it
    audit_share: Annotated[float, Field(ge=0, lt=1)] = 0.05  # of the calls, drawn at random


class FirstSettings(Settings):
    """A cheap annotator that reads everything; the other one reads what passes."""

    annotator: str | None = None  # null: one stage only
    min_score: Score = 5
    min_cluster_score: Score | None = 3  # the mean of a prompt's topic; null: any


class AnnotateSettings(Seeded):
    # What files say decides, not where they lie: their digests stand in the stage's identity.
    indecisive = frozenset({"max_failure_rate", "batch", "head", "template"})
    annotator: str = "local"
    panel: tuple[str, ...] = ()  # more annotators beside the one above; each reads every prompt
    first: FirstSettings = FirstSettings()
    cascade: CascadeSettings = CascadeSettings()
    head: str | None = None  # a shipped head or a file; null: the one that fits the embeddings
    template: str = "annotate"
    max_failure_rate: Share = 0.05
    max_prompt_chars: Positive = 24000
    batch: bool = False  # through the Batch API: half the price, up to a day's wait

    @model_validator(mode="after")
    def _one_way_to_spare_calls(self) -> AnnotateSettings:
        if self.cascade.enabled and self.first.annotator is not None:
            raise ValueError(
                "`annotate.first` and `annotate.cascade` exclude each other: set "
                "`annotate.first.annotator` to null, or `annotate.cascade.enabled` to false"
            )
        if len(set(self.names)) < len(self.names):
            raise ValueError(
                f"an annotator is named twice among {', '.join(self.names)} (`annotator`, `panel` "
                "and `first.annotator`)"
            )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Every annotator that is asked."""
        first = () if self.first.annotator is None else (self.first.annotator,)
        return (self.annotator, *self.panel, *first)

    def decisive(self) -> dict[str, Any]:
        """Without what decides nothing here: only a cascade draws at random, only models are shown
        a prompt that may be too long for them."""
        values = super().decisive()
        if not self.cascade.enabled:
            del values["seed"], values["cascade"]
        if self.first.annotator is None:
            del values["first"]
        if set(self.names) == {LOCAL}:
            del values["max_prompt_chars"]
        return values


class Quotas(Settings):
    """Counts by the value of a column; ``"*"`` stands for every value without an entry."""

    language: dict[str, Quota] = Field(default_factory=dict)  # by the code of the language
    topic: dict[str, Quota] = Field(default_factory=dict)  # by the topic's name or its number

    @field_validator("language", "topic", mode="before")
    @classmethod
    def _numbers_are_names(cls, raw: Any) -> Any:
        if raw is None:
            return {}
        if not isinstance(raw, Mapping):
            return raw
        return {str(key) if type(key) is int else key: value for key, value in raw.items()}


class SampleSettings(Seeded):
    # What the files say decides, not where they lie: their digests stand in the stage's identity.
    indecisive = frozenset({"must_include", "must_exclude", "exclude"})
    unread = {
        "pick_prompts": ("strategy", ("score-weighted", "diverse")),
        "max_share": ("target", (None,)),
        "exclude_jaccard": ("exclude", ((),)),
        "exclude_cosine": ("exclude", ((),)),
    }
    strategy: Literal["per-cluster", "proportional", "score-weighted", "diverse"] = "per-cluster"
    annotators: tuple[str, ...] | None = None  # whose majority gives the score; null: all
    min_score: Score = 6
    min_score_floor: Score | None = 5  # how far the threshold may go down; null: not at all
    min_cluster_score: Score | None = None
    mean_over: Literal["all", "eligible"] = "all"
    per_cluster: Positive | None = None
    clusters: Positive | None = None
    pick_clusters: Literal["random", "best"] = "random"
    pick_prompts: Literal["random", "best"] = "best"
    target: Positive | None = 500
    max_share: Annotated[float, Field(gt=0, le=1)] = 0.1
    noise: Literal["exclude", "include"] = "exclude"
    max_tokens: Positive | None = None  # longer prompts are left out
    at_most: Quotas = Quotas()  # a number, or under 1 a share of the questions asked for
    at_least: Quotas = Quotas()  # these are drawn first
    max_similarity: Similarity | None = None  # cosine between two questions; null: no limit
    must_include: tuple[str, ...] = ()  # files of ids that are questions whatever their score
    must_exclude: tuple[str, ...] = ()  # files of ids that a person turned down
    exclude: tuple[str, ...] = ()  # benchmarks whose questions must not come back
    exclude_jaccard: Similarity = 0.7  # of two texts that count as the same question
    exclude_cosine: Similarity | None = 0.93  # the same by embedding; null: texts alone decide

    def decisive(self) -> dict[str, Any]:
        """Without what decides nothing here: nobody looks at a topic's mean where no topic is
        closed by it or drawn for it."""
        values = super().decisive()
        if self.min_cluster_score is None and self.pick_clusters == "random":
            del values["mean_over"]
        return values

    @model_validator(mode="after")
    def _shares_need_a_target(self) -> SampleSettings:
        quotas = (self.at_most, self.at_least)
        values = [v for q in quotas for part in (q.language, q.topic) for v in part.values()]
        if self.target is None and any(0 < value < 1 for value in values):
            raise ValueError(
                "a quota under 1 is a share of `sample.target`, which is null: give a count, or a "
                "target"
            )
        return self


class MapSettings(Seeded):
    max_prompts: Positive = 20_000  # more: a seeded sample of them is drawn


class AnswerSettings(Settings):
    indecisive = frozenset({"max_failure_rate", "batch"})
    samples: Positive = 1  # answers to each question; more need a temperature above 0
    limit: Positive | None = None  # the first N questions only, for a trial
    max_failure_rate: Share = 0.05
    batch: bool = False  # through the Batch API


class JudgeSettings(Settings):
    # What templates and rubrics say decides: their digests stand in the stage's identity.
    # Duplicates are settled where answers are read.
    indecisive = frozenset({"max_failure_rate", "min_coverage", "batch", "duplicates"}) | {
        "template", "templates", "rubrics"
    }  # fmt: skip
    judge: str = "recorded"
    baseline: str | None = None
    panel: tuple[str, ...] = ()  # more judges beside the one above; each judges every game
    template: str = "judge"
    templates: dict[str, str] = Field(default_factory=dict)  # by category, where not the one above
    rubrics: dict[str, str] = Field(default_factory=dict)  # by category: a rubric, or its file
    baselines: dict[str, str] = Field(default_factory=dict)  # by category, where not --baseline
    reference: str | None = None  # a model whose answers the judge leans on; it does not play
    positions: Literal["both", "alternate"] = "both"
    judge_samples: Positive = 1  # verdicts asked for each game; more need a temperature above 0
    self_play: bool = False  # the baseline against itself: an A/A test of the judge
    # "top-10": models that are certainly not among the best 10 are judged no further
    stop: Annotated[str, Field(pattern=r"^top-[1-9][0-9]*$")] | None = None
    stop_every: Positive = 25  # questions between two looks
    max_answer_chars: Positive = 60000
    max_failure_rate: Share = 0.05
    min_coverage: Share = 0.95
    duplicates: Literal["error", "first", "last"] = "error"
    batch: bool = False  # through the Batch API

    @property
    def recorded(self) -> bool:
        """Whether the judge replays a file of judgments: ``recorded``, ``recorded:NAME``."""
        return self.judge.partition(":")[0] == "recorded"

    def decisive(self) -> dict[str, Any]:
        """Without what decides nothing here: a recorded judge is shown no answers, and without a
        stop there are no looks."""
        values = super().decisive()
        if self.recorded:
            del values["max_answer_chars"]
        if self.stop is None:
            del values["stop_every"]
        return values


class ReportSettings(Seeded):
    unread = {"style_exact": ("style", ((),))}
    rounds: Positive = 1000
    interval: Literal["auto", "wald"] = "auto"  # wald: estimate ± z·error, as published tables have
    resample: Literal["prompt", "topic", "vote"] = "prompt"
    weighting: Literal["strong3", "strong1", "graded"] = "strong3"
    null_game: Literal["drop", "keep"] = "drop"
    # use: a judge's continuous preference counts in place of its verdict, where every game has one
    preferences: Literal["use", "ignore"] = "use"
    # each: every judge weighs the same; ensemble: one verdict a game, the mean of their verdicts
    judges: Literal["each", "ensemble"] = "each"
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    style: tuple[Literal["length", "markdown"], ...] = ()
    style_exact: bool = False  # refit every bootstrap round, instead of one step from the fit
