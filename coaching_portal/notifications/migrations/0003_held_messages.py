from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # or the index could not be built while messages are sent

    dependencies = [("notifications", "0002_refused_addresses")]

    operations = [
        AddIndexConcurrently(
            model_name="outgoingmessage",
            index=models.Index(
                condition=models.Q(("status", "HELD")),
                fields=["due_at"],
                name="notifications_held",
            ),
        ),
    ]
