//! Output for users who start the binary directly.

use crate::harness::{Outcome, Workspace};

fn provider(arguments: &[&str]) -> Outcome {
    Workspace::new("").provider(arguments).finish()
}

#[test]
fn a_binary_that_is_started_directly_says_what_it_is() {
    let outcome = provider(&[]).exits(1);
    assert_eq!(outcome.stdout, "");
    assert_eq!(
        outcome.stderr,
        "This binary is a plugin. These are not meant to be executed directly.\nPlease execute \
         the program that consumes these plugins, which will\nload any plugins automatically\n"
    );
}

#[test]
fn version_and_help_need_no_terraform() {
    let version = format!("terraform-provider-cloudimages {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(provider(&["--version"]).ok().stdout, version);
    for flag in ["--help", "-h"] {
        let help = provider(&[flag]).ok();
        help.says(&["Usage: terraform-provider-cloudimages [flag]", "-debug", "--version"]);
        assert_eq!(help.stderr, "");
    }
}

#[test]
fn an_unknown_flag_is_named() {
    let outcome = provider(&["--verbose"]).exits(2);
    outcome.says(&["unknown flag \"--verbose\"", "Usage:"]);
    assert_eq!(outcome.stdout, "");
}
