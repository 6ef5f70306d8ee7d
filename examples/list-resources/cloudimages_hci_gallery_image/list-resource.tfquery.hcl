# All gallery images of the subscription in the provider configuration.
list "cloudimages_hci_gallery_image" "all" {
  provider = cloudimages
}

# The gallery images of one resource group, with all their attributes.
list "cloudimages_hci_gallery_image" "edge" {
  provider         = cloudimages
  include_resource = true
  limit            = 500

  config {
    subscription_id     = "3c6d0f8e-51b2-4a97-8e0d-9b7c24f1a635"
    resource_group_name = "rg-azlocal-images"
  }
}
