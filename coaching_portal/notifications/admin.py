"""The outbox in admin: every message, its state and history, its kept mail, and "send again"."""

from django.contrib import admin
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import Truncator

from coaching_portal.common import formatting, to_do
from coaching_portal.common.admin import PortalModelAdmin, ReadOnly, confirm_action
from coaching_portal.common.formatting import when
from coaching_portal.common.views import perform
from coaching_portal.notifications import mail_files, mail_views, outbox
from coaching_portal.notifications.kinds import label_of
from coaching_portal.notifications.models import OutgoingMessage, RefusedAddress


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        kinds = OutgoingMessage.objects.order_by().values_list("kind", flat=True).distinct()
        return sorted(((kind, label_of(kind)) for kind in kinds), key=lambda pair: pair[1])

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(RefusedAddress)
class RefusedAddressAdmin(ReadOnly, PortalModelAdmin):
    """Noted by the outbox; taken off once the address is known to be right."""

    list_display = ["email", "refused_at", "reply"]
    ordering = ["-refused_at", "-pk"]
    search_fields = ["email"]
    actions = ["clear"]

    def has_clear_permission(self, request):
        return request.user.has_perm("notifications.change_refusedaddress")

    @admin.action(description="Send emails to these addresses again", permissions=["clear"])
    def clear(self, request, queryset):
        self.log_deletions(request, queryset)
        queryset.delete()
        self.message_user(request, "We send what was waiting for them in a moment.")


to_do.register(
    "Email addresses that refuse emails: ask for another",
    80,
    lambda at: (RefusedAddress.objects.all(), ""),
)


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(ReadOnly, PortalModelAdmin):
    """Shown, never typed into: messages come from actions alone."""

    list_display = ["label", "send_to", "status", "due_at", "attempts", "error"]
    list_filter = ["status", KindFilter, "due_at"]
    list_select_related = ["recipient"]
    ordering = ["-due_at", "-pk"]
    search_fields = ["recipient__name", "recipient__email", "address", "subject_uuid"]
    search_help_text = "Name, email address, or the reference of what it is about"
    fields = [
        "label",
        "send_to",
        "status",
        "due_at",
        "not_after",
        "settled_at",
        "attempts",
        "last_error",
        "history",
        "kept_mail",
        "occasion",
        "subject_uuid",
        "created_at",
    ]
    readonly_fields = ["label", "send_to", "history", "kept_mail"]
    actions = ["send_again"]
    change_form_template = "notifications/admin/message.html"

    @admin.display(description="message", ordering="kind")
    def label(self, message):
        return label_of(message.kind)

    @admin.display(description="to", ordering="recipient__email")
    def send_to(self, message):
        return message.send_to

    @admin.display(description="last error")
    def error(self, message):
        return Truncator(message.last_error).chars(40)

    @admin.display(description="history")
    def history(self, message):
        lines = [
            (when(event.at), event.get_what_display(), f": {event.detail}" if event.detail else "")
            for event in message.events.all()
        ]
        return format_html_join("", "<div>{}, {}{}</div>", lines) or "Nothing yet"

    @admin.display(description="saved email")
    def kept_mail(self, message):
        """Links to the files of an embedded run."""
        names = [path.stem for path in mail_files.files_of(message)]
        url = "admin:notifications_outgoingmessage_mail"
        links = [(reverse(url, args=[message.pk, name]), f"{name}.eml") for name in names]
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "None kept in a file"

    def get_urls(self):
        view, raw = mail_views.mail(self), mail_views.raw_html(self)
        name = "notifications_outgoingmessage_mail"
        return [
            path("<int:pk>/mail/<str:name>/", self.admin_site.admin_view(view), name=name),
            path(
                "<int:pk>/mail/<str:name>/html/",
                self.admin_site.admin_view(raw),
                name=f"{name}_html",
            ),
            *super().get_urls(),
        ]

    def has_send_again_permission(self, request):
        return request.user.has_perm("notifications.change_outgoingmessage")

    @admin.action(description="Send again", permissions=["send_again"])
    def send_again(self, request, queryset):
        """First a page that says what would be sent; with its button pressed, queue it again."""
        if "confirmed" in request.POST:
            return self._send_again(request, queryset)
        chosen = queryset.select_related("recipient")
        possible = [message for message in chosen if message.can_be_sent_again]
        return confirm_action(
            self,
            request,
            possible,
            action="send_again",
            title="Send again?",
            button="Send again",
            template="notifications/admin/send_again.html",
            possible=[(m, label_of(m.kind)) for m in possible],
            impossible=[(m, label_of(m.kind)) for m in chosen if not m.can_be_sent_again],
        )

    def _send_again(self, request, queryset):
        count = 0
        for message in queryset:
            what = {"message": message, "by": request.user, "at": timezone.now()}
            if perform(request, outbox.send_again, about=label_of(message.kind), **what):
                self.log_change(request, message, "Asked for again.")
                count += 1
        words = formatting.count(count, "message is", "messages are")
        self.message_user(request, f"{words} due again and will be sent in a moment.")


def _dead(at):
    dead = OutgoingMessage.Status.DEAD
    return OutgoingMessage.objects.filter(status=dead), f"status__exact={dead}"


to_do.register("Messages that could not be sent", 80, _dead)
