"""ucloud-sdk-python3: the list of images."""

from checks import passed, refused, simulated
from ucloud.client import Client
from ucloud.core import exc


def client(private_key):
    return Client(
        {
            "region": simulated("UCLOUD_REGION"),
            "public_key": simulated("UCLOUD_PUBLIC_KEY"),
            "private_key": private_key,
            "base_url": simulated("UCLOUD_URL"),
        }
    )


images, offset = [], 0
uhost = client(simulated("UCLOUD_PRIVATE_KEY")).uhost()
while True:
    answer = uhost.describe_image({"Limit": 10, "Offset": offset})
    images += answer["ImageSet"]
    offset += 10
    if offset >= answer["TotalCount"]:
        break
assert len(images) == int(simulated("UCLOUD_IMAGES")), len(images)
passed("all pages")
base = uhost.describe_image({"ImageType": "Base", "OsType": "Linux", "Limit": 100})["ImageSet"]
assert base and all(image["ImageType"] == "Base" for image in base)
one = uhost.describe_image({"ImageIds": [images[0]["ImageId"], images[1]["ImageId"]]})
assert len(one["ImageSet"]) == 2
passed("a filter, and images by their ids")
wrong = client("wrong").uhost()
refused(lambda: wrong.describe_image({}), exc.RetCodeException, "171")
refused(lambda: uhost.describe_image({"Limit": -1}), exc.UCloudException)
passed("a wrong key and a wrong limit are refused")
