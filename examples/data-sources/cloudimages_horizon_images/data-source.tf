terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

data "cloudimages_horizon_images" "failed" {
  status = "FAILED"
}

output "failed_images" {
  value = { for image in data.cloudimages_horizon_images.failed.images : image.name => image.id }
}
