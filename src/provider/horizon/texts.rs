//! The types of the arguments of Horizon's images: names, ids and enumerations.

use crate::tfplugin::attr::Text;

string_enum! {
    /// The values of `osType`.
    pub(crate) OsType = ["WINDOWS", "LINUX", "CLIENT", "SERVER", "WVD"];
    /// The values of `gpuType`.
    pub(crate) GpuType = ["NONE", "AMD", "NVIDIA"];
    /// The values of `versionType`.
    pub(crate) VersionType = ["MAJOR", "MINOR", "PATCH"];
    /// The values of `providerLabel`.
    pub(crate) ProviderLabel =
        ["AZURE", "AKKA", "VSPHERE", "ZEROCLOUD", "GCP", "AWS", "VIEW", "NUTANIX"];
    /// The operating systems for which image sources can be listed.
    pub(crate) SourceOs = ["WINDOWS", "LINUX", "ALL"];
}

/// The name of an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImageName;

impl Text for ImageName {
    const EXPECTED: &'static str = "the name of an image";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let fits = text.len() >= 2
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(is_inner)
            && !text.ends_with('-');
        if fits {
            return Ok(Self);
        }
        Err(format!(
            "{text:?} is not the name of an image. Use at least 2 letters, digits and hyphens, with \
             a letter at the start and a letter or digit at the end."
        ))
    }
}

/// The ARM id of something in Azure, in any case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AzureId;

impl Text for AzureId {
    const EXPECTED: &'static str = "an ARM id";
    fn parse(_text: &str) -> std::result::Result<Self, String> {
        Ok(Self)
    }
    fn same(a: &str, b: &str) -> bool {
        a.eq_ignore_ascii_case(b)
    }
    fn doubt(text: &str) -> Option<String> {
        let is_id = text.to_ascii_lowercase().starts_with("/subscriptions/");
        (!is_id).then(|| {
            format!(
                "{text:?} does not look like an ARM id, which starts with /subscriptions/. It is \
                 sent unchanged."
            )
        })
    }
}
