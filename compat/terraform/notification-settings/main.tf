resource "pingone_phone_delivery_settings" "carrier" {
  environment_id = var.environment_id

  provider_custom = {
    name           = "Carrier of the settings"
    authentication = { method = "BASIC", username = "me", password = "not a secret" }
    requests       = [{ delivery_method = "SMS", method = "POST", url = "https://carrier.example.org/sms" }]
  }
}

resource "pingone_notification_settings" "settings" {
  environment_id = var.environment_id

  provider_fallback_chain = var.changed ? ["PINGONE_TWILIO"] : [pingone_phone_delivery_settings.carrier.id, "PINGONE_TWILIO"]
  from                    = { email_address = "noreply@pingidentity.com", name = var.changed ? null : "Shop" }
  reply_to                = var.changed ? null : { email_address = "noreply@pingidentity.com" }
}
