# The newest verified image of a publisher that Azure Batch supports for some years to come, with the
# node agent that it needs. The account endpoint comes from AZURE_BATCH_ENDPOINT, the credentials come
# from ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET.
data "cloudimages_batch_supported_image" "pool" {
  publisher         = var.batch_publisher
  verification_type = "verified"
  supported_until   = "2030-01-01"
  most_recent       = true
}

variable "batch_publisher" {
  description = "Publisher of the image for the nodes of the pool."
  type        = string
  default     = "canonical"
}

output "batch_pool" {
  description = "Values for azurerm_batch_pool."
  value = {
    node_agent_sku_id = data.cloudimages_batch_supported_image.pool.node_agent_sku_id
    image             = data.cloudimages_batch_supported_image.pool.urn
  }
}
