"""What a call costs: the price table inside ``genai-prices`` (offline), or the config's own price.

A price that is not known is None, and so is every cost that would need it: unknown is not free.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata

from benchbuilder.settings import ModelSettings


@dataclass(frozen=True)
class Price:
    """Dollars per million tokens, and where the figures come from."""

    input_usd_per_million: float
    output_usd_per_million: float
    source: str

    def __str__(self) -> str:
        return (
            f"${self.input_usd_per_million:g} in and ${self.output_usd_per_million:g} out a "
            f"million tokens ({self.source})"
        )

    def cost_usd(self, input_tokens: int | None, output_tokens: int | None) -> float | None:
        """What these tokens cost; None when either count is not known (unless they are free)."""
        if self.input_usd_per_million == self.output_usd_per_million == 0:
            return 0.0
        if input_tokens is None or output_tokens is None:
            return None
        dollars = (
            input_tokens * self.input_usd_per_million + output_tokens * self.output_usd_per_million
        )
        return round(dollars / 1e6, 9)


def find_price(
    name: str, settings: ModelSettings, base_url: str | None, *, batch: bool = False
) -> Price | None:
    """The price of a model: from the config, else from the table, else None.

    A model with a URL of its own is looked up by URL and name, so that a local server that calls
    its model ``gpt-4.1`` is not billed as OpenAI. Batches cost half of the table's price; a price
    in the config is taken as it stands.
    """
    stated = (settings.input_usd_per_million, settings.output_usd_per_million)
    if stated[0] is not None and stated[1] is not None:
        return Price(stated[0], stated[1], "config")
    price = _from_table(settings.model or name, base_url)
    if price is None or not batch:
        return price
    return Price(
        price.input_usd_per_million / 2,
        price.output_usd_per_million / 2,
        f"half of {price.source}, for a batch",
    )


def _from_table(model: str, base_url: str | None) -> Price | None:
    from genai_prices import Usage, calc_price

    usage = Usage(input_tokens=1_000, output_tokens=1_000)
    try:
        if base_url is None:
            per_thousand = calc_price(usage, model_ref=model, provider_id="openai")
        else:
            per_thousand = calc_price(usage, model_ref=model, provider_api_url=base_url)
    except LookupError:
        return None
    source = f"genai-prices {metadata.version('genai-prices')}"
    # The table has no date as a whole; of some models it says when a price was looked up.
    dates = re.findall(r"20\d\d-\d\d-\d\d", per_thousand.model.price_comments or "")
    return Price(
        float(per_thousand.input_price * 1000),
        float(per_thousand.output_price * 1000),
        f"{source}, looked up {max(dates)}" if dates else source,
    )
