//! A folder that serves as a provider registry: `terraform init` finds the provider there. The
//! demonstration installs the provider this way too.

use std::path::Path;
use std::{env, fs, io};

/// Where the provider is published.
const ADDRESS: &str = "registry.terraform.io/cloudimages/cloudimages";

/// Puts `binary` into `folder` the way a filesystem mirror is laid out.
pub(crate) fn lay_out(folder: &Path, binary: &Path) -> io::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let package = folder.join(ADDRESS).join(version).join(platform());
    fs::create_dir_all(&package)?;
    let name = format!("terraform-provider-cloudimages_v{version}{}", env::consts::EXE_SUFFIX);
    let target = package.join(name);
    // A second name for the same file is enough where both are on one disk.
    fs::hard_link(binary, &target).or_else(|_| fs::copy(binary, &target).map(drop))
}

/// The configuration of Terraform that looks for the provider in `folder` and nowhere else.
pub(crate) fn installation(folder: &Path) -> String {
    let include = format!("include = [{ADDRESS:?}]");
    format!("filesystem_mirror {{\n  path = {folder:?}\n  {include}\n}}")
}

/// This platform in Go's words, such as `linux_amd64`.
fn platform() -> String {
    let system = match env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{system}_{processor}")
}
