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

# Without arguments, the keys come from UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY, or else from the
# profile `default` of ~/.ucloud/credential.json, and the region from UCLOUD_REGION. A cloud that no
# data source or resource uses needs no configuration at all.
provider "cloudimages" {}

# Keys as arguments, for one project and region.
provider "cloudimages" {
  alias = "keys"

  ucloud = {
    public_key  = var.ucloud_public_key
    private_key = var.ucloud_private_key
    region      = "cn-bj2"
    project_id  = "org-a1b2c3"
  }
}

# A profile of the file that UCloud's command line tool writes.
provider "cloudimages" {
  alias = "profile"

  ucloud = {
    profile                 = "staging"
    shared_credentials_file = "~/.ucloud/credential.json"
    region                  = "cn-sh2"
  }
}

# The international site, whose keys the Chinese site does not know.
provider "cloudimages" {
  alias = "international"

  ucloud = {
    profile     = "international"
    region      = "hk"
    base_url    = "https://api.ucloud-global.com"
    max_retries = 8
  }
}
