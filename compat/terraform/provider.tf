terraform {
  required_providers {
    pingone = {
      source  = "pingidentity/pingone"
      version = "~> 1.21"
    }
  }
}

# Hosts and credentials come from the environment (PINGONE_…).
provider "pingone" {}

variable "environment_id" {
  type        = string
  description = "An environment for this configuration alone."
}

variable "license_id" {
  type        = string
  description = "What new environments are made under."
}

variable "changed" {
  type        = bool
  default     = false
  description = "The second variant: what it makes different must be updated in place."
}
