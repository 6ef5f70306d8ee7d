terraform {
  required_version = ">= 1.11"

  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

variable "image_admin_password" {
  description = "Password of the administrator on the virtual machine of the image."
  type        = string
  sensitive   = true
  ephemeral   = true
}

# From the Azure Marketplace. The password is passed as a write-only argument, which is never stored.
# Changing admin_password_wo_version resets the password in place.
resource "cloudimages_horizon_catalog_import" "win11" {
  name                 = "win11-23h2"
  description          = "Golden image of the sales pools"
  os                   = "Windows 11 Enterprise, 23H2"
  os_type              = "WINDOWS"
  provider_instance_id = "6553a1b0c7d24e19f8a30b42"
  version_description  = "Imported 2026-03"
  markers              = ["default", "candidate"]

  marketplace = {
    publisher    = "microsoftwindowsdesktop"
    offer        = "windows-11"
    sku          = "win11-23h2-ent"
    vm_size      = "Standard_D4s_v5"
    license_type = "Windows_Client"
    vnet_id      = "/subscriptions/3c6d0f8e-51b2-4a97-8e0d-9b7c24f1a635/resourceGroups/rg-desktops/providers/Microsoft.Network/virtualNetworks/vnet-desktops"
    subnet_id    = "/subscriptions/3c6d0f8e-51b2-4a97-8e0d-9b7c24f1a635/resourceGroups/rg-desktops/providers/Microsoft.Network/virtualNetworks/vnet-desktops/subnets/images"
  }

  admin_username            = "imageadmin"
  admin_password_wo         = var.image_admin_password
  admin_password_wo_version = 1

  timeouts = {
    create = "2h"
  }
}

# A copy of an image version that was built elsewhere and published to an Azure Compute Gallery.
resource "cloudimages_horizon_catalog_import" "hardened" {
  name                 = "win11-hardened"
  os                   = "Windows 11 Enterprise multi-session, 23H2"
  os_type              = "WINDOWS"
  provider_instance_id = "6553a1b0c7d24e19f8a30b42"

  shared_gallery = {
    tenant_id        = "8f4a2c1e-3b7d-4e59-9a60-d2c5b81f7e34"
    image_version_id = "/subscriptions/3c6d0f8e-51b2-4a97-8e0d-9b7c24f1a635/resourceGroups/rg-images/providers/Microsoft.Compute/galleries/golden/images/win11/versions/3.1.0"
    multi_session    = true
  }
}

# A virtual machine that exists already.
resource "cloudimages_horizon_catalog_import" "workstation" {
  name                 = "cad-workstation"
  os                   = "Windows 11 Enterprise, 23H2"
  os_type              = "WINDOWS"
  gpu_type             = "NVIDIA"
  provider_instance_id = "6553a1b0c7d24e19f8a30b42"

  custom_vm = {
    vm_name             = "vm-cad-master"
    resource_group_name = "rg-masters"
    publisher           = "microsoftwindowsdesktop"
    offer               = "windows-11"
    sku                 = "win11-23h2-ent"
    vm_size             = "Standard_NV6ads_A10_v5"
    license_type        = "Windows_Client"
  }
}
