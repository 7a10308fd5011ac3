from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "profiles"

    def ready(self):
        from allauth.mfa.signals import authenticator_added

        from profiles import erasing, privacy
        from profiles.accounts import emails, second_factor

        emails.register_kinds()
        erasing.register_farewell()
        privacy.register()
        authenticator_added.connect(second_factor.end_other_sessions)
