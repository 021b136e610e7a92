"""A page as the standard library's parser sees it."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "input", "br", "img", "link", "hr"}


class Outline(HTMLParser):
    """Tags with their attributes, the text of elements, and the contents of scripts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.texts: dict[str, list[str]] = {}
        self.unclosed: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.unclosed.append(tag)
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed, f"</{tag}> closes nothing"
        opened = self.unclosed.pop()
        assert opened == tag, f"<{opened}> is closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        for tag in set(self.unclosed):
            self.texts[tag][-1] += data
        if self.unclosed and self.unclosed[-1] == "script":
            attributes, before = self.scripts[-1]
            self.scripts[-1] = (attributes, before + data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def json_of(self, **wanted: str) -> list[Any]:
        """The JSON of the scripts with these attributes (``class_`` for class)."""
        names = {name.rstrip("_"): value for name, value in wanted.items()}
        return [
            json.loads(text)
            for attributes, text in self.scripts
            if all(attributes.get(name) == value for name, value in names.items())
        ]
