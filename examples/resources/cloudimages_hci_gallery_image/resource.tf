terraform {
  required_version = ">= 1.11"

  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

variable "custom_location_id" {
  type = string
}

variable "windows_disk_url" {
  description = "URL of a disk, including its shared access signature (SAS)."
  type        = string
  sensitive   = true
  ephemeral   = true
}

# From a disk that the cluster downloads. The URL contains a signature, so it is passed as a write-only
# argument, which is never stored. Changing image_path_wo_version replaces the image.
resource "cloudimages_hci_gallery_image" "windows" {
  name                = "ws2025-azure-edition-2026-03"
  resource_group_name = "rg-azlocal-images"
  location            = "westeurope"
  custom_location_id  = var.custom_location_id
  os_type             = "Windows"

  image_path_wo         = var.windows_disk_url
  image_path_wo_version = 1

  hyperv_generation = "V2"

  identifier = {
    publisher = "contoso"
    offer     = "windows-server"
    sku       = "2025-azure-edition"
  }

  tags = {
    owner = "platform"
  }

  timeouts = {
    create = "5h"
  }
}

# From a disk that is already on the cluster, with cloud-init.
resource "cloudimages_hci_gallery_image" "ubuntu" {
  name                = "ubuntu-2404-hardened"
  resource_group_name = "rg-azlocal-images"
  location            = "westeurope"
  custom_location_id  = var.custom_location_id
  os_type             = "Linux"

  image_path             = "C:\\ClusterStorage\\Volume1\\images\\ubuntu-2404.vhdx"
  cloud_init_data_source = "NoCloud"
}
