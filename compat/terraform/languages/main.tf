resource "pingone_language" "welsh" {
  environment_id = var.environment_id
  locale         = "cy-GB"
}

resource "pingone_language_update" "welsh" {
  environment_id = var.environment_id
  language_id    = pingone_language.welsh.id
  enabled        = !var.changed
}

data "pingone_language" "french" {
  environment_id = var.environment_id
  locale         = "fr"
}

resource "pingone_language_update" "french" {
  environment_id = var.environment_id
  language_id    = data.pingone_language.french.id
  enabled        = true
  default        = var.changed
}
