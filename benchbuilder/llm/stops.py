"""Errors that end a run of calls: what no other call can survive, each with the next step."""

from __future__ import annotations

from benchbuilder.errors import AuthenticationFailed, CompletionError, QuotaExhausted
from benchbuilder.llm.access import base_urls, key_variable
from benchbuilder.llm.outcome import Outcome
from benchbuilder.settings import ModelSettings

_AGAIN = "run the same command again: nothing that is paid for is asked again"


def stop_of(
    name: str, settings: ModelSettings, where: str, outcome: Outcome
) -> CompletionError | None:
    """The error of an outcome that all further calls of a model would share; None for others."""
    told = f"model {name!r} at {where}: {outcome.detail}"
    if outcome.status == "auth_failed":
        return key_refused(name, settings, where, outcome)
    if outcome.status == "quota_exhausted":
        return QuotaExhausted(
            f"the account has no quota left: {told}",
            hint=f"give the account new quota and {_AGAIN}",
        )
    if (wait_seconds := outcome.wait_seconds or 0.0) > settings.max_wait_seconds:
        return CompletionError(
            f"the server asks to wait {wait_seconds:.0f} s: {told}",
            hint=f"after that time {_AGAIN}; or set models.{name}.max_wait_seconds higher",
        )
    return None


def key_refused(
    name: str, settings: ModelSettings, where: str, outcome: Outcome
) -> AuthenticationFailed:
    """The server does not take the key, or wants one."""
    variable = key_variable(settings, base_urls(settings))
    step = (
        f"export {variable}=…, with a key that may use this model,"
        if variable
        else f"name the variable that holds the key, models.{name}.api_key_env,"
    )
    return AuthenticationFailed(
        f"the key was refused: model {name!r} at {where}: {outcome.detail}",
        hint=f"{step} and {_AGAIN}",
    )


def nothing_there(name: str, where: str, outcome: Outcome) -> CompletionError:
    """A server that knows no such path or model."""
    return CompletionError(
        f"no such model or URL: model {name!r} at {where}: {outcome.detail}",
        hint=f"check `model` and `base_url` of models.{name}; base URLs mostly end in /v1",
    )


def nobody_there(name: str, where: str, outcome: Outcome) -> CompletionError:
    """No server at all."""
    return CompletionError(
        f"model {name!r} at {where}: {outcome.detail}",
        hint=f"start the server, or check `base_url` of models.{name}",
    )


def hopeless(name: str, failures: int, outcome: Outcome) -> CompletionError:
    """Call after call fails: to go on would only burn time."""
    return CompletionError(
        f"model {name!r}: {failures} calls in a row failed, "
        f"the last with {outcome.status}: {outcome.detail}",
        hint=f"see what its server says, then {_AGAIN}",
    )
