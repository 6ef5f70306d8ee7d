# All images in the catalog of the organization.
list "cloudimages_horizon_catalog_import" "all" {
  provider = cloudimages
}

# The Windows images that pools can use, with all their attributes.
list "cloudimages_horizon_catalog_import" "windows" {
  provider         = cloudimages
  include_resource = true

  config {
    os_type = "WINDOWS"
    status  = "AVAILABLE"
  }
}
