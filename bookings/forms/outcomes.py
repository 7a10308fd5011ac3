"""What became of a day's sessions, in one form."""

from django import forms

from bookings.models import CoachingSession
from coaching_portal.common import formatting

Status = CoachingSession.Status

OUTCOMES = [
    (Status.COMPLETED, "Attended"),
    (Status.NO_SHOW, "Did not attend: counts and is charged"),
    (Status.CANCELLED, "Did not take place: not charged"),
]


class OutcomesForm(forms.Form):
    """One question for each session; "attended" is chosen for those not yet confirmed."""

    def __init__(self, *args, sessions, zone, **kwargs):
        super().__init__(*args, **kwargs)
        self.sessions = sessions
        for session in sessions:
            name = session.client or "Team"
            label = f"{name}, {formatting.clock(session.starts_at, zone)}"
            self.fields[self._name(session)] = forms.ChoiceField(
                label=label,
                choices=OUTCOMES,
                widget=forms.RadioSelect,
                initial=Status.COMPLETED if session.is_booked else session.status,
                error_messages={"required": f"Choose what happened in the session with {label}."},
            )

    def _name(self, session):
        return f"outcome_{session.uuid.hex}"

    @property
    def questions(self):
        """(session, its field)"""
        return [(session, self[self._name(session)]) for session in self.sessions]

    @property
    def outcomes(self):
        """(session, what became of it)"""
        return [(each, self.cleaned_data[self._name(each)]) for each in self.sessions]
