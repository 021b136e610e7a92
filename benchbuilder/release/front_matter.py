"""The YAML header of a dataset card, as the Hugging Face Hub reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml

#: Size classes of the Hub: below so many rows.
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))


def front_matter(name: str, licence: str, languages: Iterable[str], rows: int, path: str) -> str:
    """The YAML header alone: the Hub reads licence, languages, size and where the table lies."""
    known = sorted(code for code in languages if re.fullmatch(r"[a-z]{2,3}", code))
    values = {
        "pretty_name": name,
        "license": licence,
        **({"language": known} if known else {}),
        "task_categories": ["text-generation"],
        "size_categories": [next((size for top, size in _SIZES if rows < top), "100K<n<1M")],
        "tags": ["benchmark", "llm-evaluation", "benchbuilder"],
        "configs": [{"config_name": "default", "data_files": [{"split": "test", "path": path}]}],
    }
    return str(yaml.safe_dump(values, sort_keys=False, allow_unicode=True))
