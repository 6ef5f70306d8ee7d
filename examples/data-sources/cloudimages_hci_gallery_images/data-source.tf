terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

# The images of one resource group, by name.
data "cloudimages_hci_gallery_images" "group" {
  resource_group_name = "rg-azlocal-images"
}

output "ids" {
  value = {
    for image in data.cloudimages_hci_gallery_images.group.images : image.name => image.id
  }
}

# All images of the subscription, to find the ones whose download failed.
data "cloudimages_hci_gallery_images" "all" {}

output "failed" {
  value = [
    for image in data.cloudimages_hci_gallery_images.all.images :
    "${image.resource_group_name}/${image.name}" if image.provisioning_state == "Failed"
  ]
}
