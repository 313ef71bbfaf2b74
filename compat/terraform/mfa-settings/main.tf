resource "pingone_mfa_settings" "settings" {
  environment_id = var.environment_id

  pairing = {
    max_allowed_devices = var.changed ? 3 : 7
    pairing_key_format  = var.changed ? "ALPHANUMERIC" : "NUMERIC"
  }

  lockout          = var.changed ? null : { failure_count = 13, duration_seconds = 8 }
  phone_extensions = { enabled = !var.changed }
  users            = { mfa_enabled = var.changed }
}
