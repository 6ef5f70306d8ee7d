terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

import {
  to = cloudimages_hci_gallery_image.ubuntu
  id = "/subscriptions/3c6d0f8e-51b2-4a97-8e0d-9b7c24f1a635/resourceGroups/rg-azlocal-images/providers/Microsoft.AzureStackHCI/galleryImages/ubuntu-2404-hardened"
}

resource "cloudimages_hci_gallery_image" "ubuntu" {
  name                = "ubuntu-2404-hardened"
  resource_group_name = "rg-azlocal-images"
  location            = "westeurope"
  custom_location_id  = "/subscriptions/3c6d0f8e-51b2-4a97-8e0d-9b7c24f1a635/resourceGroups/rg-azlocal/providers/Microsoft.ExtendedLocation/customLocations/site-1"
  os_type             = "Linux"
  image_path          = "C:\\ClusterStorage\\Volume1\\images\\ubuntu-2404.vhdx"
}
