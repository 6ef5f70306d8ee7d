terraform {
  required_version = ">= 1.0"

  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

provider "cloudimages" {
  # The keys come from UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY.
  ucloud = {
    region   = "cn-bj2"
    base_url = var.ucloud_base_url
  }

  # The login and the addresses come from HORIZON_API_TOKEN, HORIZON_ENDPOINT and HORIZON_CSP_URL.
  horizon = {
    polling_interval = "500ms"
  }
}

variable "ucloud_base_url" {
  description = "Address of the UCloud API. Null for https://api.ucloud.cn."
  type        = string
  default     = null
}
