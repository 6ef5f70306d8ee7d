terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

# What can be imported from the Azure Marketplace to this provider instance.
data "cloudimages_horizon_image_sources" "windows" {
  provider_instance_id = "6553a1b0c7d24e19f8a30b42"
  os_type              = "WINDOWS"
}

# The values that `os` of cloudimages_horizon_catalog_import takes.
output "operating_systems" {
  value = data.cloudimages_horizon_image_sources.windows.sources[*].display_name
}
