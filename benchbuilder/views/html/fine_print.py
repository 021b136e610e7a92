"""How the numbers were made, how to make them again, how to cite them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from typing import Any

from benchbuilder import __version__
from benchbuilder.views.html.report import Report
from benchbuilder.views.tables import shown

Context = dict[str, Any]

LIBRARIES = ("numpy", "scipy", "pyarrow", "plotly", "jinja2", "genai-prices")
PAPER = """@article{li2024crowdsourced,
  title  = {From Crowdsourced Data to High-Quality Benchmarks: Arena-Hard and BenchBuilder Pipeline},
  author = {Li, Tianle and Chiang, Wei-Lin and Frick, Evan and Dunlap, Lisa and Wu, Tianhao and
            Zhu, Banghua and Gonzalez, Joseph E. and Stoica, Ion},
  journal = {arXiv preprint arXiv:2406.11939},
  year   = {2024}
}"""  # noqa: E501 - a title is not broken
SETTINGS = {
    "resample": "unit that is resampled",
    "rounds": "rounds of the bootstrap",
    "seed": "seed",
    "confidence": "confidence",
    "weighting": "weighting of verdicts",
    "null_game": "games without a verdict",
    "style": "style control",
    "style_exact": "style fitted anew in every round",
    "preferences": "preferences of judges that give them",
    "interval": "intervals",
    "ranks": "rank ranges",
    "judges": "several judges",
}


def fine_print_context(report: Report) -> Context:
    """What the template needs."""
    settings = report.boards[0]["settings"]
    named = {SETTINGS.get(key, key.replace("_", " ")): _shown(v) for key, v in settings.items()}
    return {
        "settings": list(named.items()),
        "settings_caption": "Settings",
        "all_settings": [],
        "notes": list(report.notes),
        "provenance": report.provenance,
        "paper": PAPER,
        "software": f"BenchBuilder {__version__}",
        "cite": "the judge, the baseline and the number of questions",
    }


def library_versions() -> Mapping[str, str]:
    """The libraries that decide the numbers (the last one: prices), and their versions."""
    return {"benchbuilder": __version__, **{name: metadata.version(name) for name in LIBRARIES}}


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "off" if value is None else shown(value) if isinstance(value, int) else str(value)
