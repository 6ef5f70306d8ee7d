terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

# All verified images, for the account that is configured in the provider block.
data "cloudimages_batch_supported_images" "verified" {
  verification_type = "verified"
}

# Windows images that do not require RDMA and are supported until after the end of the project.
data "cloudimages_batch_supported_images" "windows" {
  os_type               = "windows"
  sku_regex             = "^2022-"
  excluded_capabilities = ["SupportsRDMAOnly"]
  supported_until       = "2027-12-31"
}

# An OData filter, for conditions that the other arguments cannot express.
data "cloudimages_batch_supported_images" "agents" {
  verification_type = "verified"
  filter            = "nodeAgentSKUId eq 'batch.node.ubuntu 22.04' or nodeAgentSKUId eq 'batch.node.debian 12'"
}

# Images with a planned end of support.
output "ending" {
  value = {
    for image in data.cloudimages_batch_supported_images.verified.images :
    image.urn => image.batch_support_end_of_life
    if image.batch_support_end_of_life != null
  }
}
