resource "pingone_phone_delivery_settings" "carrier" {
  environment_id = var.environment_id

  provider_custom = {
    name           = "Carrier of a policy"
    authentication = { method = "BEARER", auth_token = "not a secret" }
    requests       = [{ delivery_method = "SMS", method = "POST", url = "https://carrier.example.org/sms" }]
  }
}

resource "pingone_notification_policy" "bare" {
  environment_id = var.environment_id
  name           = "Bare"
}

resource "pingone_notification_policy" "full" {
  environment_id = var.environment_id
  name           = var.changed ? "Careful with all" : "Careful"

  quota = [
    { type = "USER", delivery_methods = ["SMS", "Voice"], total = var.changed ? 10 : 20 },
    { type = "ENVIRONMENT", delivery_methods = ["Email"], used = 500, unused = 100 },
  ]

  country_limit = var.changed ? { type = "NONE", countries = null } : { type = "ALLOWED", countries = ["DE", "FR"] }

  cooldown_configuration = {
    sms = {
      enabled      = true
      group_by     = "USER_ID"
      resend_limit = 3
      periods = [
        { duration = 30, time_unit = "SECONDS" },
        { duration = var.changed ? 50 : 60, time_unit = "SECONDS" },
        { duration = 2, time_unit = "MINUTES" },
      ]
    }
    voice     = { enabled = false }
    email     = { enabled = false }
    whats_app = { enabled = false }
  }

  provider_configuration = {
    conditions = [
      { countries = ["DE"], delivery_methods = ["SMS"], fallback_chain = [{ id = pingone_phone_delivery_settings.carrier.id }] },
      { fallback_chain = [{ id = pingone_phone_delivery_settings.carrier.id }] },
    ]
  }
}
