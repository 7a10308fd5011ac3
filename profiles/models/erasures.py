"""The record of an erasure: without the person, and so that it can be done again."""

import uuid

from django.db import models


class Erasure(models.Model):
    """`person` is the erased account's uuid: a restored backup has to lose it once more."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.UUIDField(unique=True)
    erased_at = models.DateTimeField()
    by_practice = models.BooleanField(
        default=False, help_text="Asked for on paper, for example, and done by the practice."
    )

    def __str__(self):
        return f"Erased {self.erased_at:%Y-%m-%d}"
