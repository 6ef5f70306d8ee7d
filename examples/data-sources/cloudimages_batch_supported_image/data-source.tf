terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

# The verified Ubuntu image for containers that Azure Batch supports for the longest time, and for more
# than 180 days.
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

# A certain SKU, to get the node agent that it needs.
data "cloudimages_batch_supported_image" "windows" {
  account_endpoint = "pools.westeurope.batch.azure.com"
  publisher        = "MicrosoftWindowsServer"
  offer            = "WindowsServer"
  sku              = "2022-datacenter-core"
}

# The values for storage_image_reference and node_agent_sku_id in azurerm_batch_pool.
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
