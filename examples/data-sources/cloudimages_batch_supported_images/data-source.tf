terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

# All images that Batch has tested, of the account that the provider block names.
data "cloudimages_batch_supported_images" "verified" {
  verification_type = "verified"
}

# Windows images that are not for RDMA only, supported beyond the end of the project.
data "cloudimages_batch_supported_images" "windows" {
  os_type               = "windows"
  sku_regex             = "^2022-"
  excluded_capabilities = ["SupportsRDMAOnly"]
  supported_until       = "2027-12-31T00:00:00Z"
}

# What the arguments cannot say can be said in OData. It is joined to them with `and`.
data "cloudimages_batch_supported_images" "agents" {
  verification_type = "verified"
  filter            = "nodeAgentSKUId eq 'batch.node.ubuntu 22.04' or nodeAgentSKUId eq 'batch.node.debian 12'"
}

# Images that are still offered, but whose end of support is known.
output "ending" {
  value = {
    for image in data.cloudimages_batch_supported_images.verified.images :
    image.urn => image.batch_support_end_of_life
    if image.batch_support_end_of_life != null
  }
}
