resource "pingone_application" "native" {
  environment_id = var.environment_id
  name           = var.changed ? "Pocket shop" : "Pocket"
  description    = var.changed ? null : "on the phone"
  enabled        = true

  oidc_options = {
    type                       = "NATIVE_APP"
    grant_types                = ["AUTHORIZATION_CODE"]
    response_types             = ["CODE"]
    pkce_enforcement           = "S256_REQUIRED"
    token_endpoint_auth_method = "NONE"
    redirect_uris              = ["org.example.pocket://callback", "https://shop.example.org/callback"]

    mobile_app = {
      bundle_id                = "org.example.pocket"
      package_name             = "org.example.pocket"
      huawei_app_id            = "104711"
      huawei_package_name      = "org.example.pocket.huawei"
      passcode_refresh_seconds = var.changed ? 45 : 30
      universal_app_link       = "https://shop.example.org"

      integrity_detection = {
        enabled            = true
        excluded_platforms = ["GOOGLE"]
        cache_duration     = { amount = var.changed ? 12 : 24, units = "HOURS" }
      }
    }
  }
}

resource "pingone_application" "web" {
  environment_id = var.environment_id
  name           = "Shop"
  enabled        = !var.changed

  oidc_options = {
    type                       = "WEB_APP"
    grant_types                = ["AUTHORIZATION_CODE", "REFRESH_TOKEN"]
    response_types             = ["CODE"]
    token_endpoint_auth_method = "CLIENT_SECRET_BASIC"
    redirect_uris              = ["https://shop.example.org/callback"]
    post_logout_redirect_uris  = ["https://shop.example.org/"]
    refresh_token_duration     = var.changed ? 86400 : 172800
  }
}

resource "pingone_application" "page" {
  environment_id = var.environment_id
  name           = "Page"
  enabled        = true

  oidc_options = {
    type                       = "SINGLE_PAGE_APP"
    grant_types                = ["AUTHORIZATION_CODE"]
    response_types             = ["CODE"]
    pkce_enforcement           = "S256_REQUIRED"
    token_endpoint_auth_method = "NONE"
    redirect_uris              = ["https://page.example.org/"]
    cors_settings = {
      behavior = "ALLOW_SPECIFIC_ORIGINS"
      origins  = var.changed ? ["https://page.example.org"] : ["https://page.example.org", "https://beta.example.org"]
    }
  }
}

resource "pingone_application" "worker" {
  environment_id = var.environment_id
  name           = "Batch"
  enabled        = true

  oidc_options = {
    type                       = "WORKER"
    grant_types                = ["CLIENT_CREDENTIALS"]
    token_endpoint_auth_method = var.changed ? "CLIENT_SECRET_POST" : "CLIENT_SECRET_BASIC"
  }
}

data "pingone_role" "reader" {
  name = "Identity Data Read Only"
}

resource "pingone_application_role_assignment" "worker" {
  environment_id       = var.environment_id
  application_id       = pingone_application.worker.id
  role_id              = data.pingone_role.reader.id
  scope_environment_id = var.environment_id
}
