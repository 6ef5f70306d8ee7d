# An image for virtual machines on an Azure Local cluster, created from a disk in a storage account.
# The credentials come from ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET and ARM_SUBSCRIPTION_ID.
resource "cloudimages_hci_gallery_image" "golden" {
  name                = "golden-ubuntu-24.04"
  resource_group_name = "Images-RG"
  location            = "West US 2"
  custom_location_id  = "/subscriptions/7e570000-0000-4000-8000-000000000010/resourceGroups/Images-RG/providers/Microsoft.ExtendedLocation/customLocations/edge-site-1"
  os_type             = "Linux"
  image_path          = var.disk_url

  tags = {
    team  = "edge"
    built = "2024-08"
  }
}

variable "disk_url" {
  description = "URL of the disk, including its shared access signature (SAS)."
  type        = string
  sensitive   = true
}

output "golden_image" {
  description = "The image on the cluster, with the values that Azure chose."
  value = {
    id                = cloudimages_hci_gallery_image.golden.id
    state             = cloudimages_hci_gallery_image.golden.provisioning_state
    hyperv_generation = cloudimages_hci_gallery_image.golden.hyperv_generation
    disk_size_in_mb   = cloudimages_hci_gallery_image.golden.os_disk_size_in_mb
  }
}
