from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("profiles", "0013_public_on_a_basis")]

    operations = [
        ValidateConstraint("leader", "profiles_leader_is_public_on_a_basis"),
        ValidateConstraint("interview", "profiles_interview_is_public_on_a_basis"),
    ]
