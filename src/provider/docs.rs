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

/// Fails with one sentence for each thing that is missing or left over.
#[track_caller]
fn nothing_is_wrong(sentences: &[String]) {
    assert!(sentences.is_empty(), "\n{}\n", sentences.join("\n"));
}

/// What should be in a folder but is not, and what is there but should not.
fn compare(
    folder: &str,
    found: &BTreeSet<String>,
    wanted: &BTreeSet<String>,
    purpose: &str,
) -> Vec<String> {
    let missing = wanted.difference(found);
    let missing = missing.map(|name| format!("{folder}/{name} is missing: add {purpose}."));
    let left_over = found.difference(wanted);
    let left_over = left_over
        .map(|name| format!("{folder}/{name} belongs to nothing that is offered: remove it."));
    missing.chain(left_over).collect()
}

/// The types and functions, without the provider itself.
fn offered() -> Vec<Entry> {
    let mut entries = entries(&CloudImages);
    entries.retain(|entry| entry.kind != Kind::Provider);
    entries
}

#[test]
fn every_type_has_examples_and_nothing_else_has() {
    let entries = entries(&CloudImages);
    let mut wrong: Vec<String> = Vec::new();
    for entry in entries.iter().filter(|entry| examples().of(entry).is_empty()) {
        let folder = entry.kind.folder();
        wrong.push(format!("examples/{folder} has no example of {}: add one.", entry.name));
    }
    for kind in Kind::SEVERAL {
        let names = entries.iter().filter(|entry| entry.kind == kind);
        let names = names.map(|entry| entry.name.clone()).collect();
        let found = examples().folders(kind).into_iter().collect();
        wrong.extend(compare(&format!("examples/{}", kind.folder()), &found, &names, "an example"));
    }
    let known = Kind::SEVERAL.map(Kind::folder).into_iter().chain(["demo", "provider"]);
    let known: BTreeSet<String> = known.map(str::to_owned).collect();
    // A kind of which nothing is offered needs no folder.
    let others = folders(&root().join("examples")).difference(&known).cloned().collect();
    wrong.extend(compare("examples", &others, &BTreeSet::new(), ""));
    nothing_is_wrong(&wrong);
}

#[test]
fn every_resource_shows_how_to_import_it() {
    let mut wrong = Vec::new();
    for entry in entries(&CloudImages).iter().filter(|entry| entry.kind == Kind::Resource) {
        let files = ["import.sh", "import-by-string-id.tf", "import-by-identity.tf"];
        for file in files.into_iter().filter(|file| examples().file(entry, file).is_none()) {
            wrong.push(format!(
                "examples/resources/{}/{file} is missing: show how to import it.",
                entry.name
            ));
        }
    }
    nothing_is_wrong(&wrong);
}

#[test]
fn every_type_has_an_acceptance_test_and_nothing_else_has() {
    let types = offered().into_iter().filter(|entry| entry.kind != Kind::Function);
    let types: BTreeSet<_> = types.map(|entry| entry.short.to_owned()).collect();
    let mut tested = folders(&root().join("acceptance-tests"));
    tested.retain(|name| !NO_TYPES.contains(&name.as_str()));
    let purpose = "a folder with tests against the simulated service";
    let mut wrong = compare("acceptance-tests", &tested, &types, purpose);
    let main = fs::read_to_string(root().join("acceptance-tests/main.rs")).unwrap();
    let announced: BTreeSet<_> = main.lines().collect();
    for name in types.iter().filter(|name| !announced.contains(format!("mod {name};").as_str())) {
        wrong.push(format!("acceptance-tests/main.rs does not run {name}: add `mod {name};`."));
    }
    nothing_is_wrong(&wrong);
}

/// The lines of a file at the root of the repository.
fn lines(file: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(file)).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn every_type_is_in_the_readme_and_the_changelog() {
    let (readme, changelog) = (lines("README.md"), lines("CHANGELOG.md"));
    let mut wrong = Vec::new();
    for entry in offered() {
        let code = format!("`{}`", entry.name);
        if !readme.iter().any(|line| line.starts_with('|') && line.contains(&code)) {
            wrong.push(format!("README.md has no row for {}: say what it is for.", entry.name));
        }
        let kind = match entry.kind {
            Kind::Function => "Function",
            kind => kind.title(),
        };
        let announcement = format!("* **New {kind}:** {code}");
        if !changelog.contains(&announcement) {
            wrong.push(format!("CHANGELOG.md has no entry for {}: {announcement}", entry.name));
        }
    }
    let known: BTreeSet<String> = offered().into_iter().map(|entry| entry.name).collect();
    let named = regex::Regex::new("cloudimages_[a-z_]+").unwrap();
    for name in readme.iter().flat_map(|line| named.find_iter(line)) {
        if !known.contains(name.as_str()) {
            wrong.push(format!("README.md names {}, which is not offered.", name.as_str()));
        }
    }
    nothing_is_wrong(&wrong);
}

#[test]
fn every_guide_is_in_the_readme_and_the_changelog() {
    let (readme, changelog) = (lines("README.md").join("\n"), lines("CHANGELOG.md"));
    let mut wrong = Vec::new();
    for (file, page) in guides() {
        if !readme.contains(&format!("(docs/{file})")) {
            wrong.push(format!("README.md has no link to docs/{file}."));
        }
        let heading = page.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
        let announcement = format!("* **New Guide:** {heading}");
        if !changelog.contains(&announcement) {
            wrong.push(format!("CHANGELOG.md has no entry for docs/{file}: {announcement}"));
        }
    }
    nothing_is_wrong(&wrong);
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
