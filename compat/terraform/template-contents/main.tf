resource "pingone_language" "welsh" {
  environment_id = var.environment_id
  locale         = "cy-GB"
}

resource "pingone_notification_template_content" "sms" {
  environment_id = var.environment_id
  template_name  = "strong_authentication"
  locale         = pingone_language.welsh.locale

  sms = { content = var.changed ? "Cod: $${otp}" : "Eich cod: $${otp}", sender = "Siop" }
}

resource "pingone_notification_template_content" "own_english" {
  environment_id = var.environment_id
  template_name  = "strong_authentication"
  locale         = "en"

  push = { title = "Shop", body = var.changed ? "Was that you?" : "Is that you?", category = "WITHOUT_BANNER_BUTTONS" }
}

resource "pingone_notification_template_content" "variant" {
  environment_id = var.environment_id
  template_name  = "verification_code_template"
  locale         = "fr"
  variant        = var.changed ? null : "payroll"

  email = {
    subject       = "Votre code"
    body          = "<p>$${code.value}</p>"
    character_set = var.changed ? "UTF-8" : "iso-8859-5"
    content_type  = var.changed ? "text/html" : "text/plain"
    from          = { name = "Shop", address = "noreply@pingidentity.com" }
    reply_to      = { name = "Shop", address = "noreply@pingidentity.com" }
  }
}

resource "pingone_notification_template_content" "voice" {
  environment_id = var.environment_id
  template_name  = "device_pairing"
  locale         = "de"

  voice = { content = "Ihr Code ist <sayCharValue>$${otp}</sayCharValue>", type = var.changed ? "Man" : "Alice" }
}
