terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

data "cloudimages_horizon_image" "win11" {
  name = "win11-23h2"
}

# Pools refer to an image and to one of its markers.
output "pool_image" {
  value = {
    image_id  = data.cloudimages_horizon_image.win11.id
    marker_id = one([for marker in data.cloudimages_horizon_image.win11.markers : marker.id if marker.name == "default"])
  }

  precondition {
    condition     = data.cloudimages_horizon_image.win11.status == "AVAILABLE"
    error_message = "The image is not published yet."
  }
}
