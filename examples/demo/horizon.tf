# What can be imported to a provider instance of Horizon Cloud, and a desktop image imported from it.
data "cloudimages_horizon_image_sources" "windows" {
  provider_instance_id = local.provider_instance_id
  os_type              = "WINDOWS"
}

resource "cloudimages_horizon_catalog_import" "desktop" {
  name                 = "win11-desktop"
  os                   = "Windows 11 Enterprise, 22H2"
  os_type              = "WINDOWS"
  provider_instance_id = local.provider_instance_id

  marketplace = {
    publisher    = "microsoftwindowsdesktop"
    offer        = "windows-11"
    sku          = "win11-22h2-ent"
    vm_size      = "Standard_DS2_v2"
    license_type = "Windows_Client"
    vnet_id      = local.network_id
    subnet_id    = "${local.network_id}/subnets/images"
  }

  admin_username = "imageadmin"
  admin_password = var.image_password

  lifecycle {
    precondition {
      condition     = contains(data.cloudimages_horizon_image_sources.windows.sources[*].display_name, "Windows 11 Enterprise, 22H2")
      error_message = "The provider instance does not offer this operating system."
    }
  }
}

locals {
  provider_instance_id = "63ee0c8a5b1d4f2e9a7c3d10"
  network_id           = "/subscriptions/7e570000-0000-4000-8000-000000000010/resourceGroups/Desktops-RG/providers/Microsoft.Network/virtualNetworks/desktops"
}

variable "image_password" {
  description = "Password of the administrator on the virtual machine of the image."
  type        = string
  sensitive   = true
}

output "desktop_image" {
  description = "The image in the catalog, and the version that was imported."
  value = {
    version = cloudimages_horizon_catalog_import.desktop.version_name
    status  = cloudimages_horizon_catalog_import.desktop.status
  }
}
