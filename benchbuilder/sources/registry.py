"""The formats that are known, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchbuilder.errors import ConfigError, InputError
from benchbuilder.settings import IngestSettings
from benchbuilder.sources import (
    alpaca,
    arena_hard,
    chatbot_arena,
    chatgpt_export,
    gateway_log,
    langfuse,
    lmsys,
    oasst,
    otel,
    plain,
    sharegpt,
    wildchat,
)
from benchbuilder.sources.conversation import Conversation, Unusable

Parse = Callable[[Mapping[str, Any]], Conversation | Unusable]


@dataclass(frozen=True)
class Source:
    """One dump format: how its fields look and how a record is read."""

    name: str
    recognises: Callable[[frozenset[str]], bool]
    parse: Parse


#: The first that recognises the fields wins, so the special ones stand before the plain one.
SOURCES: tuple[Source, ...] = (
    Source("otel", otel.recognises, otel.parse_otel),
    Source("langfuse", langfuse.recognises, langfuse.parse_langfuse),
    Source("gateway-log", gateway_log.recognises, gateway_log.parse_gateway_log),
    Source("chatgpt-export", chatgpt_export.recognises, chatgpt_export.parse_chatgpt_export),
    Source("oasst", oasst.recognises, oasst.parse_oasst),
    Source("chatbot-arena", chatbot_arena.recognises, chatbot_arena.parse_chatbot_arena),
    Source("wildchat", wildchat.recognises, wildchat.parse_wildchat),
    Source("lmsys", lmsys.recognises, lmsys.parse_lmsys),
    Source("sharegpt", sharegpt.recognises, sharegpt.parse_sharegpt),
    Source("arena-hard", arena_hard.recognises, arena_hard.parse_arena_hard),
    Source("alpaca", alpaca.recognises, alpaca.parse_alpaca),
    Source("plain", plain.recognises, plain.parse_plain),
)


def choose(settings: IngestSettings, fields: frozenset[str], file: str) -> Source:
    """The format of a file with these fields: mapped, named, or recognised, in this order.

    Raises:
        ConfigError: ``format`` names none.
        InputError: nothing fits; the message lists what was found.
    """
    _check_columns(settings, fields, file)
    if settings.text_column or settings.conversation_column:
        return _mapped(settings)
    if settings.format != "auto":
        return _named(settings.format)
    for source in SOURCES:
        if source.recognises(fields):
            return source
    raise InputError(
        f"no known format has these fields: {_listed(fields)}",
        file=file,
        hint="name the column: --text-column NAME (or --conversation-column NAME), or "
        f"the format: --format {'|'.join(source.name for source in SOURCES)}",
    )


def _named(name: str) -> Source:
    for source in SOURCES:
        if source.name == name:
            return source
    known = ", ".join(source.name for source in SOURCES)
    raise ConfigError(f"`ingest.format`: no format {name!r}", hint=f"formats: auto, {known}")


def _check_columns(settings: IngestSettings, fields: frozenset[str], file: str) -> None:
    for name in ("text_column", "conversation_column", "id_column"):
        column = getattr(settings, name)
        if column and column not in fields:
            raise InputError(
                f"no column {column!r} among {_listed(fields)}",
                file=file,
                hint=f"--set ingest.{name}=NAME, with a name from this list",
            )


def _mapped(settings: IngestSettings) -> Source:
    parse = partial(
        plain.parse_mapped,
        text_column=settings.text_column,
        conversation_column=settings.conversation_column,
    )
    return Source("mapped", lambda _: True, parse)


def _listed(fields: frozenset[str]) -> str:
    shown = sorted(map(str, fields))[:20]
    return ", ".join(shown) + (", …" if len(fields) > len(shown) else "") if shown else "none"
