"""What can go wrong, as one tree.

::

    BenchBuilderError              exit code 1, one message, no traceback
    ├── ConfigError                a setting that does not exist or does not fit
    ├── InputError                 a file, row or id that cannot be used (says where)
    ├── SchemaError                a table that breaks its declared schema or key
    ├── StaleArtifactError         an artifact that is missing or older than what it was made from
    ├── RunFolderError             a run folder that is locked or cannot be written
    ├── EngineError                a cluster that is not there, or whose nodes do not fit
    └── CompletionError            a call to a language model that stops the whole run
        ├── BudgetExceeded         the next call would pass --max-cost-usd
        ├── NotInCache             --offline, and a completion is not recorded
        ├── AuthenticationFailed   the key was refused
        └── QuotaExhausted         the account has no money left

A message says what failed, where, and the next command to type. Failures of single rows are no
errors: they are rows with a status and a null (see ``schemas``).
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

#: The command that shows one line or row of a file, by suffix; ``n`` counts from 1, ``i`` from 0.
_SHOW = dict.fromkeys((".jsonl", ".ndjson", ".csv", ".tsv", ".txt"), "sed -n {n}p {file}") | {
    ".json": "jq -s 'flatten(1)[{i}]' {file}",  # an array, or one object after another
    ".parquet": "python -c 'import sys, pyarrow.parquet as pq; "
    "print(pq.read_table(sys.argv[1]).slice({i}, 1).to_pylist())' {file}",
}


class BenchBuilderError(Exception):
    """Any failure that is not a bug of BenchBuilder.

    ``hint`` is the next command or step, shown on a line of its own.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint

    def details(self) -> dict[str, Any]:
        """What a script gets beside the message and the hint (``--json``)."""
        return {}


class ConfigError(BenchBuilderError):
    """A setting that does not exist or does not fit."""


class InputError(BenchBuilderError):
    """A file, row or id that cannot be used; ``file`` and ``line`` lead the message.

    Without a ``hint`` the next step is to look at the line or row.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        hint: str | None = None,
    ) -> None:
        where = ":".join(str(part) for part in (file, line) if part is not None)
        show = _SHOW.get(Path(str(file)).suffix.lower())
        if hint is None and line is not None and show is not None:
            command = show.format(n=line, i=line - 1, file=shlex.quote(str(file)))
            hint = f"see that {'line' if command.startswith('sed') else 'row'}: {command}"
        super().__init__(f"{where}: {message}" if where else message, hint=hint)
        self.file = file
        self.line = line


class SchemaError(BenchBuilderError):
    """A table that breaks its declared schema or key."""


class StaleArtifactError(BenchBuilderError):
    """An artifact that is missing or no longer fits what it was made from."""


class RunFolderError(BenchBuilderError):
    """A run folder that is locked or cannot be written."""


class EngineError(BenchBuilderError):
    """A cluster that is not there, or whose nodes do not fit."""


class CompletionError(BenchBuilderError):
    """A call to a language model that stops the whole run; everything so far is kept."""


class BudgetExceeded(CompletionError):
    """The next call would pass ``--max-cost-usd``."""


class NotInCache(CompletionError):
    """``--offline`` was asked for and a completion is not recorded."""


class AuthenticationFailed(CompletionError):
    """The endpoint refused the key."""


class QuotaExhausted(CompletionError):
    """The account behind the key has no quota left."""
