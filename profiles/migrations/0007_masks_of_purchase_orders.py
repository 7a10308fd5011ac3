"""Simple regular expressions become masks; the others wait for the office, and stop nobody.

The expressions stay for the running version, which reads them.
"""

from django.db import migrations

from profiles.purchase_orders import example_of, mask_of_pattern


def write_masks(apps, schema_editor):
    organisations = apps.get_model("profiles", "Organisation").objects
    waiting = organisations.filter(purchase_order_mask="").exclude(purchase_order_pattern="")
    for key, pattern in waiting.values_list("pk", "purchase_order_pattern"):
        if mask := mask_of_pattern(pattern):
            facts = {"purchase_order_mask": mask, "purchase_order_example": example_of(mask)}
            organisations.filter(pk=key).update(**facts)


def clear_masks(apps, schema_editor):
    organisations = apps.get_model("profiles", "Organisation").objects
    organisations.exclude(purchase_order_pattern="").update(purchase_order_mask="")


class Migration(migrations.Migration):
    dependencies = [("profiles", "0006_purchase_order_masks")]

    operations = [migrations.RunPython(write_masks, clear_masks)]
