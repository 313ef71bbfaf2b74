resource "pingone_population" "staff" {
  environment_id = var.environment_id
  name           = "Terraform staff"
}

resource "pingone_user" "bare" {
  environment_id = var.environment_id
  population_id  = pingone_population.staff.id
  username       = "bare"
  email          = "bare@example.org"
  enabled        = !var.changed
}

resource "pingone_user" "full" {
  environment_id = var.environment_id
  population_id  = pingone_population.staff.id

  username           = var.changed ? "grace.hopper" : "grace"
  email              = "grace@example.org"
  mfa_enabled        = var.changed
  external_id        = "e-4711"
  locale             = "en-US"
  preferred_language = var.changed ? null : "en-US;q=1.0, de;q=0.5"
  timezone           = "America/New_York"
  nickname           = var.changed ? "Amazing" : "Grace"
  title              = "Rear admiral"
  type               = "officer"
  mobile_phone       = "+1.4155550123"
  primary_phone      = "+1.4155550124"

  name = {
    given            = "Grace"
    middle           = "Brewster"
    family           = var.changed ? "Hopper" : "Murray"
    honorific_prefix = "Dr."
  }

  address = {
    street_address = "1 Navy Yard"
    locality       = "Washington"
    region         = "DC"
    postal_code    = "20374"
    country_code   = "US"
  }

  account = {
    status           = var.changed ? "LOCKED" : "OK"
    can_authenticate = !var.changed
  }
}
