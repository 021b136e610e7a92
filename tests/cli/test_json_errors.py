"""``--json`` on an error: one document for scripts beside the message for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import run


def error(*arguments: object, code: int) -> dict[str, Any]:
    done = run(*arguments, "--json", code=code)
    document: dict[str, Any] = json.loads(done.stdout)
    assert list(document) == ["error"]
    found: dict[str, Any] = document["error"]
    assert set(found) == {"kind", "message", "hint"}
    assert found["message"].split()[0] in done.stderr, "people are told as well"
    return found


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["report", "absent.jsonl"], "InputError"),
        (["judge", "--run", "absent"], "RunFolderError"),
        (["answer", "--run", "absent", "--model", "m"], "RunFolderError"),
        (["validate", "judge", "absent.jsonl"], "InputError"),
        (["report", "absent.jsonl", "--set", "report.ronds=5"], "ConfigError"),
        (["import", "helm", "absent", "--run", "run"], "InputError"),
        (["status", "absent"], "RunFolderError"),
        (["release", "verify", "absent"], "InputError"),
    ],
)
def test_an_error_of_ours_is_one_document(
    words: list[str], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = error(*words, code=1)
    assert found["kind"] == kind
    assert "absent" in found["message"] or kind != "RunFolderError"


def test_wrong_usage_is_one_document() -> None:
    found = error("report", "--nonsense", code=2)
    assert found["kind"] == "UsageError"
    assert "--nonsense" in found["message"]
    assert found["hint"].endswith("report --help")


def test_without_the_option_standard_output_stays_empty(tmp_path: Path) -> None:
    assert run("report", tmp_path / "absent.jsonl", code=1).stdout == ""
    assert run("report", "--nonsense", code=2).stdout == ""


def test_a_page_that_cannot_be_written_leaves_one_document(tmp_path: Path) -> None:
    from benchbuilder.resources import demo_path

    (tmp_path / "file").touch()
    page = tmp_path / "file" / "r.html"
    found = error("report", demo_path() / "judgments.jsonl", "--html", page, code=1)
    assert found["kind"] == "OSError"
