//! Checks the dependencies of this crate: between its parts, and no cycles within them.
//!
//! The tests read the sources as text, so that they can name the line that breaks a rule.

mod circles;

use std::fs;
use std::path::Path;

/// Files that must not mention something. All paths are below `src/`.
struct Wall {
    within: &'static str,
    except: &'static [&'static str],
    never: &'static [&'static str],
}

const WALLS: [Wall; 6] = [
    Wall { within: "cloud/", except: &[], never: &["terraform", "tfplugin", "crate::provider"] },
    Wall {
        within: "tfplugin/",
        except: &[],
        never: &["cloudimages", "crate::cloud", "crate::provider"],
    },
    Wall {
        within: "tfplugin/",
        except: &["tfplugin/process/", "tfplugin/wire/", "tfplugin/mod.rs"],
        never: &["tfplugin::process", "super::process", "tfplugin::wire", "super::wire"],
    },
    Wall { within: "tfplugin/wire/", except: &[], never: &["tfplugin::process", "super::process"] },
    Wall {
        within: "provider/",
        except: &[],
        never: &["tfplugin::process", "tfplugin::wire", "prost", "tonic"],
    },
    // The generated code; the tests of the process call what it serves as Terraform does.
    Wall {
        within: "",
        except: &["walls.rs", "tfplugin/process/tests.rs", "tfplugin/wire/"],
        never: &["tfplugin6"],
    },
];

/// The sources below `folder`, by the files' paths.
fn files(folder: &Path, path: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = format!("{path}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            files(&entry.path(), &format!("{path}/"), found);
        } else if path.ends_with(".rs") {
            found.push((path, fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

/// The lines of all sources that are not comments, in lower case, by the files' paths.
fn code() -> Vec<(String, String)> {
    let mut sources = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut sources);
    let lines = sources.iter().flat_map(|(path, text)| {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.map(|line| (path.clone(), line.to_lowercase()))
    });
    lines.collect()
}

#[test]
fn parts_depend_only_on_what_they_may() {
    let lines = code();
    let mut breaches = Vec::new();
    for Wall { within, except, never } in WALLS {
        for (path, line) in &lines {
            let concerned =
                path.starts_with(within) && !except.iter().any(|start| path.starts_with(start));
            if let Some(word) = never.iter().find(|word| concerned && line.contains(*word)) {
                breaches.push(format!("src/{path} must not mention {word}: {}", line.trim()));
            }
        }
    }
    assert!(lines.len() > 1000, "only {} lines of code were found", lines.len());
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

/// Retrying and waiting are decided in one place for all clouds: no cloud may sleep by itself.
#[test]
fn no_cloud_waits_by_itself() {
    let mut sources = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cloud"), "", &mut sources);
    let mut found = Vec::new();
    let mut read = 0;
    for (path, text) in &sources {
        let is_cloud =
            path.contains('/') && !path.contains("/tests") && !path.ends_with("tests.rs");
        if !is_cloud {
            continue;
        }
        read += 1;
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            if ["sleep", "timeout(", "timeout_at(", ".pause("]
                .iter()
                .any(|word| line.contains(word))
            {
                found.push(format!("src/cloud/{path}: {}", line.trim()));
            }
        }
    }
    assert!(read > 30, "only {read} files were read");
    assert!(found.is_empty(), "use Deadline, Http, change or poll: {}", found.join("\n"));
}
