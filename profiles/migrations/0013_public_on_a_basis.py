from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

APPROVED = Q(("approved_on__isnull", False), ~Q(("approved_version", "")))
SOURCES = ~Q(("public_sources", ""))


class Migration(migrations.Migration):
    dependencies = [("profiles", "0012_basis_of_public_profiles")]

    operations = [
        AddConstraintNotValid(
            model_name="leader",
            constraint=models.CheckConstraint(
                name="profiles_leader_is_public_on_a_basis",
                condition=~Q(("state", "PUBLISHED")) | SOURCES | APPROVED,
            ),
        ),
        AddConstraintNotValid(
            model_name="interview",
            constraint=models.CheckConstraint(
                name="profiles_interview_is_public_on_a_basis",
                condition=~Q(("is_published", True)) | SOURCES | APPROVED,
            ),
        ),
    ]
