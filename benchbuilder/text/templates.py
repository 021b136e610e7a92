"""Prompt templates: Markdown files with named slots, filled in one pass.

A template file has an optional introduction for people (not sent), then the parts that are sent::

    Anything up here explains the template.

    # system
    You compare two answers.

    # user
    {{question}}

Slots are filled once, so a value that itself contains ``{{question}}`` stays as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from benchbuilder.errors import ConfigError

_PART = re.compile(r"^# (system|user)[ \t]*$", re.MULTILINE)
_SLOT = re.compile(r"\{\{ *([a-z_]+) *\}\}")


@dataclass(frozen=True)
class Template:
    """A parsed template; ``digest`` (SHA-256 of what is sent) goes into keys and manifests."""

    name: str
    system: str | None
    user: str
    slots: frozenset[str]

    @property
    def digest(self) -> str:
        sent = f"{self.system or ''}\0{self.user}"
        return hashlib.sha256(sent.encode()).hexdigest()

    def messages(self, values: Mapping[str, str]) -> tuple[dict[str, str], ...]:
        """The chat messages with every slot filled; ``values`` may hold more than is asked for.

        Example: user part ``Q: {{question}}`` with ``{"question": "Why?"}`` gives
        ``({"role": "user", "content": "Q: Why?"},)``.

        Raises:
            ConfigError: a slot of the template has no value.
        """
        missing = sorted(self.slots - set(values))
        if missing:
            raise ConfigError(
                f"template {self.name!r}: no value for {_braced(missing)}",
                hint="take those slots out of the template",
            )
        parts = (("system", self.system), ("user", self.user))
        return tuple(
            {"role": role, "content": _SLOT.sub(lambda slot: values[slot.group(1)], text)}
            for role, text in parts
            if text
        )


def parse_template(
    text: str, *, name: str, known: Collection[str], required: Collection[str] = ()
) -> Template:
    """A template from the text of its file.

    ``known`` are the slots that the caller can fill, ``required`` those that must be there.

    Raises:
        ConfigError: no ``# user`` part, a part given twice, an unknown slot or a missing one.
    """
    pieces = _PART.split(text.replace("\r\n", "\n"))
    roles, bodies = pieces[1::2], [body.strip() for body in pieces[2::2]]
    if len(set(roles)) < len(roles) or "user" not in roles:
        raise ConfigError(
            f"template {name!r}: expected one part headed `# user` and at most one `# system`",
            hint="copy a shipped template from the folder `prompts` and change its text",
        )
    parts = dict(zip(roles, bodies, strict=True))
    slots = frozenset(_SLOT.findall("\n".join(bodies)))
    unknown, missing = sorted(slots - set(known)), sorted(set(required) - slots)
    if unknown or missing:
        problem = f"unknown slot {_braced(unknown)}" if unknown else f"needs {_braced(missing)}"
        raise ConfigError(
            f"template {name!r}: {problem}", hint=f"slots there are: {_braced(sorted(known))}"
        )
    return Template(name, parts.get("system") or None, parts["user"], slots)


def _braced(slots: Collection[str]) -> str:
    return ", ".join(f"{{{{{slot}}}}}" for slot in slots)
