//! The types of the arguments of Horizon's images: names, ids and enumerations.

use crate::tfplugin::attr::Text;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::model::{Attr, Shape};
use crate::tfplugin::value::{Sink, Value};

/// A required argument that the service may not tell of an image that was imported. It is empty then,
/// and takes over what is configured: nothing is known that would differ.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told<T>(pub(crate) T);

impl<T> std::ops::Deref for Told<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Attr> Attr for Told<T> {
    fn shape() -> Shape {
        T::shape()
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        T::decode(value, at, problems).map(Self)
    }
    fn encode(&self, out: &mut dyn Sink) {
        self.0.encode(out);
    }
    fn same(a: &Value, b: &Value) -> bool {
        T::same(a, b)
    }
    fn adopts(prior: &Value, planned: &Value) -> bool {
        // No configuration can set an empty text.
        prior.as_str() == Some("") || T::adopts(prior, planned)
    }
    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        T::check(value, at, problems);
    }
}

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
