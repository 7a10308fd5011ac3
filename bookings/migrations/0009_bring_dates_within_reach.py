"""What a calendar cannot show took the page of the hours down: cut off, or gone."""

from django.db import migrations

from coaching_portal.common.date_fields import FIRST, FIRST_MOMENT, LAST, LAST_MOMENT


def bring_within_reach(apps, schema_editor):
    time_off = apps.get_model("bookings", "TimeOff").objects
    time_off.filter(starts_at__gte=LAST_MOMENT).delete()
    time_off.filter(ends_at__lte=FIRST_MOMENT).delete()
    # Both ends in one statement each: the constraint looks at the whole row.
    endless = time_off.filter(starts_at__lt=FIRST_MOMENT, ends_at__gt=LAST_MOMENT)
    endless.update(starts_at=FIRST_MOMENT, ends_at=LAST_MOMENT)
    time_off.filter(starts_at__lt=FIRST_MOMENT).update(starts_at=FIRST_MOMENT)
    time_off.filter(ends_at__gt=LAST_MOMENT).update(ends_at=LAST_MOMENT)
    dates = apps.get_model("bookings", "DateOverride").objects
    dates.filter(date__lt=FIRST).delete()
    dates.filter(date__gt=LAST).delete()


class Migration(migrations.Migration):
    dependencies = [("bookings", "0008_dates_within_reach")]

    operations = [migrations.RunPython(bring_within_reach, migrations.RunPython.noop)]
