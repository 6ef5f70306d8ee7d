terraform {
  required_providers {
    cloudimages = {
      source  = "cloudimages/cloudimages"
      version = "~> 0.1"
    }
  }
}

variable "ucloud_public_key" {
  type = string
}

variable "ucloud_private_key" {
  type      = string
  sensitive = true
}

variable "batch_account_key" {
  type      = string
  sensitive = true
}

variable "azure_client_secret" {
  type      = string
  sensitive = true
}

variable "horizon_api_token" {
  type      = string
  sensitive = true
}

variable "horizon_client_secret" {
  type      = string
  sensitive = true
}

# Everything from the environment: UCloud keys from UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY, or else from
# the profile `default` in ~/.ucloud/credential.json, and the region from UCLOUD_REGION. Azure is accessed
# as the user who is logged in to the Azure CLI, unless ARM_* variables are set, and Horizon
# Cloud with HORIZON_API_TOKEN. Clouds that are not used need no configuration.
provider "cloudimages" {}

# UCloud with keys from arguments, for one project and region.
provider "cloudimages" {
  alias = "keys"

  ucloud = {
    public_key  = var.ucloud_public_key
    private_key = var.ucloud_private_key
    region      = "cn-bj2"
    project_id  = "org-a1b2c3"
  }
}

# UCloud with a profile of the shared credentials file, which the UCloud command line tool writes.
provider "cloudimages" {
  alias = "profile"

  ucloud = {
    profile                 = "staging"
    shared_credentials_file = "~/.ucloud/credential.json"
    region                  = "cn-sh2"
  }
}

# The international site of UCloud. Its keys are not valid on the Chinese site.
provider "cloudimages" {
  alias = "international"

  ucloud = {
    profile     = "international"
    region      = "hk"
    base_url    = "https://api.ucloud-global.com"
    max_retries = 8
  }
}

# Azure Batch with the access key of the account (Shared Key).
provider "cloudimages" {
  alias = "batch_key"

  batch = {
    account_endpoint = "pools.westeurope.batch.azure.com"
    account_key      = var.batch_account_key
  }
}

# Azure Batch with a service principal (Microsoft Entra ID), without an account key.
provider "cloudimages" {
  alias = "service_principal"

  azure = {
    tenant_id     = "8f4a2c1e-3b7d-4e59-9a60-d2c5b81f7e34"
    client_id     = "1d9e6b52-70c3-4f8a-b4e1-5a2f93d6c807"
    client_secret = var.azure_client_secret
  }

  batch = {
    account_endpoint = "pools.westeurope.batch.azure.com"
  }
}

# Horizon Cloud with an API token, which HORIZON_API_TOKEN can hold instead.
provider "cloudimages" {
  alias = "horizon"

  horizon = {
    api_token = var.horizon_api_token
  }
}

# Horizon Cloud with an OAuth application, in the European region and for one of several organizations.
provider "cloudimages" {
  alias = "horizon_europe"

  horizon = {
    endpoint      = "https://cloud-sg-eu.horizon.omnissa.com"
    client_id     = "desktop-images"
    client_secret = var.horizon_client_secret
    org_id        = "5f0d3b7e-9a41-4c26-8e7f-1b2c6d94a053"
  }
}
