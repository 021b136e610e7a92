"""What people (or another independent reader) think of models: a ranking to compare with.

Three forms, recognised by their columns, as CSV, TSV, JSONL or Parquet:

- ratings: ``model, rating, lower, upper`` (one leaderboard in the file);
- votes: ``model_a, model_b, winner`` (``model_a``, ``model_b``, ``tie`` or ``tie (bothbad)``);
- orders: two columns without a header, a question id and an order such as ``x>y=z``: every pair
  of the order is one vote, and the votes of one question belong together.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet as pq

from benchbuilder.errors import InputError
from benchbuilder.sources.paths import read_text
from benchbuilder.sources.records import delimiter_of

RATING_COLUMNS = ("model", "rating", "lower", "upper")
VOTE_COLUMNS = ("model_a", "model_b", "winner")
#: The question is there where the votes came from orders.
VOTES = pa.schema([(name, pa.string()) for name in (*VOTE_COLUMNS, "question_id")])
_DECIMAL_COMMA = re.compile(rb"\d,\d")
_ORDER = re.compile(r"[^>=]+([>=][^>=]+)+")


def read_human(path: Path, option: str = "--human") -> pa.Table:
    """A table with ``RATING_COLUMNS``, or with ``VOTE_COLUMNS`` and maybe ``question_id``.

    ``option``: the word of the command that the path was given with.

    Raises:
        InputError: no such file, a file that cannot be read, or none of the three forms.
    """
    if not path.is_file():
        raise InputError("no such file", file=path, hint=f"check the path given to {option}")
    if path.suffix == ".tsv" and _is_orders(path):
        return _votes_of_orders(path)
    table = _read(path)
    for columns in (RATING_COLUMNS, VOTE_COLUMNS):
        if set(columns) <= set(table.column_names):
            kept = [*columns, "question_id"] if columns is VOTE_COLUMNS else columns
            return table.select([name for name in kept if name in table.column_names])
    raise InputError(
        f"columns {', '.join(table.column_names)} are no ranking",
        file=path,
        hint=f"{option}: expected {', '.join(RATING_COLUMNS)}, or {', '.join(VOTE_COLUMNS)} and "
        "maybe question_id",
    )


def read_names(path: Path) -> dict[str, str]:
    """A name map: columns ``model`` (ours) and ``human`` (theirs); CSV or TSV.

    Raises:
        InputError: no such file or other columns.
    """
    if not path.is_file():
        raise InputError("no such file", file=path, hint="check the path given to --names")
    table = _read(path)
    if not {"model", "human"} <= set(table.column_names):
        raise InputError(
            f"columns {', '.join(table.column_names)} are no name map",
            file=path,
            hint="--names: expected the columns model (ours) and human (theirs)",
        )
    pairs = zip(table["model"].to_pylist(), table["human"].to_pylist(), strict=True)
    return {str(ours): str(theirs) for ours, theirs in pairs if ours and theirs}


def _read(path: Path) -> pa.Table:
    try:
        if path.suffix == ".parquet":
            return pq.read_table(path)
        # Arrow would take what is not UTF-8 for bytes, and a name for another one.
        text = read_text(path).encode()
        if path.suffix in (".jsonl", ".json"):
            return pyarrow.json.read_json(pa.BufferReader(text))
        delimiter = delimiter_of(path.suffix.removeprefix("."), text)
        decimal = "," if delimiter == ";" and _DECIMAL_COMMA.search(text) else "."
        return pyarrow.csv.read_csv(
            pa.BufferReader(text),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter),
            convert_options=pyarrow.csv.ConvertOptions(decimal_point=decimal),
        )
    except pa.ArrowInvalid as error:
        raise InputError(
            f"cannot be read: {error}", file=path, hint="give it as CSV, TSV, JSONL or Parquet"
        ) from error


def _is_orders(path: Path) -> bool:
    cells = read_text(path).partition("\n")[0].split("\t")
    return len(cells) == 2 and _ORDER.fullmatch(cells[1].strip()) is not None


def _votes_of_orders(path: Path) -> pa.Table:
    rows = []
    for line, text in enumerate(read_text(path).splitlines(), start=1):
        if not text.strip():
            continue
        cells = text.split("\t")
        if len(cells) != 2 or not _ORDER.fullmatch(cells[1].strip()):
            raise InputError(f"not an order such as x>y=z: {text!r}", file=path, line=line)
        rows += [vote | {"question_id": cells[0]} for vote in parse_order(cells[1])]
    return pa.Table.from_pylist(rows, schema=VOTES)


def parse_order(order: str) -> list[dict[str, str]]:
    """``x>y=z`` is three votes: x beats y, x beats z, y ties with z."""
    groups = [group.split("=") for group in order.strip().split(">")]
    place = {name.strip(): rank for rank, group in enumerate(groups) for name in group}
    return [
        {"model_a": a, "model_b": b, "winner": "tie" if place[a] == place[b] else "model_a"}
        for a, b in itertools.combinations(place, 2)
    ]
