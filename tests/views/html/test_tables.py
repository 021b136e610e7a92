from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from benchbuilder.views.html.report import Report
from benchbuilder.views.html.tables import columnar, report_tables, score_counts, write_tables
from tests.views.html.games import BASELINE, NASTY_MODEL


def test_every_table_is_there_with_its_rows(made: Report) -> None:
    tables = report_tables(made)
    counts = {name: table.num_rows for name, table in tables.items()}
    assert counts["leaderboard"] == 6
    assert counts["pairs"] == 10
    assert counts["breakdown"] == 5 * (2 + 2), "models x (topics and judges)"
    assert counts["human"] == 4
    assert counts["judge_health"] == 7
    assert counts["style"] == 5
    assert counts["failures"] == 1
    assert counts["judge_directed"] == 1
    assert "waterfall" not in counts


def test_files_hold_what_the_tables_hold(made: Report, tmp_path: Path) -> None:
    tables = report_tables(made)
    written = write_tables(tables, tmp_path / "june")
    assert len(written) == 2 * len(tables)
    stored = pq.read_table(tmp_path / "june-pairs.parquet")
    assert stored.equals(tables["pairs"])
    csv = pyarrow.csv.read_csv(tmp_path / "june-leaderboard.csv")
    assert csv["win_rate"].to_pylist() == tables["leaderboard"]["win_rate"].to_pylist()
    assert NASTY_MODEL in csv["model"].to_pylist()


def test_columns_of_the_page_say_the_same_in_fewer_characters() -> None:
    table = pa.table(
        {
            "same": [BASELINE] * 3,
            "name": ["a", "b", "a"],
            "share": [0.123456789, None, float("nan")],
            "list": [["x"], [], None],
        }
    )
    assert columnar(table) == [
        {"name": "same", "constant": BASELINE},
        {"name": "name", "names": ["a", "b"], "codes": [0, 1, 0]},
        {"name": "share", "values": [0.12346, None, None]},
    ]


def test_scores_of_all_and_of_selected_prompts_add_up() -> None:
    selection = pa.table(
        {
            "quality_score": pa.array([7, 7, 3, None], pa.int8()),
            "selected": [True, False, False, False],
        }
    )
    counts = score_counts(selection)
    assert sum(counts["prompts"].to_pylist()) == 4
    assert sum(counts["selected"].to_pylist()) == 1
    assert counts.to_pylist()[-1] == {"score": None, "prompts": 1, "selected": 0}
