from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "profiles"

    def ready(self):
        from allauth.account import signals as account
        from allauth.mfa import signals as second_step
        from django.contrib.auth.signals import user_logged_in

        from profiles import privacy
        from profiles.accounts import emails, known_devices, login_stages, middleware, second_factor
        from profiles.actions import assistant_emails, complaints, erasure

        user_logged_in.connect(middleware.begin_use)
        emails.register_kinds()
        assistant_emails.register_kinds()
        complaints.register_kinds()
        erasure.register_erasure_email()
        privacy.register()
        account.authentication_step_completed.connect(login_stages.renew_session)
        for signed_in in (account.user_logged_in, account.password_changed, account.password_set):
            signed_in.connect(known_devices.remember)
        second_step.authenticator_added.connect(second_factor.end_other_sessions)
        second_step.authenticator_removed.connect(second_factor.end_other_sessions)
        second_step.authenticator_reset.connect(second_factor.end_other_sessions)
