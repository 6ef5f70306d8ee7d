//! The images of the default region, and any number of generated ones for measurements.

use serde_json::{Value, json};

use super::image::Image;

/// The region of a simulation that was not given another one.
pub const REGION: &str = "cn-bj2";

const ZONES: [&str; 3] = ["cn-bj2-02", "cn-bj2-04", "cn-bj2-05"];

/// About forty images with everything that real lists are known to hold: Chinese names, a leading
/// space, ids of three kinds, missing and undocumented fields, all four states, and one id that
/// exists in two zones.
#[must_use]
pub fn catalogue() -> Vec<Image> {
    let mut images = base_linux();
    images.extend(base_windows());
    images.extend(business());
    images.extend(custom());
    images
}

/// `count` images in linear time, always the same ones. Every tenth is still `Making`.
#[must_use]
pub fn generated(count: usize) -> Vec<Image> {
    const TYPES: [&str; 4] = ["Base", "Custom", "Custom", "Business"];
    const SYSTEMS: [(&str, &str); 4] = [
        ("CentOS 7.9 64位", "Linux"),
        ("Ubuntu 22.04 64位", "Linux"),
        ("Rocky 9.2 64位", "Linux"),
        ("Windows 2022 64位", "Windows"),
    ];
    (0..count)
        .map(|index| {
            let (system, kind) = SYSTEMS[index % SYSTEMS.len()];
            let state = if index % 10 == 9 { "Making" } else { "Available" };
            Image::new(&format!("uimage-g{index:07}"))
                .with("Zone", ZONES[index % ZONES.len()])
                .with("ImageName", format!("{system} build {index:07}"))
                .with("ImageType", TYPES[index / 4 % TYPES.len()])
                .with("OsType", kind)
                .with("OsName", system)
                .with("State", state)
                // Strides that are coprime with the span scatter the times without repeating one
                // early.
                .with("CreateTime", 1_600_000_000 + index * 7_919 % 100_000_007)
                .with("ImageSize", 20 + index % 5 * 20)
                .with("ImageDescription", format!("Golden image number {index}"))
                .with("Features", json!(["NetEnhanced_Ultra", "HotPlug", "CloudInit", "IPv6"]))
                .with("MinimalCPU", "Broadwell")
                .with("MaintainEol", format!("20{}/06/30", 24 + index % 10))
                .with("DataSnapshotIds", json!([]))
                .with("SupportedGPUTypes", json!([]))
                .with("SceneCategories", json!([]))
        })
        .collect()
}

/// A public image: id, zone, name (also the name of the system), creation time.
fn public(kind: &str, os: &str, id: &str, zone: usize, name: &str, created: i64) -> Image {
    Image::new(id)
        .with("Zone", ZONES[zone % ZONES.len()])
        .with("ImageName", name)
        .with("ImageType", kind)
        .with("OsType", os)
        .with("OsName", name.trim())
        .with("CreateTime", created)
        .with("ImageSize", if os == "Windows" { 40 } else { 20 })
        .with("ImageDescription", format!("{} standard image", name.trim()))
        .with("FuncType", "uhost")
        .with("MinimalCPU", "")
        .with("DataSnapshotIds", json!([]))
        .with("SupportedGPUTypes", json!([]))
        .with("SceneCategories", json!([]))
}

fn linux(id: &str, zone: usize, name: &str, created: i64, features: Value) -> Image {
    public("Base", "Linux", id, zone, name, created).with("Features", features)
}

fn base_linux() -> Vec<Image> {
    let old = || json!(["NetEnhnced", "HotPlug"]);
    let usual = || json!(["NetEnhnced", "NetEnhanced_Ultra", "HotPlug", "CloudInit", "IPv6"]);
    let rssd = || json!(["NetEnhanced_Ultra", "HotPlug", "CloudInit", "IPv6", "RssdAttachable"]);
    let arm = || json!(["NetEnhanced_Ultra", "RssdAttachable", "Aarch64_Type", "CloudInit"]);
    vec![
        linux("uimage-c065x1", 0, "CentOS 6.5 64位", 1_420_070_400, old())
            .with("MaintainEol", "2020/11/30"),
        linux("uimage-c074b2", 1, "CentOS 7.4 64位", 1_505_260_800, usual())
            .with("MinimalCPU", "Broadwell")
            .with("MaintainEol", "2024/06/30"),
        linux("uimage-c076a3", 1, "CentOS 7.6 64位", 1_547_000_000, usual())
            .with("MinimalCPU", "Broadwell")
            .with("MaintainEol", "2024/06/30"),
        // The same id in a second zone is another entry of the list.
        linux("uimage-c076a3", 2, "CentOS 7.6 64位", 1_547_000_000, usual())
            .with("MinimalCPU", "Broadwell")
            .with("MaintainEol", "2024/06/30"),
        linux("uimage-hk76c4", 1, "高内核CentOS 7.6 64位", 1_580_000_000, rssd())
            .with("MaintainEol", "2024/06/30"),
        linux("uimage-c079d5", 1, "CentOS 7.9 64位", 1_612_000_000, rssd())
            .with("MaintainEol", "2024/06/30"),
        linux("uimage-c081e6", 2, "CentOS 8.1 64位", 1_590_000_000, usual())
            .with("MaintainEol", "2021/12/31"),
        linux("uimage-c082f7", 2, "CentOS 8.2 64位", 1_600_000_000, rssd())
            .with("MaintainEol", "2021/12/31"),
        linux("uimage-u184g8", 1, "Ubuntu 18.04 64位", 1_525_000_000, usual())
            .with("MaintainEol", "2028/04/30"),
        linux("uimage-u204h9", 1, "Ubuntu 20.04 64位", 1_590_500_000, rssd())
            .with("MaintainEol", "2030/04/30"),
        linux("uimage-u224j1", 1, "Ubuntu 22.04 64位", 1_652_000_000, rssd())
            .with("MaintainEol", "2032/04/30"),
        linux("uimage-u244k2", 2, "Ubuntu 24.04 64位", 1_716_000_000, rssd())
            .with("MaintainEol", "2034/04/30"),
        linux("uimage-hku2l3", 2, "高内核Ubuntu 20.04 64位", 1_610_000_000, rssd()),
        linux("uimage-aau2m4", 2, "Ubuntu 22.04 ARM 64位", 1_660_000_000, arm()),
        linux("uimage-aac7n5", 2, "CentOS 7.6 ARM 64位", 1_640_000_000, arm())
            .with("MinimalCPU", "Ampere"),
        linux("uimage-r085p6", 1, "Rocky 8.5 64位", 1_642_000_000, rssd())
            .with("MaintainEol", "2029/05/31"),
        linux("uimage-r092q7", 1, "Rocky 9.2 64位", 1_686_000_000, rssd())
            .with("MaintainEol", "2032/05/31"),
        linux("uimage-d120r8", 0, "Debian 12.0 64位", 1_690_000_000, rssd())
            .with("MaintainEol", "2028/06/30"),
        linux("9f3c1ab27e5d4086b1c2d3e4f5a60718", 0, "Debian 9.13 64位", 1_500_000_000, old()),
    ]
}

fn base_windows() -> Vec<Image> {
    let windows = |id, zone, name, created| public("Base", "Windows", id, zone, name, created);
    vec![
        // As sparse as the oldest published sample, with its leading space.
        windows("3d5e8f02-71a4-4c9b-8e60-5b2f9d17c340", 1, " Windows 2008 32 位", 1_234_000_000)
            .without("Features")
            .without("ImageSize")
            .without("FuncType")
            .without("MinimalCPU")
            .without("DataSnapshotIds")
            .without("SupportedGPUTypes")
            .without("SceneCategories")
            .without("Tag"),
        windows("uimage-w12as1", 1, "Windows 2012 64位", 1_503_500_000)
            .with("ImageDescription", "Windows Server 2012 R2 Datacenter 64-bit ")
            .with("Features", json!(["GPU", "HotPlug"]))
            .with("MaintainEol", "2023/10/10"),
        windows("uimage-w16bt2", 1, "Windows 2016 64位", 1_540_000_000)
            .with("Features", json!(["NetEnhnced", "HotPlug", "RssdAttachable"]))
            .with("MaintainEol", "2027/01/12"),
        windows("uimage-w19cu3", 2, "Windows 2019 64位", 1_570_000_000)
            .with("Features", json!(["NetEnhanced_Ultra", "HotPlug", "RssdAttachable"]))
            .with("MaintainEol", "2029/01/09"),
        windows("uimage-w22dv4", 2, "Windows 2022 64位中文版", 1_650_000_000)
            .with("Features", json!(["NetEnhanced_Extreme", "HotPlug", "RssdAttachable"]))
            .with("MaintainEol", "2031/10/14")
            .with_price("Month", 0.0, 0.0),
    ]
}

/// An image of the market: id, name, func type, software, creation time.
fn market(id: &str, name: &str, func: &str, software: &str, created: i64) -> Image {
    public("Business", "Linux", id, 1, name, created)
        .with("OsName", "Ubuntu 20.04 64位")
        .with("ImageSize", 100)
        .with("FuncType", func)
        .with("Features", json!(["NetEnhanced_Ultra", "HotPlug", "RssdAttachable"]))
        .with("IntegratedSoftware", software)
        .with("Vendor", "Example Software Co., Ltd. 示例软件")
        .with("Links", format!("https://market.example/{id}"))
}

fn business() -> Vec<Image> {
    let gpus = || json!(["V100S", "T4S", "3090", "4090", "A800"]);
    let gpu = || json!(["GPU", "NetEnhanced_Ultra", "RssdAttachable", "CloudInit"]);
    vec![
        market("uimage-bg01a1", "CUDA 12.1 Ubuntu 20.04 64位", "gpu", "CUDA 12.1", 1_688_000_000)
            .with("Features", gpu())
            .with("SupportedGPUTypes", gpus())
            .with("SceneCategories", json!(["Featured", "PreInstalledDrivers"]))
            .with("PrimarySoftware", "CUDA")
            .with_price("Month", 19.9, 25.0)
            .with_price("Year", 199.0, 250.0),
        market(
            "uimage-bg02b2",
            "Stable Diffusion 一键部署",
            "gpu",
            "PyTorch,xFormers",
            1_695_000_000,
        )
        .with("Features", gpu())
        .with("SupportedGPUTypes", json!(["4090"]))
        .with("SceneCategories", json!(["AIPainting"]))
        .with("PrimarySoftware", "Stable Diffusion WebUI")
        .with_price("Dynamic", 0.35, 0.5),
        market("uimage-bg03c3", "Large model inference", "gpu", "vLLM", 1_705_000_000)
            .with("Features", gpu())
            .with("SupportedGPUTypes", json!(["A800", "4090"]))
            .with("SceneCategories", json!(["AIModels", "HPC"]))
            .with("PrimarySoftware", "vLLM")
            .with_price("Month", 0.0, 0.0),
        market("uimage-bv04d4", "vGPU NVIDIA 工作站", "gpu", "GRID", 1_665_000_000)
            .with("Features", json!(["Vgpu_NVIDIA", "GPU"]))
            .with("SupportedGPUTypes", json!(["T4S"])),
        market("uimage-bv05e5", "vGPU AMD desktop", "gpu", "Radeon Pro", 1_655_000_000)
            .with("Features", json!(["Vgpu_AMD"]))
            .with("OsType", "Windows")
            .with("OsName", "Windows 2019 64位"),
        market("uimage-ba06f6", "WordPress 6.2", "app", "Nginx,PHP,MySQL", 1_680_000_000)
            .with("PrimarySoftware", "WordPress"),
        market("uimage-ba07g7", "Docker CE", "app", "Docker 24", 1_685_000_000),
        market("uimage-bu08h8", "Oracle 监控 & backup \"pro\"", "uhost", "", 1_630_000_000)
            .with("Vendor", "")
            .with("Links", "")
            .with_price("Month", 1200.0, 1500.5)
            // Undocumented fields of every kind of value.
            .with("MarketId", 4711)
            .with("Rating", json!({"Stars": 4.5, "Votes": [1, 2, 3]}))
            .with("Recommended", true)
            .with("Successor", Value::Null),
    ]
}

fn custom() -> Vec<Image> {
    let image = |id: &str, name: &str, created: i64| {
        Image::new(id)
            .with("ImageName", name)
            .with("CreateTime", created)
            .with("Features", json!(["HotPlug"]))
            .with("ImageDescription", "")
    };
    vec![
        image("uimage-cu01aa", "golden-web-2024.06", 1_718_000_000)
            .with("DataSnapshotIds", json!(["bsi-3fk2a1", "bsi-9qz7b4"]))
            .with("Tag", "web"),
        image("uimage-cu02bb", "golden-web-2024.07", 1_720_600_000)
            .with("DataSnapshotIds", json!(["bsi-5mn8c2"]))
            .with("Tag", "web"),
        // Made in the same second as the one before.
        image("uimage-cu03cc", "golden-web-2024.07-hotfix", 1_720_600_000).with("Tag", "web"),
        image("uimage-cu04dd", "golden-web-2024.08", 1_723_300_000)
            .with("State", "Making")
            .with("ImageSize", 0)
            .with("Tag", "web"),
        image("uimage-cu05ee", "golden-db 备份", 1_715_000_000)
            .with("State", "Making")
            .with("Zone", ZONES[0]),
        image("uimage-cu06ff", "golden-db copy", 1_716_500_000)
            .with("State", "Copying")
            .with("Zone", ZONES[2]),
        image("uimage-cu07gg", "broken build", 1_710_000_000).with("State", "Unavailable"),
        image("a4b8c15d-62e3-4f70-9a81-0c2d4e6f8a1b", "imported from VMware", 1_700_500_000)
            .with("OsName", "other")
            .without("Features")
            .without("ImageDescription"),
        Image::bare("uimage-cu09ii"),
    ]
}
