resource "pingone_environment" "shop" {
  name        = var.changed ? "Terraform shop" : "Terraform store"
  description = var.changed ? null : "made by Terraform"
  type        = "SANDBOX"
  license_id  = var.license_id

  services = concat([
    { type = "SSO" },
    { type = "MFA", bookmarks = [{ name = "Manual", url = "https://example.org/manual" }] },
    { type = "DaVinci", tags = ["DAVINCI_MINIMAL"] },
    ], var.changed ? [
    { type = "Risk" },
    { type = "PingFederate", console_url = "https://federate.example.org/console" },
  ] : [])
}
