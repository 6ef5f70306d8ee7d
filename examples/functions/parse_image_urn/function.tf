terraform {
  required_version = ">= 1.8"

  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

locals {
  image = provider::cloudimages::parse_image_urn("Canonical:ubuntu-24_04-lts:server:latest")
}

output "image" {
  value = {
    publisher = local.image.publisher # Canonical
    offer     = local.image.offer     # ubuntu-24_04-lts
    sku       = local.image.sku       # server
    version   = local.image.version   # latest
  }
}
