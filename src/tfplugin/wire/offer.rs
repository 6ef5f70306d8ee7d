//! What a provider offers, by type name, with the types for decoding values.
//!
//! Created when the first call needs it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::tfplugin::data_source::AnyDataSource;
use crate::tfplugin::diagnostic::{Diagnostic, Failure};
use crate::tfplugin::function::AnyFunction;
use crate::tfplugin::list_resource::AnyListResource;
use crate::tfplugin::model::{Attribute, Model, object_type};
use crate::tfplugin::provider::Provider;
use crate::tfplugin::resource_driver::AnyResource;
use crate::tfplugin::value::Type;

use super::trace::About;

/// Something offered, its attributes and the type of its values.
pub(super) struct Entry<T: ?Sized> {
    pub(super) is: Box<T>,
    pub(super) schema: Vec<Attribute>,
    pub(super) ty: Type,
    /// The type of its identity, if it has one.
    pub(super) identity: Type,
}

/// A list resource. It is shared with the streams that it fills.
pub(super) struct List<C> {
    pub(super) is: Arc<dyn AnyListResource<C>>,
    pub(super) schema: Vec<Attribute>,
    pub(super) ty: Type,
}

/// Everything offered.
pub(super) struct Offer<P: Provider> {
    pub(super) config: Type,
    settings: Vec<Attribute>,
    pub(super) resources: BTreeMap<String, Entry<dyn AnyResource<P::Clients>>>,
    pub(super) data_sources: BTreeMap<String, Entry<dyn AnyDataSource<P::Clients>>>,
    pub(super) list_resources: BTreeMap<String, List<P::Clients>>,
    pub(super) functions: BTreeMap<&'static str, Box<dyn AnyFunction>>,
}

impl<P: Provider> Offer<P> {
    pub(super) fn new(provider: &P) -> Self {
        let full = |name: &str| format!("{}_{name}", P::NAME);
        let none = || Type::Object(BTreeMap::new());
        let resource = |is: Box<dyn AnyResource<P::Clients>>| {
            let (schema, identity) = (is.schema(), object_type(&is.identity()));
            (full(is.name()), Entry { is, ty: object_type(&schema), schema, identity })
        };
        let data_source = |is: Box<dyn AnyDataSource<P::Clients>>| {
            let schema = is.schema();
            (full(is.name()), Entry { is, ty: object_type(&schema), schema, identity: none() })
        };
        let list_resource = |is: Arc<dyn AnyListResource<P::Clients>>| {
            let schema = is.schema();
            (full(is.name()), List { is, ty: object_type(&schema), schema })
        };
        let settings = P::Config::attributes();
        Self {
            config: object_type(&settings),
            settings,
            resources: provider.resources().into_iter().map(resource).collect(),
            data_sources: provider.data_sources().into_iter().map(data_source).collect(),
            list_resources: provider.list_resources().into_iter().map(list_resource).collect(),
            functions: provider.functions().into_iter().map(|f| (f.name(), f)).collect(),
        }
    }

    /// The arguments that a call is about.
    pub(super) fn attributes(&self, about: About<'_>) -> &[Attribute] {
        let found = match about {
            About::Provider => Some(&self.settings),
            About::Resource(name) => self.resources.get(name).map(|entry| &entry.schema),
            About::DataSource(name) => self.data_sources.get(name).map(|entry| &entry.schema),
            About::List(name) => self.list_resources.get(name).map(|entry| &entry.schema),
            About::Function(_) => None,
        };
        found.map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn resource(
        &self,
        name: &str,
    ) -> Result<&Entry<dyn AnyResource<P::Clients>>, Failure> {
        self.resources.get(name).ok_or_else(|| unknown("Resource", name).into())
    }

    pub(super) fn data_source(
        &self,
        name: &str,
    ) -> Result<&Entry<dyn AnyDataSource<P::Clients>>, Failure> {
        self.data_sources.get(name).ok_or_else(|| unknown("Data Source", name).into())
    }

    pub(super) fn list_resource(&self, name: &str) -> Result<&List<P::Clients>, Failure> {
        self.list_resources.get(name).ok_or_else(|| unknown("List Resource", name).into())
    }
}

/// The error for a type name that the provider does not have.
pub(super) fn unknown(kind: &str, name: &str) -> Diagnostic {
    let shown: String = name.chars().take(100).collect();
    Diagnostic::error(
        format!("{kind} Type Not Found"),
        format!(
            "This provider has no {} type named {shown:?}. Check the spelling and the provider's \
             version.",
            kind.to_lowercase()
        ),
    )
}
