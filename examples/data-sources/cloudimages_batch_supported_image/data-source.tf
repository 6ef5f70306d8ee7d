terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

# Of the Ubuntu images that Batch has tested and that run containers, the one that it supports
# longest, which has to be half a year at least.
data "cloudimages_batch_supported_image" "ubuntu" {
  account_endpoint      = "pools.westeurope.batch.azure.com"
  os_type               = "linux"
  verification_type     = "verified"
  publisher             = "microsoft-azure-batch"
  offer                 = "ubuntu-server-container"
  required_capabilities = ["DockerCompatible"]
  min_support_days      = 180
  most_recent           = true
}

# One SKU, with the node agent that goes with it.
data "cloudimages_batch_supported_image" "windows" {
  account_endpoint = "pools.westeurope.batch.azure.com"
  publisher        = "MicrosoftWindowsServer"
  offer            = "WindowsServer"
  sku              = "2022-datacenter-core"
}

# What azurerm_batch_pool takes in storage_image_reference and node_agent_sku_id.
output "pool" {
  value = {
    node_agent_sku_id = data.cloudimages_batch_supported_image.ubuntu.node_agent_sku_id
    storage_image_reference = {
      publisher = data.cloudimages_batch_supported_image.ubuntu.publisher
      offer     = data.cloudimages_batch_supported_image.ubuntu.offer
      sku       = data.cloudimages_batch_supported_image.ubuntu.sku
      version   = data.cloudimages_batch_supported_image.ubuntu.version
    }
  }
}
