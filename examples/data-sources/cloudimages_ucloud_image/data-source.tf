terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

# The newest Rocky Linux 9 that boots from an RSSD disk. Nothing here depends on how the image is
# named.
data "cloudimages_ucloud_image" "rocky" {
  region            = "cn-bj2"
  zone              = "cn-bj2-04"
  image_type        = "Base"
  os_name_regex     = "^Rocky.* 9\\."
  required_features = ["RssdAttachable", "CloudInit"]
  excluded_features = ["Vgpu_AMD", "Vgpu_NVIDIA"]
  most_recent       = true
}

# The newest Ubuntu for an ARM host whose system is maintained beyond the end of 2028.
data "cloudimages_ucloud_image" "ubuntu_arm" {
  region            = "cn-wlcb"
  image_type        = "Base"
  os_name_regex     = "Ubuntu"
  required_features = ["RssdAttachable", "Aarch64_Type"]
  maintained_until  = "2028-12-31"
  most_recent       = true
}

# One image of your own, by its exact name. Two of that name are an error.
data "cloudimages_ucloud_image" "golden" {
  region     = "cn-bj2"
  image_type = "Custom"
  name       = "web-golden-2026-03"
}

# A fixed image: an error as soon as UCloud no longer offers it, and never another one.
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
