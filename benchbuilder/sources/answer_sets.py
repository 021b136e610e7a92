"""Answers of several origins in one table."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.schemas import ANSWERS

#: Where an answer comes from (the column ``origin``).
ASKED, DUMP, FILE, IMPORT = "asked", "dump", "file", "import"


def beside(kept: pa.Table, new: pa.Table, origin: str) -> pa.Table:
    """The answers that are there, less those of the new ones' models, and the new ones.

    Model by model in the order of their names, so that the order of asking never shows.
    """
    field = ANSWERS.schema.field("origin")
    place = new.schema.get_field_index("origin")
    new = new.set_column(place, field, pa.array([origin] * new.num_rows, pa.string()))
    renewed = pc.is_in(kept["model"], value_set=pc.unique(new["model"]))
    kept = kept.filter(pc.invert(renewed))
    if not kept.num_rows:
        return new
    both = pa.concat_tables([kept.cast(ANSWERS.schema), new.cast(ANSWERS.schema)])
    models = sorted(set(both["model"].to_pylist()))
    return pa.concat_tables([both.filter(pc.equal(both["model"], model)) for model in models])
