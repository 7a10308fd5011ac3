"""What someone has typed while enrolling: kept in their session until it is sold."""

from training.actions import Learner


class Draft(dict):
    """One cohort's draft; `save` keeps it, `forget` drops it."""

    def __init__(self, request, cohort):
        self._session = request.session
        self._key = f"enrolling-{cohort.code}"
        super().__init__(self._session.get(self._key, {}))

    def save(self, typed, *, is_complete=False):
        self.clear()
        self.update(typed, is_complete=is_complete)
        self._session[self._key] = dict(self)

    def forget(self):
        self._session.pop(self._key, None)

    def order(self, user, organisations):
        """What `actions.enrol` is asked for, or None where the draft is not complete."""
        if not self.get("is_complete"):
            return None
        if self.get("who") != "team":
            name = user.name or self.get("name", "")
            return {"learners": [Learner(name, user.email)], "organisation": None}
        organisation = organisations.filter(uuid=self["organisation"]).first()
        return organisation and {
            "learners": [_learner(row) for row in self["delegates"]],
            "organisation": organisation,
            "purchase_order": (self.get("purchase_order") or "").strip(),
        }


def _learner(row):
    if row.get("later"):
        return Learner()
    return Learner(row["name"].strip(), row["email"].strip())
