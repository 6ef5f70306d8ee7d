terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

data "cloudimages_hci_gallery_image" "ubuntu" {
  name                = "ubuntu-2404-hardened"
  resource_group_name = "rg-azlocal-images"
}

# The image id for a virtual machine of Azure Local.
output "image_id" {
  value = data.cloudimages_hci_gallery_image.ubuntu.id

  precondition {
    condition     = data.cloudimages_hci_gallery_image.ubuntu.provisioning_state == "Succeeded"
    error_message = "The image is not ready yet."
  }
}
