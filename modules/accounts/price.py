"""What one touch costs by the client's price list, until the provider tells the true sum."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from utils.errors import BadInput

CURRENCY = "USD"
_MOST = Decimal(1000)


def unit_price_micros(settings: Mapping[str, str]) -> int | None:
    """The account's `unit_price` (dollars a touch, such as 0.0083) in millionths; None where none is told.

    BadInput when it is no price.
    """
    text = settings.get("unit_price", "").strip()
    if not text:
        return None
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal(-1)
    if not (price.is_finite() and 0 <= price <= _MOST):
        raise BadInput(
            f"`unit_price` is '{text}'; write the dollars that one touch costs, such as 0.0083", field="unit_price"
        )
    return int(price * 1_000_000)
