terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

# The newest Rocky Linux 9 image that can boot from an RSSD disk, regardless of its name.
data "cloudimages_ucloud_image" "rocky" {
  region            = "cn-bj2"
  zone              = "cn-bj2-04"
  image_type        = "Base"
  os_name_regex     = "^Rocky.* 9\\."
  required_features = ["RssdAttachable", "CloudInit"]
  excluded_features = ["Vgpu_AMD", "Vgpu_NVIDIA"]
  most_recent       = true
}

# The newest Ubuntu image for ARM hosts that is still maintained after 2028.
data "cloudimages_ucloud_image" "ubuntu_arm" {
  region            = "cn-wlcb"
  image_type        = "Base"
  os_name_regex     = "Ubuntu"
  required_features = ["RssdAttachable", "Aarch64_Type"]
  maintained_until  = "2028-12-31"
  most_recent       = true
}

# One of your own images, by its exact name. If two images have this name, the data source fails.
data "cloudimages_ucloud_image" "golden" {
  region     = "cn-bj2"
  image_type = "Custom"
  name       = "web-golden-2026-03"
}

# A fixed image. If UCloud no longer offers it, the data source fails; it never returns another image.
data "cloudimages_ucloud_image" "pinned" {
  region    = "cn-bj2"
  image_ids = ["uimage-b4f1q2"]
}

output "boot_image" {
  value = {
    id      = data.cloudimages_ucloud_image.rocky.id
    name    = data.cloudimages_ucloud_image.rocky.name
    created = data.cloudimages_ucloud_image.rocky.create_time
    size_gb = data.cloudimages_ucloud_image.rocky.image_size
  }
}
