terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

# All standard Linux images for older host types: without a virtual GPU and without a high-version
# kernel, which only the name of the image shows.
data "cloudimages_ucloud_images" "legacy" {
  region            = "cn-bj2"
  zone              = "cn-bj2-03"
  image_type        = "Base"
  os_type           = "Linux"
  excluded_features = ["Vgpu_AMD", "Vgpu_NVIDIA"]
}

locals {
  for_old_hosts = [
    for image in data.cloudimages_ucloud_images.legacy.images : image.id
    if !strcontains(image.name, "高内核")
  ]
}

# The same query in several regions. The first image of each list is the newest.
data "cloudimages_ucloud_images" "gpu" {
  for_each = toset(["cn-sh2", "cn-wlcb", "hk"])

  region                    = each.key
  required_scene_categories = ["AIModels"]
  required_gpu_types        = ["4090"]
}

output "newest_gpu_image" {
  value = {
    for region, found in data.cloudimages_ucloud_images.gpu :
    region => try(found.images[0].id, null)
  }
}

# Your own images in any state, to see which of them are still being created.
data "cloudimages_ucloud_images" "own" {
  region     = "cn-bj2"
  image_type = "Custom"
  states     = ["Available", "Making", "Copying", "Unavailable"]

  timeouts = {
    read = "2m"
  }
}

output "not_ready" {
  value = [
    for image in data.cloudimages_ucloud_images.own.images : "${image.name}: ${image.state}"
    if image.state != "Available"
  ]
}
