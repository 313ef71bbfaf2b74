variable "signing_key" {
  type        = string
  description = "A private key as PKCS#8; the run makes one."
}

resource "pingone_application" "native" {
  environment_id = var.environment_id
  name           = "Push"
  enabled        = true

  oidc_options = {
    type                       = "NATIVE_APP"
    grant_types                = ["AUTHORIZATION_CODE"]
    response_types             = ["CODE"]
    pkce_enforcement           = "S256_REQUIRED"
    token_endpoint_auth_method = "NONE"

    mobile_app = {
      bundle_id           = "org.example.push"
      package_name        = "org.example.push"
      huawei_app_id       = "104712"
      huawei_package_name = "org.example.push.huawei"
    }
  }
}

resource "pingone_mfa_application_push_credential" "android" {
  environment_id = var.environment_id
  application_id = pingone_application.native.id

  fcm = {
    google_service_account_credentials = jsonencode({ type = "service_account", project_id = var.changed ? "pocket-2" : "pocket" })
  }
}

resource "pingone_mfa_application_push_credential" "apple" {
  environment_id = var.environment_id
  application_id = pingone_application.native.id

  apns = {
    key               = var.changed ? "KEY0000002" : "KEY0000001"
    team_id           = "TEAM000001"
    token_signing_key = var.signing_key
  }
}

resource "pingone_mfa_application_push_credential" "huawei" {
  environment_id = var.environment_id
  application_id = pingone_application.native.id

  hms = {
    client_id     = "104712"
    client_secret = var.changed ? "another" : "not a secret"
  }
}
