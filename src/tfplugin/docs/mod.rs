//! Documentation pages, rendered from what a provider offers and from its example files.
//!
//! The format is that of Terraform's own generator, tfplugindocs, because it is the one that
//! readers of the registry know. A page is a function of schema and examples, so it is compared in
//! the tests, and only there: nothing of this module is in the binary.
//!
//! tfplugindocs itself is not used. It reads what `terraform providers schema`
//! prints, and a Terraform before 1.12 prints no identities, one before 1.14 no list resources:
//! pages would depend on the version at hand. It also needs a Go toolchain, for 300 lines.

mod examples;
mod page;
mod schema;
mod tests;

use std::collections::BTreeMap;

use crate::tfplugin::model::{Attribute, Model, Shape, description};
use crate::tfplugin::provider::Provider;

pub(crate) use examples::Examples;

/// Text by the path of its file below `docs/`.
pub(crate) type Pages = BTreeMap<String, String>;

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Provider,
    Resource,
    DataSource,
    ListResource,
    Function,
}

impl Kind {
    /// All kinds of which there may be several.
    pub(crate) const SEVERAL: [Self; 4] =
        [Self::Resource, Self::DataSource, Self::ListResource, Self::Function];

    /// The name of the kind in titles.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Provider => "Provider",
            Self::Resource => "Resource",
            Self::DataSource => "Data Source",
            Self::ListResource => "List Resource",
            Self::Function => "function",
        }
    }

    /// The folder below `examples/` and, but for the provider's only page, below `docs/`.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Resource => "resources",
            Self::DataSource => "data-sources",
            Self::ListResource => "list-resources",
            Self::Function => "functions",
        }
    }

    /// How the names of example files start and end.
    fn example(self) -> (&'static str, &'static str) {
        match self {
            Self::Provider => ("provider", ".tf"),
            Self::Resource => ("resource", ".tf"),
            Self::DataSource => ("data-source", ".tf"),
            Self::ListResource => ("list-resource", ".tfquery.hcl"),
            Self::Function => ("function", ".tf"),
        }
    }
}

/// Something that has a page of its own.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its name without the provider's prefix.
    pub(crate) short: &'static str,
    /// Its name as users write it.
    pub(crate) name: String,
    /// What it is for. Markdown.
    pub(crate) description: String,
    /// One line instead, where there is little room.
    pub(crate) summary: Option<&'static str>,
    /// Its attributes, or the parameters of a function.
    pub(crate) attributes: Vec<Attribute>,
    /// The attributes of its identity.
    pub(crate) identity: Vec<Attribute>,
    /// What a function returns.
    pub(crate) returns: Option<Shape>,
}

impl Entry {
    fn new(kind: Kind, provider: &str, short: &'static str, description: String) -> Self {
        let name = match kind {
            Kind::Provider | Kind::Function => short.to_owned(),
            _ => format!("{provider}_{short}"),
        };
        let (attributes, identity) = (Vec::new(), Vec::new());
        Self { kind, short, name, description, summary: None, attributes, identity, returns: None }
    }

    /// The path of its page below `docs/`.
    pub(crate) fn path(&self) -> String {
        match self.kind {
            Kind::Provider => "index.md".to_owned(),
            kind => format!("{}/{}.md", kind.folder(), self.short),
        }
    }
}

/// Everything of a provider that has a page, the provider itself first.
pub(crate) fn entries<P: Provider>(provider: &P) -> Vec<Entry> {
    let new = |kind, short, description| Entry::new(kind, P::NAME, short, description);
    let mut entries = vec![Entry {
        attributes: P::Config::attributes(),
        ..new(Kind::Provider, P::NAME, description(P::Config::DOC))
    }];
    entries.extend(provider.resources().iter().map(|resource| Entry {
        attributes: resource.schema(),
        identity: resource.identity(),
        ..new(Kind::Resource, resource.name(), resource.description())
    }));
    entries.extend(provider.data_sources().iter().map(|source| Entry {
        attributes: source.schema(),
        ..new(Kind::DataSource, source.name(), source.description())
    }));
    entries.extend(provider.list_resources().iter().map(|list| Entry {
        attributes: list.schema(),
        ..new(Kind::ListResource, list.name(), list.description())
    }));
    entries.extend(provider.functions().iter().map(|function| Entry {
        summary: Some(function.summary()),
        attributes: function.parameters(),
        returns: Some(function.returns()),
        ..new(Kind::Function, function.name(), function.description())
    }));
    entries
}

/// All pages of a provider.
pub(crate) fn pages<P: Provider>(provider: &P, examples: &Examples) -> Pages {
    let render = |entry: Entry| (entry.path(), page::render(&entry, P::NAME, examples));
    entries(provider).into_iter().map(render).collect()
}
