"""What a coach or a leader has done: posts, qualifications, publications. Years may be unknown."""

from django.db import models
from django.db.models import Q

from profiles.models.coaches import Coach
from profiles.models.leaders import Leader


class CareerEntry(models.Model):
    """A post or a piece of work in the career of a coach or of a leader."""

    coach = models.ForeignKey(Coach, models.CASCADE, null=True, blank=True, related_name="career")
    leader = models.ForeignKey(Leader, models.CASCADE, null=True, blank=True, related_name="posts")
    years = models.CharField(max_length=20, blank=True, help_text="1997, 2005/6, since 2011 …")
    title = models.CharField(max_length=200)
    organisation = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "career entries"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="profiles_career_entry_is_of_a_coach_or_a_leader",
                condition=Q(coach__isnull=True) ^ Q(leader__isnull=True),
            )
        ]

    def __str__(self):
        return self.title


class Qualification(models.Model):
    coach = models.ForeignKey(Coach, models.CASCADE, related_name="qualifications")
    title = models.CharField(max_length=200)
    awarded_by = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    result = models.CharField(max_length=60, blank=True, help_text="Distinction, for example.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title


class Publication(models.Model):
    """A work with a title, or articles of which only the journal is known."""

    coach = models.ForeignKey(Coach, models.CASCADE, related_name="publications")
    title = models.CharField(max_length=250, blank=True)
    published_in = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)
    address = models.URLField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="profiles_publication_has_a_title_or_a_journal",
                condition=~Q(title="", published_in=""),
            )
        ]

    def __str__(self):
        return self.title or self.published_in
