resource "pingone_environment" "empty" {
  name       = "Terraform population"
  type       = "SANDBOX"
  license_id = var.license_id

  services = [{ type = "SSO" }, { type = "MFA" }]
}

resource "pingone_population_default" "all" {
  environment_id = pingone_environment.empty.id
  name           = var.changed ? "Everybody" : "All people"
  description    = var.changed ? null : "who are not elsewhere"
}
