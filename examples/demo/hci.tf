# An image for virtual machines on an Azure Local cluster, created from a disk in a storage account.
# The credentials come from ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET and ARM_SUBSCRIPTION_ID.
resource "cloudimages_hci_gallery_image" "golden" {
  name                = "golden-ubuntu-24.04"
  resource_group_name = "Images-RG"
  location            = "West US 2"
  custom_location_id  = local.custom_location_id
  os_type             = "Linux"
  image_path          = "https://madeup.blob.core.windows.net/vhds/ubuntu-24.04.vhdx?${var.disk_signature}"
}

# An image of a disk that the signature does not open. Only applied when asked for, since it fails.
resource "cloudimages_hci_gallery_image" "locked" {
  count = var.add_locked_disk ? 1 : 0

  name                = "locked-ubuntu-24.04"
  resource_group_name = "Images-RG"
  location            = "West US 2"
  custom_location_id  = local.custom_location_id
  os_type             = "Linux"
  image_path          = "https://madeup.blob.core.windows.net/locked/ubuntu-24.04.vhdx?${var.disk_signature}"
}

locals {
  custom_location_id = "/subscriptions/7e570000-0000-4000-8000-000000000010/resourceGroups/Images-RG/providers/Microsoft.ExtendedLocation/customLocations/edge-site-1"
}

variable "disk_signature" {
  description = "Shared access signature (SAS) of the disks."
  type        = string
  sensitive   = true
}

variable "add_locked_disk" {
  description = "Whether to try the image that fails."
  type        = bool
  default     = false
}

output "golden_image" {
  description = "The image on the cluster, with values that Azure chose."
  value = {
    state             = cloudimages_hci_gallery_image.golden.provisioning_state
    hyperv_generation = cloudimages_hci_gallery_image.golden.hyperv_generation
    disk_size_in_mb   = cloudimages_hci_gallery_image.golden.os_disk_size_in_mb
  }
}
