"""The files of the Batch API."""

from __future__ import annotations

import json

from benchbuilder.llm.batch_files import read_results, request_files
from benchbuilder.llm.calling import Question


def test_files_keep_the_limits_of_the_api() -> None:
    questions = [Question(f"k{n}", f"q{n}", {"messages": ["x" * 100]}, "") for n in range(10)]
    parts = list(request_files(questions, dict, most_requests=4))
    assert [len(part) for part, _ in parts] == [4, 4, 2]
    size = len(parts[0][1]) // 4
    small = list(request_files(questions, dict, most_bytes=3 * size))
    assert [len(part) for part, _ in small] == [3, 3, 3, 1]
    assert all(len(content) <= 3 * size for _, content in small)


def test_line_ends_within_a_text_end_no_line() -> None:
    message = {"role": "assistant", "content": "one\u2028two\x85three"}
    body = {"choices": [{"message": message, "finish_reason": "stop"}]}
    record = {"custom_id": "k", "response": {"status_code": 200, "body": body}}
    text = json.dumps(record, ensure_ascii=False)
    ((key, outcome),) = read_results([f"{text}\r\n"])
    assert (key, outcome.text) == ("k", "one\u2028two\x85three")


def test_lines_that_cannot_be_read_are_left_out() -> None:
    good = '{"custom_id": "k", "response": null, "error": null}'
    assert [key for key, _ in read_results(["nonsense\n[]\n{}\n" + good])] == ["k"]
