from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Exclusion constraints compare ids with = beside ranges, which GiST does by btree_gist."""

    run_before = [("bookings", "0001_initial")]

    operations = [BtreeGistExtension()]
