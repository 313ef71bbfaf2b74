resource "pingone_notification_settings_email" "smtp" {
  environment_id = var.environment_id

  host     = "smtp.example.org"
  port     = var.changed ? 465 : 25
  username = var.changed ? "postmaster" : "mfa"
  password = "not a secret"

  from     = { email_address = "mfa@example.org", name = var.changed ? null : "Shop" }
  reply_to = var.changed ? null : { email_address = "help@example.org", name = "Help" }
}
