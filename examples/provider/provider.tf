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

# A cloud that nothing uses needs no configuration, and every argument may come from the environment.
# With an empty block, UCloud's keys are UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY, or else those of the
# profile `default` in ~/.ucloud/credential.json, and its region is UCLOUD_REGION. Azure is used as
# whoever is logged in to the Azure CLI, unless ARM_* variables say otherwise.
provider "cloudimages" {}

# UCloud: keys as arguments, for one project and region.
provider "cloudimages" {
  alias = "keys"

  ucloud = {
    public_key  = var.ucloud_public_key
    private_key = var.ucloud_private_key
    region      = "cn-bj2"
    project_id  = "org-a1b2c3"
  }
}

# UCloud: a profile of the file that its command line tool writes.
provider "cloudimages" {
  alias = "profile"

  ucloud = {
    profile                 = "staging"
    shared_credentials_file = "~/.ucloud/credential.json"
    region                  = "cn-sh2"
  }
}

# UCloud's international site, whose keys the Chinese site does not know.
provider "cloudimages" {
  alias = "international"

  ucloud = {
    profile     = "international"
    region      = "hk"
    base_url    = "https://api.ucloud-global.com"
    max_retries = 8
  }
}

# Azure Batch with the key of the account.
provider "cloudimages" {
  alias = "batch_key"

  batch = {
    account_endpoint = "pools.westeurope.batch.azure.com"
    account_key      = var.batch_account_key
  }
}

# Azure Batch as a service principal, without any key of the account.
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
