from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("training", "0003_offered_places")]

    operations = [
        ValidateConstraint(
            model_name="waitinglistplace",
            name="training_offer_is_of_places_waited_for_and_has_an_end",
        ),
    ]
