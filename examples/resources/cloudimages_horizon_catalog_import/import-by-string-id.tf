terraform {
  required_providers {
    cloudimages = {
      source = "cloudimages/cloudimages"
    }
  }
}

import {
  to = cloudimages_horizon_catalog_import.win11
  id = "67583aa939727a6247ea7929"
}

resource "cloudimages_horizon_catalog_import" "win11" {
  name                 = "win11-23h2"
  os                   = "Windows 11 Enterprise, 23H2"
  os_type              = "WINDOWS"
  provider_instance_id = "6553a1b0c7d24e19f8a30b42"
}
