from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "profiles"

    def ready(self):
        from allauth.account.signals import authentication_step_completed
        from allauth.mfa import signals as second_step

        from profiles import complaints, erasing, privacy
        from profiles.accounts import emails, second_factor, steps

        emails.register_kinds()
        complaints.register_kinds()
        erasing.register_farewell()
        privacy.register()
        authentication_step_completed.connect(steps.renew_session)
        second_step.authenticator_added.connect(second_factor.end_other_sessions)
        second_step.authenticator_removed.connect(second_factor.end_other_sessions)
        second_step.authenticator_reset.connect(second_factor.end_other_sessions)
