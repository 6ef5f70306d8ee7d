//! The example files of a provider, in tfplugindocs' places.

use std::fs;
use std::path::PathBuf;

use super::{Entry, Kind};

/// The folder that holds them.
#[derive(Debug)]
pub(crate) struct Examples(PathBuf);

impl Examples {
    /// Those in `folder`.
    pub(crate) fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The examples of one entry, by the names of their files.
    pub(crate) fn of(&self, entry: &Entry) -> Vec<String> {
        let (start, end) = entry.kind.example();
        let files = fs::read_dir(self.folder(entry)).into_iter().flatten().flatten();
        let mut names: Vec<_> =
            files.filter_map(|file| file.file_name().into_string().ok()).collect();
        names.retain(|name| name.starts_with(start) && name.ends_with(end));
        names.sort();
        names.iter().filter_map(|name| self.file(entry, name)).collect()
    }

    /// One file among the examples of an entry, without blank lines around it.
    pub(crate) fn file(&self, entry: &Entry, name: &str) -> Option<String> {
        let text = fs::read_to_string(self.folder(entry).join(name)).ok()?;
        Some(text.trim().to_owned())
    }

    /// The names of the folders for entries of a kind.
    pub(crate) fn folders(&self, kind: Kind) -> Vec<String> {
        let folders = fs::read_dir(self.0.join(kind.folder())).into_iter().flatten().flatten();
        let folders = folders.filter(|found| found.path().is_dir());
        let mut names: Vec<_> =
            folders.filter_map(|folder| folder.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    fn folder(&self, entry: &Entry) -> PathBuf {
        match entry.kind {
            Kind::Provider => self.0.join(entry.kind.folder()),
            kind => self.0.join(kind.folder()).join(&entry.name),
        }
    }
}
