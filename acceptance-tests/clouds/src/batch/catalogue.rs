//! An invented list in the form of the real one: all lower case, sorted, version always
//! "latest". The names look like real images; which of them are verified, what they can do and
//! when they end is invented.

use serde_json::{Value, json};

const NONE: &str = "";
const DOCKER: &str = "DockerCompatible";
const GEN2: &str = "Generation2VMImage";
const DOCKER_GEN2: &str = "DockerCompatible Generation2VMImage";
const RDMA: &str = "SupportsRDMAOnly IntelMPIRuntimeInstalled";
const RDMA_GEN2: &str = "SupportsRDMAOnly IntelMPIRuntimeInstalled Generation2VMImage";
const GPU: &str = "NvidiaTeslaDriverInstalled";
const HPC: &str = "DockerCompatible NvidiaTeslaDriverInstalled SupportsRDMAOnly Generation2VMImage";

/// publisher, offer, sku, agent (without `batch.node.`), verified, capabilities, end of life
type Row =
    (&'static str, &'static str, &'static str, &'static str, bool, &'static str, &'static str);

#[rustfmt::skip]
const ROWS: [Row; 62] = [
    ("almalinux", "almalinux", "8-gen1", "el 8", false, NONE, "2025-02-28T00:00:00Z"),
    ("almalinux", "almalinux", "8-gen2", "el 8", false, GEN2, "2025-02-28T00:00:00Z"),
    ("almalinux", "almalinux", "9-gen1", "el 9", true, NONE, ""),
    ("almalinux", "almalinux", "9-gen2", "el 9", true, GEN2, ""),
    ("almalinux", "almalinux", "10-gen2", "el 10", false, GEN2, ""),
    ("almalinux", "almalinux-arm", "9-arm-gen2", "el 9-arm64", false, GEN2, ""),
    ("almalinux", "almalinux-hpc", "8-hpc-gen1", "el 8", false, RDMA, "2026-03-31T00:00:00.0Z"),
    ("almalinux", "almalinux-hpc", "8-hpc-gen2", "el 8", false, RDMA_GEN2, "2026-03-31T00:00:00.0Z"),
    ("almalinux", "almalinux-hpc", "9-hpc-gen2", "el 9", true, RDMA_GEN2, ""),
    ("batch", "rendering-centos73", "rendering", "centos 7", true, NONE, "2024-02-29T00:00:00Z"),
    ("batch", "rendering-windows2016", "rendering", "windows amd64", true, NONE, "2024-02-29T00:00:00Z"),
    ("canonical", "0001-com-ubuntu-server-focal", "20_04-lts", "ubuntu 20.04", true, NONE, "2025-04-23T00:00:00Z"),
    ("canonical", "0001-com-ubuntu-server-focal", "20_04-lts-gen2", "ubuntu 20.04", false, GEN2, "2025-04-23T00:00:00Z"),
    ("canonical", "0001-com-ubuntu-server-jammy", "22_04-lts", "ubuntu 22.04", true, NONE, "2027-06-30T00:00:00Z"),
    ("canonical", "0001-com-ubuntu-server-jammy", "22_04-lts-gen2", "ubuntu 22.04", true, GEN2, "2027-06-30T00:00:00Z"),
    ("canonical", "ubuntu-24_04-lts", "minimal", "ubuntu 24.04", false, GEN2, ""),
    ("canonical", "ubuntu-24_04-lts", "server", "ubuntu 24.04", true, GEN2, ""),
    ("canonical", "ubuntu-24_04-lts", "server-arm64", "ubuntu 24.04-arm64", false, GEN2, ""),
    ("canonical", "ubuntu-24_04-lts", "server-gen1", "ubuntu 24.04", true, NONE, ""),
    ("debian", "debian-10", "10", "debian 10", false, NONE, "2024-06-30T00:00:00Z"),
    ("debian", "debian-11", "11", "debian 11", true, NONE, "2026-08-31T00:00:00.00Z"),
    ("debian", "debian-11", "11-gen2", "debian 11", false, GEN2, "2026-08-31T00:00:00.00Z"),
    ("debian", "debian-12", "12", "debian 12", true, NONE, ""),
    ("debian", "debian-12", "12-arm64", "debian 12-arm64", false, GEN2, ""),
    ("debian", "debian-12", "12-gen2", "debian 12", true, GEN2, ""),
    ("microsoft-azure-batch", "centos-container", "7-8", "centos 7", false, DOCKER, "2024-06-30T00:00:00Z"),
    ("microsoft-azure-batch", "ubuntu-server-container", "20-04-lts", "ubuntu 20.04", true, DOCKER, "2025-04-23T00:00:00Z"),
    ("microsoft-azure-batch", "ubuntu-server-container", "22-04-lts", "ubuntu 22.04", true, DOCKER, "2027-06-30T00:00:00Z"),
    ("microsoft-azure-batch", "ubuntu-server-container", "24-04-lts", "ubuntu 24.04", true, DOCKER_GEN2, ""),
    ("microsoft-azure-batch", "ubuntu-server-container-rdma", "20-04-lts", "ubuntu 20.04", true, "DockerCompatible SupportsRDMAOnly", "2025-04-23T00:00:00Z"),
    ("microsoft-azure-batch", "ubuntu-server-container-rdma", "22-04-lts", "ubuntu 22.04", false, "DockerCompatible SupportsRDMAOnly", "2027-06-30T00:00:00Z"),
    ("microsoft-dsvm", "dsvm-win-2019", "server-2019", "windows amd64", false, GPU, ""),
    ("microsoft-dsvm", "dsvm-win-2022", "winserver-2022", "windows amd64", false, "NvidiaTeslaDriverInstalled Generation2VMImage", ""),
    ("microsoft-dsvm", "ubuntu-2004", "2004", "ubuntu 20.04", false, GPU, "2025-04-23T00:00:00Z"),
    ("microsoft-dsvm", "ubuntu-2004", "2004-gen2", "ubuntu 20.04", false, "NvidiaTeslaDriverInstalled Generation2VMImage", "2025-04-23T00:00:00Z"),
    ("microsoft-dsvm", "ubuntu-2204", "2204-gen2", "ubuntu 22.04", false, "NvidiaTeslaDriverInstalled Generation2VMImage", ""),
    ("microsoft-dsvm", "ubuntu-hpc", "2004", "ubuntu 20.04", true, HPC, "2025-04-23T00:00:00.0Z"),
    ("microsoft-dsvm", "ubuntu-hpc", "2204", "ubuntu 22.04", true, HPC, ""),
    ("microsoft-dsvm", "ubuntu-hpc", "2404", "ubuntu 24.04", false, HPC, ""),
    ("microsoftcblmariner", "azure-linux-3", "azure-linux-3", "azurelinux 3", false, NONE, ""),
    ("microsoftcblmariner", "azure-linux-3", "azure-linux-3-gen2", "azurelinux 3", true, GEN2, ""),
    ("microsoftcblmariner", "cbl-mariner", "cbl-mariner-2", "mariner 2.0", false, NONE, "2025-07-31T00:00:00Z"),
    ("microsoftcblmariner", "cbl-mariner", "cbl-mariner-2-gen2", "mariner 2.0", false, GEN2, "2025-07-31T00:00:00Z"),
    ("microsoftwindowsserver", "windowsserver", "2012-r2-datacenter", "windows amd64", false, NONE, "2023-10-10T00:00:00Z"),
    ("microsoftwindowsserver", "windowsserver", "2016-datacenter", "windows amd64", true, NONE, "2027-01-12T00:00:00Z"),
    ("microsoftwindowsserver", "windowsserver", "2016-datacenter-gensecond", "windows amd64", false, GEN2, "2027-01-12T00:00:00Z"),
    ("microsoftwindowsserver", "windowsserver", "2016-datacenter-with-containers", "windows amd64", false, DOCKER, "2027-01-12T00:00:00Z"),
    ("microsoftwindowsserver", "windowsserver", "2019-datacenter", "windows amd64", true, NONE, ""),
    ("microsoftwindowsserver", "windowsserver", "2019-datacenter-core", "windows amd64", true, NONE, ""),
    ("microsoftwindowsserver", "windowsserver", "2019-datacenter-gensecond", "windows amd64", false, GEN2, ""),
    ("microsoftwindowsserver", "windowsserver", "2019-datacenter-with-containers", "windows amd64", false, DOCKER, ""),
    ("microsoftwindowsserver", "windowsserver", "2022-datacenter", "windows amd64", true, NONE, ""),
    ("microsoftwindowsserver", "windowsserver", "2022-datacenter-core", "windows amd64", true, NONE, ""),
    ("microsoftwindowsserver", "windowsserver", "2022-datacenter-g2", "windows amd64", false, GEN2, ""),
    ("microsoftwindowsserver", "windowsserver", "2025-datacenter", "windows amd64", false, NONE, ""),
    ("microsoftwindowsserver", "windowsserver", "2025-datacenter-g2", "windows amd64", true, GEN2, ""),
    ("microsoftwindowsserver", "windowsserversemiannual", "datacenter-core-20h2-with-containers-smalldisk", "windows amd64", false, DOCKER, "2022-08-09T00:00:00Z"),
    ("openlogic", "centos", "7_9", "centos 7", false, NONE, "2024-06-30T00:00:00Z"),
    ("openlogic", "centos-hpc", "7_9", "centos 7", false, RDMA, "2024-06-30T00:00:00Z"),
    ("oracle", "oracle-linux", "ol85-lvm", "el 8", false, NONE, ""),
    ("resf", "rockylinux-x86_64", "9-base", "el 9", false, GEN2, ""),
    ("rockylinux", "rockylinux-hpc", "9-hpc-gen2", "el 9", false, RDMA_GEN2, "2026-12-31T23:59:59.9999999Z"),
];

/// One list entry; empty `capabilities` and `end_of_life` are left out, as the service does.
#[must_use]
pub fn image(
    publisher: &str,
    offer: &str,
    sku: &str,
    node_agent: &str,
    verified: bool,
    capabilities: &[&str],
    end_of_life: &str,
) -> Value {
    let windows = node_agent.contains("windows");
    let mut image = json!({
        "nodeAgentSKUId": node_agent,
        "imageReference": {
            "publisher": publisher, "offer": offer, "sku": sku, "version": "latest",
        },
        "osType": if windows { "windows" } else { "linux" },
        "verificationType": if verified { "verified" } else { "unverified" },
    });
    if !capabilities.is_empty() {
        image["capabilities"] = json!(capabilities);
    }
    if !end_of_life.is_empty() {
        image["batchSupportEndOfLife"] = json!(end_of_life);
    }
    image
}

/// The default list: 62 images, sorted by publisher, offer and sku by bytes.
#[must_use]
pub fn catalogue() -> Vec<Value> {
    let mut rows = ROWS;
    rows.sort_unstable();
    rows.iter()
        .map(|&(publisher, offer, sku, agent, verified, capabilities, end)| {
            let capabilities: Vec<&str> = capabilities.split_whitespace().collect();
            let agent = format!("batch.node.{agent}");
            image(publisher, offer, sku, &agent, verified, &capabilities, end)
        })
        .collect()
}

/// `count` different images for volume tests, a mix of everything, sorted like the real list.
#[must_use]
pub fn generated(count: usize) -> Vec<Value> {
    (0..count)
        .map(|n| {
            let agent = ["batch.node.ubuntu 22.04", "batch.node.el 9", "batch.node.windows amd64"];
            let capabilities: &[&str] =
                [&[][..], &["DockerCompatible"], &["Generation2VMImage", "SupportsRDMAOnly"]]
                    [n % 3];
            let end = if n % 5 == 0 { "2031-05-01T00:00:00Z" } else { "" };
            image(
                &format!("publisher{:03}", n / 100),
                "offer",
                &format!("sku-{n:06}"),
                agent[n % 3],
                n % 2 == 0,
                capabilities,
                end,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_lower_case_sorted_and_has_no_duplicate() {
        let images = catalogue();
        let keys: Vec<String> = images
            .iter()
            .map(|i| {
                let r = &i["imageReference"];
                format!("{}\u{1}{}\u{1}{}", r["publisher"], r["offer"], r["sku"])
            })
            .collect();
        assert!(keys.iter().all(|k| *k == k.to_lowercase()));
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{keys:?}");
        assert_eq!(generated(1000).len(), 1000);
    }
}
