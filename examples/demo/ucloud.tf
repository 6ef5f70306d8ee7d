# The newest Ubuntu image that can boot from RSSD disks and is maintained for some years to come.
data "cloudimages_ucloud_image" "ubuntu" {
  image_type        = "Base"
  os_type           = "Linux"
  name_regex        = "^Ubuntu [0-9.]+ 64位$"
  required_features = ["RssdAttachable", "CloudInit"]
  maintained_until  = "2030-01-01"
  most_recent       = true
}

# The image that our own pipeline built most recently.
data "cloudimages_ucloud_image" "golden_web" {
  image_type  = "Custom"
  tag         = "web"
  name_regex  = "^golden-web-"
  most_recent = true
}

# All images that include AI software, with their prices.
data "cloudimages_ucloud_images" "gpu" {
  image_type         = "Business"
  required_gpu_types = ["4090"]
  include_prices     = true
}

# Stands for a host that is replaced as soon as a newer image is available.
resource "terraform_data" "web_host" {
  input            = { name = "web-1", image = data.cloudimages_ucloud_image.golden_web.name }
  triggers_replace = data.cloudimages_ucloud_image.golden_web.id
}

output "ubuntu" {
  description = "The Ubuntu image to build on."
  value = {
    id             = data.cloudimages_ucloud_image.ubuntu.id
    name           = data.cloudimages_ucloud_image.ubuntu.name
    zone           = data.cloudimages_ucloud_image.ubuntu.zone
    create_time    = data.cloudimages_ucloud_image.ubuntu.create_time
    end_of_support = data.cloudimages_ucloud_image.ubuntu.maintain_eol
  }
}

output "web_host_image" {
  description = "The image that the host runs."
  value       = terraform_data.web_host.output.image
}

output "gpu_images" {
  description = "Monthly prices of the GPU images, if they are known."
  value = {
    for image in data.cloudimages_ucloud_images.gpu.images :
    image.name => one([for price in image.prices : price.price if price.charge_type == "Month"])
  }
}
