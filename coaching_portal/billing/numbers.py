"""Numbers of documents: one series a year, without gaps, because taking one is undone with
the transaction that took it."""

from coaching_portal.billing.models import NumberSeries

INVOICE, CREDIT_NOTE = "INV", "CN"


def take(prefix: str, year: int) -> str:
    """The next number, such as INV-2026-0001. Competing calls wait until this transaction ends."""
    NumberSeries.objects.bulk_create(
        [NumberSeries(prefix=prefix, year=year)], ignore_conflicts=True
    )
    series = _locked(prefix, year)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{prefix}-{year}-{series.last:04d}"


def _locked(prefix: str, year: int) -> NumberSeries:
    return NumberSeries.objects.select_for_update().get(prefix=prefix, year=year)
