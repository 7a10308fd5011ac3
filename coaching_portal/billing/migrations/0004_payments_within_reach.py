"""Not validated: a payment that was recorded with a wrong date is reversed by the office, not by us."""

import datetime

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_money_guards")]

    operations = [
        AddConstraintNotValid(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("received_on__gte", datetime.date(2000, 1, 1)),
                    ("received_on__lte", datetime.date(2100, 12, 31)),
                ),
                name="billing_payment_is_received_within_reach",
                violation_error_message="Enter a date from 2000 to 2100.",
            ),
        ),
    ]
