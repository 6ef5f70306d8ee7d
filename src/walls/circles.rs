//! Finds cyclic dependencies between files.
//!
//! A name that a module re-exports counts for the file that it comes from, so that `pub use` in a
//! `mod.rs` creates no dependency. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The files of a crate by their module paths, such as `cloud::http`.
type Files = BTreeMap<String, String>;

/// The module that a file defines.
fn module(path: &str) -> String {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    if path == "lib" { String::new() } else { path.replace('/', "::") }
}

/// Whether a file contains only tests or test helpers.
fn serves_tests(path: &str) -> bool {
    let mut parts = path.trim_end_matches(".rs").split('/');
    parts.any(|part| {
        part.starts_with("tests") || ["fake", "fixture", "walls", "invariants"].contains(&part)
    })
}

/// The code of a file without comments, string literals and the tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = text.lines().map(|line| match line.trim_start().starts_with("//") {
        true => "",
        false => line.split(" // ").next().unwrap_or_default(),
    });
    let code = lines.collect::<Vec<_>>().join("\n");
    // Every other piece is between quotation marks.
    code.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

/// All paths that start with `crate`, `super` or `self`, with braces expanded.
fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || "_:".contains(c)) {
                continue;
            }
            expand("", &code[at..], &mut found);
        }
    }
    found
}

/// Reads one path, or one tree of paths, from the start of `rest`. Returns what follows.
fn expand<'a>(prefix: &str, rest: &'a str, found: &mut Vec<String>) -> &'a str {
    let fits = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
    let path = format!("{prefix}{}", &rest[..end]);
    let mut rest = &rest[end..];
    let Some(inner) = rest.strip_prefix('{').filter(|_| path.ends_with("::")) else {
        found.push(path.trim_end_matches(':').to_owned());
        return rest;
    };
    rest = inner;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        if rest.is_empty() || rest.starts_with('}') {
            return rest.get(1..).unwrap_or_default();
        }
        let before = rest.len();
        rest = expand(&path, rest, found);
        // `as name` after a path.
        let end = rest.find([',', '}']).unwrap_or(rest.len());
        rest = &rest[end..];
        if rest.len() == before {
            return "";
        }
    }
}

/// The path from the crate's root.
fn absolute(path: &str, own: &str) -> String {
    let mut at: Vec<&str> = own.split("::").filter(|part| !part.is_empty()).collect();
    for part in path.split("::") {
        match part {
            "crate" => at.clear(),
            "self" | "" => {}
            "super" => {
                at.pop();
            }
            name => at.push(name),
        }
    }
    at.join("::")
}

/// The file that a path refers to, re-exports resolved.
fn target(files: &Files, path: &str, depth: usize) -> Option<String> {
    let parts: Vec<&str> = path.split("::").collect();
    let known = (0..=parts.len()).rev().map(|length| parts[..length].join("::"));
    let owner = known.into_iter().find(|module| files.contains_key(module))?;
    let name = parts.get(owner.split("::").filter(|part| !part.is_empty()).count())?;
    if depth > 0 {
        let code = &files[&owner];
        let exports = code.match_indices("pub use ").map(|(at, start)| &code[at + start.len()..]);
        for export in exports {
            let mut found = Vec::new();
            expand("", export, &mut found);
            let named = found.iter().find(|path| path.split("::").last() == Some(*name));
            if let Some(path) = named {
                let path = match path.split("::").next() {
                    Some("crate" | "super" | "self") => path.clone(),
                    _ => format!("self::{path}"),
                };
                return target(files, &absolute(&path, &owner), depth - 1);
            }
        }
    }
    Some(owner)
}

/// Which file uses which others.
fn uses(files: &Files) -> BTreeMap<&str, BTreeSet<String>> {
    let of = |own: &str, code: &str| {
        // A re-export is not a use.
        let lines = code.split(';').filter(|line| !line.trim_start().starts_with("pub use "));
        let code = lines.collect::<Vec<_>>().join(";");
        let found = paths(&code).into_iter();
        let targets = found.filter_map(|path| {
            let path = absolute(&path, own);
            // A path that is a module itself names it, and uses it through what is behind it.
            target(files, &path, 4).or_else(|| files.contains_key(&path).then_some(path))
        });
        targets.filter(|target| target != own && !target.is_empty()).collect()
    };
    files.iter().map(|(own, code)| (own.as_str(), of(own, code))).collect()
}

/// The cycles: each as its files, in order.
fn circles(files: &Files) -> BTreeSet<Vec<String>> {
    let uses = uses(files);
    let mut found = BTreeSet::new();
    for start in uses.keys() {
        // The shortest way back, breadth first.
        let mut ways = vec![vec![(*start).to_owned()]];
        let mut seen = BTreeSet::new();
        while let Some(way) = (!ways.is_empty()).then(|| ways.remove(0)) {
            let last = way.last().map(String::as_str).unwrap_or_default();
            for next in uses.get(last).into_iter().flatten() {
                if next == start {
                    let mut circle = way.clone();
                    circle.sort();
                    found.insert(circle);
                } else if seen.insert(next.clone()) {
                    ways.push([&way[..], std::slice::from_ref(next)].concat());
                }
            }
        }
    }
    found
}

/// The sources below `folder`, without tests.
fn sources(folder: &str) -> Files {
    let mut lines = Vec::new();
    super::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), "", &mut lines);
    let kept = lines.into_iter().filter(|(path, _)| !serves_tests(path));
    kept.map(|(path, text)| (module(&path), code(&text))).collect()
}

#[test]
fn files_have_no_cyclic_dependencies() {
    const FOLDERS: [(&str, usize); 2] = [("src", 100), ("acceptance-tests/clouds/src", 30)];
    for (folder, least) in FOLDERS {
        let files = sources(folder);
        assert!(files.len() > least, "only {} files in {folder}", files.len());
        let circles = circles(&files);
        assert!(circles.is_empty(), "in {folder}, these files use each other: {circles:#?}");
    }
}

#[test]
fn a_circle_is_found_through_braces_and_re_exports() {
    let files = |c: &str| -> Files {
        let text = [
            ("", "pub mod a;"),
            ("a", "pub use one::{One, Other as Third};"),
            ("a::one", "use super::two::{self, Two};"),
            ("a::two", "fn f() -> crate::b::B { crate::b::make() }"),
            ("b", c),
        ];
        text.map(|(module, code)| (module.to_owned(), code.to_owned())).into()
    };
    assert!(circles(&files("use crate::c::{X};")).is_empty());
    let found = circles(&files("use crate::{x::Y, a::{One}};"));
    let circle = ["a::one", "a::two", "b"].map(str::to_owned).to_vec();
    assert_eq!(found, [circle].into());
}
