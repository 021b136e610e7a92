"""``annotate``: prompts → which of the seven criteria each of them meets.

The annotator is a language model (``complete``, through a template) or a trained head (``head``,
through surface features and, where the head names an encoder, the prompts' vectors). The column
``annotator`` holds the name under which the settings know it: ``local`` or a declared model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import cast

import pyarrow as pa

from benchbuilder.annotating.head import Head, with_head
from benchbuilder.annotating.model import with_model
from benchbuilder.annotating.rows import RowsOf
from benchbuilder.cascade.stages import in_rounds, in_two_stages
from benchbuilder.errors import ConfigError
from benchbuilder.llm.types import Complete
from benchbuilder.observe import Observer
from benchbuilder.schemas import ANNOTATIONS
from benchbuilder.settings import AnnotateSettings


def annotate(
    prompts: Iterator[pa.RecordBatch],
    embeddings: pa.Table,
    clusters: pa.Table | None = None,
    *,
    settings: AnnotateSettings,
    head: Head | None = None,
    complete: Complete | None = None,
    template: str | None = None,
    panel: Mapping[str, Head | Complete] | None = None,
    first: Head | Complete | None = None,
    needed: int | None = None,
    observe: Observer,
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Yield ``("annotations", batch)`` for each batch of prompts (prompt_id, system, text).

    Give either ``head`` or ``complete`` with the text of a ``template``; ``panel`` holds more
    annotators by name. Figures: ``statuses`` (rows by status). A row without an answer has nulls, a
    status and a reason, never seven False.

    With ``settings.first`` its annotator (``first``) reads every prompt, and the others what
    passes; ``clusters`` give the topics for its means. With ``settings.cascade`` the model is asked
    about the most promising prompts until ``needed`` good ones are found; ``head`` gives the start.
    A prompt that an annotator was spared has a row with the status ``not_asked``; after a cascade
    its ``p_*`` hold what is expected of it.

    Raises:
        ConfigError: the template does not fit, or a cascade has no model.
        InputError: a head needs vectors and a prompt has none.
        CompletionError: the model's client stops the run.
    """
    statuses: Counter[str] = Counter()
    prompts = (batch for batch in prompts if batch.num_rows)
    main = head if complete is None else complete
    makers = {
        name: _rows_of(name, annotator, template, embeddings, settings, observe)
        for name, annotator in {settings.annotator: main, **(panel or {})}.items()
    }
    if settings.cascade.enabled:
        if complete is None or head is None:
            raise ConfigError(
                "annotate.cascade asks a language model, and annotate.annotator names none",
                hint="--set annotate.annotator=openai, or a model declared under `models:`",
            )
        batches = in_rounds(
            prompts, embeddings, makers, head, settings, needed=needed, observe=observe
        )
    elif settings.first.annotator is not None:
        name = settings.first.annotator
        reads_all = _rows_of(name, first, template, embeddings, settings, observe)
        batches = in_two_stages(prompts, clusters, reads_all, makers, settings, observe)
    else:
        batches = (rows_of(batch) for batch in prompts for rows_of in makers.values())
    for rows in batches:
        statuses.update(row["status"] for row in rows)
        yield "annotations", pa.RecordBatch.from_pylist(rows, schema=ANNOTATIONS.schema)
    observe.figure("statuses", dict(sorted(statuses.items())))


def _rows_of(
    name: str,
    annotator: Head | Complete | None,
    template: str | None,
    embeddings: pa.Table,
    settings: AnnotateSettings,
    observe: Observer,
) -> RowsOf:
    if annotator is None:
        raise TypeError("annotate needs a head, or complete and a template")
    if hasattr(annotator, "annotate"):
        return with_head(cast(Head, annotator), name, embeddings, observe)
    if template is None:
        raise TypeError("annotate needs a head, or complete and a template")
    return with_model(annotator, name, template, settings)
