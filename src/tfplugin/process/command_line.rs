//! The command line, which people use and Terraform does not.

use std::ffi::OsString;

/// What the process was asked to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// A child of Terraform: no arguments.
    Launched,
    /// A server that a developer started, to which Terraform is then attached.
    Debug,
    /// Print the version and exit.
    Version,
    /// Print the usage and exit.
    Help,
    /// Neither; what is wrong with the arguments.
    Mistaken(String),
}

/// Reads the arguments after the program's name. As in Go, flags have one dash or two.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Request {
    let mut request = Request::Launched;
    for argument in arguments {
        let text = argument.to_string_lossy();
        let Some(flag) = text.strip_prefix("--").or_else(|| text.strip_prefix('-')) else {
            return Request::Mistaken(format!("unexpected argument {text:?}"));
        };
        match flag {
            "debug" | "debug=true" => request = Request::Debug,
            "debug=false" => request = Request::Launched,
            "version" => return Request::Version,
            "help" | "h" => return Request::Help,
            _ => return Request::Mistaken(format!("unknown flag {text:?}")),
        }
    }
    request
}

/// The answer to `--help`.
pub(super) fn usage(program: &str) -> String {
    format!(
        "{program} is a plugin: Terraform starts it, there is nothing to run by hand.

Usage: {program} [flag]

  -debug      serve until interrupted; prints how to attach Terraform to this process
  --version   print the version
  --help, -h  print this text
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Request {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn terraform_gives_no_arguments() {
        assert_eq!(parsed(&[]), Request::Launched);
    }

    #[test]
    fn flags_have_one_dash_or_two() {
        for (one, two, request) in [
            ("-debug", "--debug", Request::Debug),
            ("-version", "--version", Request::Version),
            ("-help", "--help", Request::Help),
            ("-h", "--h", Request::Help),
            ("-debug=true", "--debug=true", Request::Debug),
        ] {
            assert_eq!(parsed(&[one]), request);
            assert_eq!(parsed(&[two]), request);
        }
        assert_eq!(parsed(&["-debug=false"]), Request::Launched);
    }

    #[test]
    fn anything_else_is_a_mistake_that_is_named() {
        assert_eq!(parsed(&["--verbose"]), Request::Mistaken("unknown flag \"--verbose\"".into()));
        assert_eq!(parsed(&["plan"]), Request::Mistaken("unexpected argument \"plan\"".into()));
    }
}
