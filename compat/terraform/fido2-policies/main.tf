resource "pingone_mfa_fido2_policy" "bare" {
  environment_id = var.environment_id
  name           = "Any key"

  attestation_requirements = "NONE"
  authenticator_attachment = "BOTH"
  backup_eligibility       = { allow = true, enforce_during_authentication = false }
  device_display_name      = "fidoPolicy.deviceDisplayName01"
  discoverable_credentials = "DISCOURAGED"
  mds_authenticators_requirements = {
    enforce_during_authentication = false
    option                        = "NONE"
  }
  relying_party_id             = "example.org"
  user_display_name_attributes = { attributes = [{ name = "username" }] }
  user_verification            = { enforce_during_authentication = false, option = "PREFERRED" }
}

resource "pingone_mfa_fido2_policy" "full" {
  environment_id = var.environment_id
  name           = var.changed ? "Keys of the house" : "House keys"
  description    = var.changed ? null : "bought by us"

  attestation_requirements = "DIRECT"
  authenticator_attachment = "CROSS_PLATFORM"
  backup_eligibility       = { allow = false, enforce_during_authentication = true }
  device_display_name      = "House key"
  discoverable_credentials = var.changed ? "REQUIRED" : "PREFERRED"
  mds_authenticators_requirements = {
    allowed_authenticator_ids     = var.changed ? ["one"] : ["one", "two"]
    enforce_during_authentication = true
    option                        = "SPECIFIC"
  }
  relying_party_id = "keys.example.org"
  user_display_name_attributes = {
    attributes = [
      { name = "name", sub_attributes = [{ name = "given" }, { name = "family" }] },
      { name = "email" },
      { name = "username" },
    ]
  }
  user_verification     = { enforce_during_authentication = true, option = "REQUIRED" }
  user_presence_timeout = { duration = var.changed ? 5 : 90, time_unit = var.changed ? "MINUTES" : "SECONDS" }
}
