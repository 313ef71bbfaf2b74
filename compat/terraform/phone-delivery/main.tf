resource "pingone_phone_delivery_settings" "basic" {
  environment_id = var.environment_id

  provider_custom = {
    name           = var.changed ? "Carrier" : "Carrier one"
    authentication = { method = "BASIC", username = "me", password = "not a secret" }

    requests = [
      {
        delivery_method     = "SMS"
        method              = "POST"
        url                 = "https://carrier.example.org/sms"
        headers             = { "Content-Type" = "application/json" }
        body                = jsonencode({ to = "$${to}", text = "$${message}" })
        phone_number_format = var.changed ? "FULL" : "NUMBER_ONLY"
      },
      {
        delivery_method = "VOICE"
        method          = "GET"
        url             = "https://carrier.example.org/call?to=$${to}&say=$${message}"
        before_tag      = "<digit>"
        after_tag       = "</digit>"
      },
    ]

    numbers = [
      { number = "+49 30 1234567", type = "PHONE_NUMBER", capabilities = ["SMS", "VOICE"], available = true, selected = !var.changed },
      { number = "800 100", type = "TOLL_FREE", capabilities = ["VOICE"], supported_countries = ["DE", "AT"] },
      { number = "4711", type = "SHORT_CODE", capabilities = ["SMS"], supported_countries = ["DE"] },
    ]
  }
}

resource "pingone_phone_delivery_settings" "bearer" {
  environment_id = var.environment_id

  provider_custom = {
    name           = "Carrier two"
    authentication = { method = "BEARER", auth_token = "not a secret" }
    requests       = [{ delivery_method = "SMS", method = "POST", url = "https://two.example.org/sms" }]
  }
}
