# The image that our own pipeline built most recently.
data "cloudimages_ucloud_image" "golden_web" {
  image_type  = "Custom"
  tag         = "web"
  name_regex  = "^golden-web-"
  most_recent = true
}

output "web_image" {
  description = "The image to start web servers from."
  value = {
    id          = data.cloudimages_ucloud_image.golden_web.id
    name        = data.cloudimages_ucloud_image.golden_web.name
    create_time = data.cloudimages_ucloud_image.golden_web.create_time
  }
}
