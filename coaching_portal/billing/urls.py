from django.urls import path

from coaching_portal.billing import views

app_name = "billing"

urlpatterns = [
    path("invoices/", views.invoices, name="invoices"),
    path("invoices/<uuid:uuid>/", views.invoice, name="invoice"),
    path("invoices/<uuid:uuid>.pdf", views.invoice_pdf, name="invoice_pdf"),
    path(
        "invoices/<uuid:uuid>/credit-notes/<uuid:credit_note>.pdf",
        views.credit_note_pdf,
        name="credit_note_pdf",
    ),
]
