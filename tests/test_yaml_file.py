from __future__ import annotations

from pathlib import Path

import pytest

from benchbuilder.errors import ConfigError
from benchbuilder.yaml_file import read_yaml


def test_values_come_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("# a comment\nsample:\n  target: 3\n  exclude: [x, y]\n")
    values, lines = read_yaml(tmp_path / "a.yaml", "a.yaml")
    assert values == {"sample": {"target": 3, "exclude": ["x", "y"]}}
    assert lines.where(("sample", "target")) == "a.yaml:3"
    assert lines.where(("sample", "absent")) == "a.yaml:2", "the nearest one around it"
    assert lines.where(("elsewhere",)) == "a.yaml"


def test_an_empty_file_has_no_values(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("# nothing yet\n")
    assert read_yaml(tmp_path / "a.yaml", "a.yaml")[0] == {}


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"a: [", "a.yaml:1: not valid YAML", "look at that line"),
        (b"a:\n\tb: 1", "a.yaml:2: not valid YAML", "spaces, not with tabs"),
        (b"\xff\xfe\x00", "a.yaml: not valid YAML", "UTF-8"),
        (b"- a\n", "a.yaml: expected `key: value` lines", "seed: 7"),
        (b"a: {b: 1, b: 2}", "a.yaml:1: `a.b` stands a second time", "join the two"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    tmp_path: Path, content: bytes, message: str, hint: str
) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=message) as caught:
        read_yaml(tmp_path / "a.yaml", "a.yaml")
    assert hint in str(caught.value.hint)
