resource "pingone_population" "staff" {
  environment_id = var.environment_id
  name           = var.changed ? "Staff and guests" : "Staff"
  description    = var.changed ? null : "on the payroll"
}

resource "pingone_population" "bare" {
  environment_id = var.environment_id
  name           = "Bare"
}
