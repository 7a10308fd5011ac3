"""Parts of addresses that are dates, weeks or moments."""

from datetime import UTC, date, datetime


class DateConverter:
    """2026-12-01, of this century or the next: the days around it are dates as well."""

    regex = "2[01][0-9]{2}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value):
        return date.fromisoformat(value)

    def to_url(self, value):
        return value if isinstance(value, str) else value.isoformat()


class MomentConverter:
    """20261201T090000Z: an instant."""

    regex = "2[01][0-9]{6}T[0-9]{6}Z"
    form = "%Y%m%dT%H%M%SZ"

    def to_python(self, value):
        return datetime.strptime(value, self.form).replace(tzinfo=UTC)

    def to_url(self, value):
        return value if isinstance(value, str) else value.astimezone(UTC).strftime(self.form)
