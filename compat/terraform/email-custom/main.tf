resource "pingone_notification_settings_email" "custom" {
  environment_id = var.environment_id

  custom_provider_name = var.changed ? "Mailer" : "Mail house"
  protocol             = "HTTP"
  username             = "mfa"
  password             = "not a secret"
  from                 = { email_address = "mfa@example.org", name = "Shop" }

  requests = [{
    method  = "POST"
    url     = "https://mail.example.org/send"
    headers = { "Content-Type" = "application/json", "X-Tenant" = var.changed ? "two" : "one" }
    body    = jsonencode({ to = "$${to}", from = "$${from}", text = "$${message}" })
  }]
}
