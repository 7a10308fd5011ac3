from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "profiles"

    def ready(self):
        from allauth.mfa.signals import authenticator_added

        from profiles.accounts import emails, second_factor

        emails.register_kinds()
        authenticator_added.connect(second_factor.end_other_sessions)
