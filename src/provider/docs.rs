//! Tests of the documentation of types: a page, examples and an acceptance test for each, and no
//! leftovers of removed types.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::tfplugin::docs::{Entry, Examples, Kind, entries, pages};
use crate::tfplugin::model::{Attribute, Shape};

use super::CloudImages;

/// Folders of `acceptance-tests/` that do not belong to a type.
const NO_TYPES: [&str; 8] = [
    "clouds",
    "configuration",
    "demo",
    "examples",
    "functions",
    "harness",
    "process",
    "resource_driver",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn examples() -> Examples {
    Examples::new(root().join("examples"))
}

/// All files below `folder`, by their paths relative to it.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).iter().map(|file| format!("{name}/{file}")));
        } else {
            found.insert(name);
        }
    }
    found
}

fn folders(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_dir());
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

/// The guides, which are written by hand.
fn guides() -> impl Iterator<Item = (String, String)> {
    let guide = |file: String| {
        let text = fs::read_to_string(root().join("docs").join(&file)).unwrap();
        (file, text)
    };
    files(&root().join("docs")).into_iter().filter(|file| file.starts_with("guides/")).map(guide)
}

#[test]
fn docs_are_what_the_schema_renders() {
    let docs = root().join("docs");
    let pages = pages(&CloudImages, &examples());
    let mut stale: BTreeSet<String> = files(&docs);
    stale.retain(|file| !pages.contains_key(file) && !file.starts_with("guides/"));
    let left_over = stale.clone();
    stale.extend(pages.iter().filter_map(|(file, text)| {
        let written = fs::read_to_string(docs.join(file)).ok();
        (written.as_ref() != Some(text)).then(|| file.clone())
    }));
    if std::env::var_os("UPDATE_DOCS").is_none() {
        assert!(
            stale.is_empty(),
            "not what the schema renders: docs/{}. Run UPDATE_DOCS=1 cargo test --lib docs, and \
             commit what it writes.",
            Vec::from_iter(stale).join(", docs/")
        );
        return;
    }
    for file in stale {
        let path = docs.join(&file);
        if left_over.contains(&file) {
            fs::remove_file(path).unwrap();
        } else {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &pages[&file]).unwrap();
        }
    }
}

#[test]
fn descriptions_stand_verbatim_on_the_pages() {
    fn check(attributes: &[Attribute], page: &str) {
        for attribute in attributes {
            let text = attribute.description();
            assert!(page.contains(&text), "{}: {text:?}", attribute.name);
            if let Shape::Nested(_, inner) = &attribute.shape {
                check(inner, page);
            }
        }
    }
    let pages = pages(&CloudImages, &examples());
    for entry in entries(&CloudImages) {
        let page = &pages[&entry.path()];
        assert!(page.contains(&entry.description), "{}", entry.name);
        check(&entry.attributes, page);
    }
}

#[test]
fn every_type_has_examples_and_nothing_else_has() {
    let entries = entries(&CloudImages);
    for entry in &entries {
        assert!(!examples().of(entry).is_empty(), "{:?} {} has no example", entry.kind, entry.name);
    }
    for kind in Kind::SEVERAL {
        let mut names: Vec<_> = entries.iter().filter(|entry| entry.kind == kind).collect();
        names.sort_by_key(|entry| entry.name.clone());
        let names: Vec<_> = names.into_iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(examples().folders(kind), names, "examples/{}", kind.folder());
    }
    let known: BTreeSet<_> = Kind::SEVERAL.map(Kind::folder).into();
    let others: Vec<_> = folders(&root().join("examples")).into_iter().collect();
    let others: Vec<_> = others.iter().filter(|name| !known.contains(name.as_str())).collect();
    assert!(others.iter().all(|name| ["demo", "provider"].contains(&name.as_str())), "{others:?}");
}

#[test]
fn every_resource_shows_how_to_import_it() {
    for entry in entries(&CloudImages).iter().filter(|entry| entry.kind == Kind::Resource) {
        for file in ["import.sh", "import-by-string-id.tf", "import-by-identity.tf"] {
            assert!(examples().file(entry, file).is_some(), "{}: no {file}", entry.name);
        }
    }
}

#[test]
fn every_type_has_an_acceptance_test_and_nothing_else_has() {
    let is_type = |entry: &Entry| !matches!(entry.kind, Kind::Provider | Kind::Function);
    let entries = entries(&CloudImages);
    let types: BTreeSet<_> =
        entries.iter().filter(|entry| is_type(entry)).map(|entry| entry.short.to_owned()).collect();
    let mut tested = folders(&root().join("acceptance-tests"));
    tested.retain(|name| !NO_TYPES.contains(&name.as_str()));
    assert_eq!(tested, types, "acceptance-tests/");
}

/// The front matter of a page, if it starts with one.
fn front_matter(page: &str) -> Option<&str> {
    Some(page.strip_prefix("---\n")?.split_once("\n---\n")?.0)
}

#[test]
fn pages_pass_the_checks_of_the_registry() {
    /// Longer pages are truncated.
    const LARGEST: usize = 500_000;
    let pages = pages(&CloudImages, &examples());
    for (file, page) in pages.into_iter().chain(guides()) {
        assert!(file.ends_with(".md") && file.matches('/').count() <= 1, "{file}");
        assert!(page.len() < LARGEST, "{file} has {} bytes", page.len());
        let front = front_matter(&page).unwrap_or_else(|| panic!("{file} has no front matter"));
        let keys: Vec<_> = front.lines().filter_map(|line| line.split_once(':')).collect();
        let has = |wanted: &str| keys.iter().any(|(key, _)| *key == wanted);
        assert!(has("page_title"), "{file} has no page_title");
        assert!(!has("layout") && !has("sidebar_current"), "{file} belongs to an older registry");
        assert!(file != "index.md" || !has("subcategory"), "{file} has a subcategory");
    }
}
