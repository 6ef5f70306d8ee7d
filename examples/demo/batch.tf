# The newest verified Linux image for containers that Azure Batch supports for some years to come, with
# the node agent that it needs. The account endpoint comes from AZURE_BATCH_ENDPOINT, the credentials
# come from ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET.
data "cloudimages_batch_supported_image" "containers" {
  os_type               = "linux"
  verification_type     = "verified"
  required_capabilities = ["DockerCompatible"]
  excluded_capabilities = ["SupportsRDMAOnly"]
  supported_until       = "2030-01-01T00:00:00Z"
  most_recent           = true
}

# The verified Ubuntu images.
data "cloudimages_batch_supported_images" "ubuntu" {
  publisher         = "canonical"
  verification_type = "verified"
}

output "batch_pool" {
  description = "Values for azurerm_batch_pool."
  value = {
    node_agent_sku_id = data.cloudimages_batch_supported_image.containers.node_agent_sku_id
    storage_image_reference = {
      publisher = data.cloudimages_batch_supported_image.containers.publisher
      offer     = data.cloudimages_batch_supported_image.containers.offer
      sku       = data.cloudimages_batch_supported_image.containers.sku
      version   = data.cloudimages_batch_supported_image.containers.version
    }
  }
}

output "batch_ubuntu_ends" {
  description = "End of support of the Ubuntu images, if it is known."
  value = {
    for image in data.cloudimages_batch_supported_images.ubuntu.images :
    image.urn => image.batch_support_end_of_life
  }
}
