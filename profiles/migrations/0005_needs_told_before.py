"""Whoever told needs before consents were recorded did so beside other words: these are kept."""

from django.db import migrations
from django.utils import timezone

WORDS = "Told beside the words “Told once; your coach sees it”, before consents were recorded."


def record(apps, schema_editor):
    users = apps.get_model("profiles", "User").objects
    at = timezone.now()
    for user in users.exclude(needs="").filter(consents=None).iterator():
        user.consents.create(purpose="NEEDS", words=WORDS, given_at=at)


class Migration(migrations.Migration):
    dependencies = [("profiles", "0004_consents")]

    operations = [migrations.RunPython(record, migrations.RunPython.noop, elidable=True)]
