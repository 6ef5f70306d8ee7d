//! A Terraform provider for people who look after VM images.
//!
//! # Three rooms
//!
//! - [`tfplugin`] is **Terraform's side**. It would serve any provider and has never heard of a
//!   cloud. Being a child process of Terraform (handshake, TLS, logs) is in [`tfplugin::process`],
//!   the messages are in [`tfplugin::wire`], and the files beside them are what a provider is
//!   written with: [`tfplugin::model!`](model!), resources, data sources, functions.
//! - [`cloud`] is **the clouds' side**: one client per API, with its login, its paging and its
//!   oddities. It would compile in a repository without Terraform.
//! - [`provider`] is **where they meet**: the provider block, the list of what is offered, one file
//!   per type, and the one place where an error of a cloud becomes a message to the user.
//!
//! ```text
//! process -> wire -> the framework's files <- provider -> cloud
//! ```
//!
//! An arrow means "uses". None is ever reversed: the test at the foot of this file reads the
//! sources and says where one was.
//!
//! # Where to start reading
//!
//! One type from top to bottom: `provider/ucloud_image.rs`, which says what users write and get;
//! `provider/ucloud.rs` beside it, whose `model!` is schema, documentation and decoding at once;
//! `cloud/ucloud/`, which asks the service. Then [`tfplugin::model`] for how one declaration can be
//! all of that, [`tfplugin::life`] for the rules by which no object gets lost, and
//! [`tfplugin::wire::service`] for what Terraform calls.
//!
//! # One name, five places
//!
//! `ucloud_image` is `src/provider/ucloud_image.rs`, its client in `src/cloud/ucloud/`,
//! `examples/data-sources/cloudimages_ucloud_image/`, `docs/data-sources/ucloud_image.md` and
//! `acceptance-tests/ucloud_image/`. Tests hold that as well: what a type has, all have, and what
//! belongs to none is found.

pub mod cloud;
#[macro_use]
pub mod tfplugin;
pub mod provider;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// Files that must not mention something. All paths are below `src/`.
    struct Wall {
        within: &'static str,
        except: &'static [&'static str],
        never: &'static [&'static str],
    }

    const WALLS: [Wall; 6] = [
        Wall {
            within: "cloud/",
            except: &[],
            never: &["terraform", "tfplugin", "crate::provider"],
        },
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
        Wall {
            within: "tfplugin/wire/",
            except: &[],
            never: &["tfplugin::process", "super::process"],
        },
        Wall {
            within: "provider/",
            except: &[],
            never: &["tfplugin::process", "tfplugin::wire", "prost", "tonic"],
        },
        // The generated code; the tests of the process call what it serves as Terraform does.
        Wall {
            within: "",
            except: &["lib.rs", "tfplugin/process/tests.rs", "tfplugin/wire/"],
            never: &["tfplugin6"],
        },
    ];

    /// The lines of all sources below `folder` that are no comments, by the files' paths.
    fn code(folder: &Path, path: &str, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = format!("{path}{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                code(&entry.path(), &format!("{path}/"), found);
            } else if path.ends_with(".rs") {
                let text = fs::read_to_string(entry.path()).unwrap();
                let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                found.extend(lines.map(|line| (path.clone(), line.to_lowercase())));
            }
        }
    }

    #[test]
    fn the_walls_between_the_rooms_hold() {
        let mut lines = Vec::new();
        code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut lines);
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
}
