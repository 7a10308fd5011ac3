"""What is public without a recorded basis goes back to the office, which sees it in the admin.

A profile with the date of its approval was approved as it is: nobody could record more before.
"""

from django.db import migrations

from profiles.models.leaders import texts_of_profile
from profiles.models.public_basis import version_of


def record_what_is_known(apps, schema_editor):
    leaders = apps.get_model("profiles", "Leader").objects.filter(public_sources="")
    for leader in leaders.filter(approved_on__isnull=False, approved_version=""):
        version = version_of(texts_of_profile(leader))
        leaders.filter(pk=leader.pk).update(approved_version=version)
    leaders.filter(state="PUBLISHED", approved_version="").update(state="APPROVAL")
    interviews = apps.get_model("profiles", "Interview").objects.filter(public_sources="")
    interviews.filter(is_published=True, approved_version="").update(is_published=False)


class Migration(migrations.Migration):
    dependencies = [("profiles", "0011_public_basis")]

    operations = [migrations.RunPython(record_what_is_known, migrations.RunPython.noop)]
