locals {
  services = {
    SSO          = {}
    MFA          = { bookmarks = [{ name = "Manual", url = "https://example.org/manual" }] }
    DaVinci      = {}
    Risk         = {}
    PingFederate = { console_url = "https://federate.example.org/console" }
  }
  enabled = var.changed ? ["SSO", "MFA", "DaVinci", "Risk", "PingFederate"] : ["SSO", "MFA", "DaVinci"]
}

resource "pingone_environment" "shop" {
  name        = var.changed ? "Terraform shop" : "Terraform store"
  description = var.changed ? null : "made by Terraform"
  type        = "SANDBOX"
  license_id  = var.license_id

  services = [for type in local.enabled : {
    type        = type
    bookmarks   = try(local.services[type].bookmarks, null)
    console_url = try(local.services[type].console_url, null)
  }]
}

# A tag is for creation only: changing any service beside one makes the provider plan a new environment.
resource "pingone_environment" "tagged" {
  name        = "Terraform tagged"
  description = var.changed ? "with a tag" : null
  type        = "SANDBOX"
  license_id  = var.license_id

  services = [{ type = "SSO" }, { type = "DaVinci", tags = ["DAVINCI_MINIMAL"] }]
}
