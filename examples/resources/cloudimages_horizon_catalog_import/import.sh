# By the id of the image: the oldest version is the imported one.
terraform import cloudimages_horizon_catalog_import.win11 67583aa939727a6247ea7929

# By the ids of the image and of one of its versions.
terraform import cloudimages_horizon_catalog_import.win11 67583aa939727a6247ea7929/67583aa939727a6247ea792a
