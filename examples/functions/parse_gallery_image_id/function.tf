terraform {
  required_version = ">= 1.8"

  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

locals {
  image = provider::cloudimages::parse_gallery_image_id(
    "/subscriptions/3c6d0f8e-51b2-4a97-8e0d-9b7c24f1a635/resourceGroups/rg-azlocal-images/providers/Microsoft.AzureStackHCI/galleryImages/ubuntu-2404-hardened"
  )
}

# The image by its name and its resource group.
data "cloudimages_hci_gallery_image" "ubuntu" {
  name                = local.image.name
  resource_group_name = local.image.resource_group_name
}

output "subscription_id" {
  value = local.image.subscription_id
}
