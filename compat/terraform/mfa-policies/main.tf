resource "pingone_application" "native" {
  environment_id = var.environment_id
  name           = "Policies"
  enabled        = true

  oidc_options = {
    type                       = "NATIVE_APP"
    grant_types                = ["AUTHORIZATION_CODE"]
    response_types             = ["CODE"]
    pkce_enforcement           = "S256_REQUIRED"
    token_endpoint_auth_method = "NONE"
    mobile_app                 = { bundle_id = "org.example.policies", package_name = "org.example.policies" }
  }
}

resource "pingone_notification_policy" "careful" {
  environment_id = var.environment_id
  name           = "Careful with policies"

  lifecycle { create_before_destroy = true }
}

resource "pingone_mfa_fido2_policy" "keys" {
  environment_id = var.environment_id
  name           = "Keys of policies"

  attestation_requirements        = "NONE"
  authenticator_attachment        = "BOTH"
  backup_eligibility              = { allow = true, enforce_during_authentication = false }
  device_display_name             = "Key"
  discoverable_credentials        = "PREFERRED"
  mds_authenticators_requirements = { enforce_during_authentication = false, option = "NONE" }
  relying_party_id                = "example.org"
  user_display_name_attributes    = { attributes = [{ name = "username" }] }
  user_verification               = { enforce_during_authentication = false, option = "PREFERRED" }
}

resource "pingone_mfa_device_policy" "bare" {
  environment_id = var.environment_id
  name           = "Bare"

  sms    = { enabled = true }
  voice  = { enabled = false }
  email  = { enabled = false }
  mobile = { enabled = false }
  totp   = { enabled = false }
}

locals {
  otp = {
    lifetime   = { duration = var.changed ? 20 : 10, time_unit = "MINUTES" }
    failure    = { count = var.changed ? 5 : 4, cool_down = { duration = 5, time_unit = "MINUTES" } }
    otp_length = 8
  }
}

resource "pingone_mfa_device_policy" "full" {
  environment_id = var.environment_id
  name           = var.changed ? "Every method" : "All methods"

  authentication          = { device_selection = var.changed ? "ALWAYS_DISPLAY_DEVICES" : "PROMPT_TO_SELECT" }
  new_device_notification = "SMS_THEN_EMAIL"
  ignore_user_lock        = true
  notifications_policy    = { id = pingone_notification_policy.careful.id }
  remember_me             = { web = { enabled = true, life_time = { duration = var.changed ? 30 : 12, time_unit = "HOURS" } } }

  sms       = { enabled = true, otp = local.otp, pairing_disabled = var.changed, prompt_for_nickname_on_pairing = true }
  voice     = { enabled = true, otp = local.otp }
  email     = { enabled = !var.changed, otp = local.otp }
  whats_app = { enabled = true, otp = local.otp }

  mobile = {
    enabled = true
    otp     = { failure = { count = 5, cool_down = { duration = 125, time_unit = "SECONDS" } } }
    applications = {
      (pingone_application.native.id) = {
        push                 = { enabled = true, number_matching = { enabled = var.changed } }
        otp                  = { enabled = true }
        push_timeout         = { duration = 60, time_unit = "SECONDS" }
        pairing_key_lifetime = { duration = 2, time_unit = "HOURS" }
        device_authorization = { enabled = true, extra_verification = "permissive" }
        auto_enrollment      = { enabled = true }
        pairing_disabled     = true
        push_limit = {
          count         = var.changed ? 6 : 4
          lock_duration = { duration = 900, time_unit = "SECONDS" }
          time_period   = { duration = 5, time_unit = "MINUTES" }
        }
      }
    }
  }

  totp = {
    enabled                        = true
    otp                            = { failure = { count = 5, cool_down = { duration = 125, time_unit = "SECONDS" } } }
    passcode_grace_period          = 2
    prompt_for_nickname_on_pairing = true
    uri_parameters                 = var.changed ? { issuer = "Shop" } : { issuer = "Shop", image = "https://example.org/a.png" }
  }

  fido2 = {
    enabled         = true
    fido2_policy_id = pingone_mfa_fido2_policy.keys.id
    failure         = { count = 5, cool_down = { duration = 150, time_unit = "SECONDS" } }
  }

  oath_token = {
    enabled = true
    otp     = { failure = { count = 4, cool_down = { duration = 3, time_unit = "MINUTES" } } }
  }
}
