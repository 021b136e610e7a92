from __future__ import annotations

import json

from benchbuilder.distilled.scorecard import Quality


def test_quality_as_json_and_as_tables(validated: Quality) -> None:
    record = json.loads(json.dumps(validated.to_dict()))
    assert set(record["head"]["auc"]) == {"value", "lower", "upper"}
    assert len(record["criteria"]) == 7
    assert len(validated.ranking_rows()) == 3
    assert len(validated.criterion_rows()) == 9
    for table in (validated.ranking_rows(), validated.criterion_rows()):
        assert {len(row) for row in table} == {len(table[0])}
