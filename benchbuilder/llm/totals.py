"""What the calls of a run folder came to: by stage and model, and what of it is not known."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from benchbuilder.llm.database import Database, open_database

# A call that the server turned down is not billed, so its missing usage is no gap.
_TURNED_DOWN = "'bad_request', 'context_overflow', 'content_filter', 'auth_failed'"
_QUERY = f"""
SELECT stage, model, COUNT(*), SUM(final), SUM(input_tokens), SUM(output_tokens),
       SUM(billed AND (input_tokens IS NULL OR output_tokens IS NULL)),
       SUM(cost_usd), SUM(billed AND cost_usd IS NULL)
FROM (
    SELECT *, NOT (status IN ({_TURNED_DOWN}, 'quota_exhausted') AND finish_reason IS NULL)
              AS billed
    FROM calls
)
GROUP BY stage, model ORDER BY MIN(id)
"""


class Total(NamedTuple):
    """The calls that a stage made to a model; those made in another run folder have no stage.

    ``final`` of them answer their question for good. Of ``uncounted`` calls the tokens are not
    known, of ``unpriced`` ones the cost; the sums are over the others, and None where there are
    none.
    """

    stage: str | None
    model: str
    calls: int
    final: int
    input_tokens: int | None
    output_tokens: int | None
    uncounted: int
    cost_usd: float | None
    unpriced: int


def totals_of(path: Path) -> list[Total]:
    """The totals of a completion cache; none where there is no file."""
    if not path.is_file():
        return []
    with closing(open_database(path)) as db:
        return read_totals(db)


def read_totals(db: Database) -> list[Total]:
    """Totals in the order in which the stages first called."""
    totals = [Total(*row) for row in db.execute(_QUERY)]
    return [t if t.unpriced else t._replace(cost_usd=t.cost_usd or 0.0) for t in totals]
