resource "pingone_mfa_device_policy_default" "policy" {
  environment_id = var.environment_id
  policy_type    = "PING_ONE_MFA"
  name           = var.changed ? "Ours" : "Ours for all"

  authentication          = { device_selection = "PROMPT_TO_SELECT" }
  new_device_notification = "SMS_THEN_EMAIL"
  ignore_user_lock        = var.changed

  sms = {
    enabled = true
    otp = {
      lifetime = { duration = 75, time_unit = "SECONDS" }
      failure  = { count = var.changed ? 4 : 5, cool_down = { duration = 5, time_unit = "SECONDS" } }
    }
  }
  voice  = { enabled = var.changed }
  email  = { enabled = true }
  mobile = { enabled = false }
  totp   = { enabled = true }
  fido2  = { enabled = true, failure = { count = 4, cool_down = { duration = 150, time_unit = "SECONDS" } } }

  remember_me = { web = { enabled = true, life_time = { duration = 60, time_unit = "MINUTES" } } }
}
