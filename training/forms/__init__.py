from training.forms.catalogue import CohortFilter
from training.forms.enrolling import EnrolForms, TermsForm
from training.forms.places import LearnerForm, OfferForm, WaitingForm

__all__ = ["CohortFilter", "EnrolForms", "LearnerForm", "OfferForm", "TermsForm", "WaitingForm"]
