resource "pingone_mfa_device_policy" "second" {
  environment_id = var.environment_id
  name           = "Second factor of a sign-on"

  sms    = { enabled = true }
  voice  = { enabled = false }
  email  = { enabled = true }
  mobile = { enabled = false }
  totp   = { enabled = true }
  fido2  = { enabled = true }
}

resource "pingone_sign_on_policy" "step_up" {
  environment_id = var.environment_id
  name           = "Step_Up"
  description    = var.changed ? null : "with a second factor"
}

resource "pingone_sign_on_policy_action" "login" {
  environment_id    = var.environment_id
  sign_on_policy_id = pingone_sign_on_policy.step_up.id
  priority          = 1

  login { recovery_enabled = !var.changed }
}

resource "pingone_sign_on_policy_action" "second" {
  environment_id    = var.environment_id
  sign_on_policy_id = pingone_sign_on_policy.step_up.id
  priority          = 2

  mfa {
    device_sign_on_policy_id = pingone_mfa_device_policy.second.id
    no_device_mode           = var.changed ? "BYPASS" : "BLOCK"
  }
}
