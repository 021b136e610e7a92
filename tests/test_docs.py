"""The documentation: links that lead somewhere, code that runs, pages that name every setting."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchbuilder.config import build_config, dump_config

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def names(pages: list[Path]) -> list[str]:
    return [page.name for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_links_lead_somewhere(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    for link in _LINK.findall(text):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = page.parent / target if target else page
        assert path.exists(), link
        if anchor:
            assert anchor in anchors(path), link


def anchors(page: Path) -> set[str]:
    """The anchors of headings, as mkdocs and GitHub make them."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", head.lower()) for head in heads)
    return {head.replace(" ", "-") for head in plain}


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_python_prints_what_the_page_says(page: Path) -> None:
    blocks = _FENCE.findall(page.read_text(encoding="utf-8"))
    names_of_page: dict[str, Any] = {}
    for place, (kind, code) in enumerate(blocks):
        following = blocks[place + 1] if place + 1 < len(blocks) else ("", "")
        if kind != "python":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, str(page), "exec"), names_of_page)
        if following[0] == "text":
            assert printed.getvalue() == following[1]


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_settings_in_pages_are_settings(page: Path) -> None:
    blocks = _FENCE.findall(page.read_text(encoding="utf-8"))
    for kind, code in blocks:
        if kind == "yaml":
            build_config(yaml.safe_load(code), origin=page.name)


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_what_a_page_names_in_passing_exists(page: Path) -> None:
    """Options, targets of the Makefile and scripts; whole commands run in their own test."""
    text = page.read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z][\w-]*", (ROOT / "docs/commands.md").read_text()))
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    inline = "\n".join(re.findall(r"`([^`\n]+)`", _FENCE.sub("", text)))
    assert set(re.findall(r"(?<![\w-])--[a-z][\w-]*", inline)) <= options
    made = re.findall(r"(?:^|`)make ([a-z][a-z -]*)", text, re.MULTILINE)
    assert {target for words in made for target in words.split()} <= targets
    for script in re.findall(r"(?:bench|tools)/[\w/]+\.py", text):
        assert (ROOT / script).is_file(), script


def test_every_page_is_in_the_navigation() -> None:
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    listed = set(re.findall(r"[\w-]+\.md", str(config["nav"])))
    assert listed == {page.name for page in (ROOT / "docs").glob("*.md")}


def test_every_setting_is_explained() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([\w.]+)` \|", page, re.MULTILINE))
    wanted = set(keys(dump_config(build_config({}, origin="test"))))
    assert wanted - explained == set()


def keys(values: dict[str, Any], above: str = "") -> list[str]:
    """Full names of the settings; an empty mapping is a setting itself."""
    found = []
    for name, value in values.items():
        if isinstance(value, dict) and value:
            found += keys(value, f"{above}{name}.")
        else:
            found.append(f"{above}{name}")
    return found
