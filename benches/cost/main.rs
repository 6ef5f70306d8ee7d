//! What the provider costs, beside what Terraform itself costs in the same run.
//!
//! `cargo bench` prints one table. Absolute times depend on the machine; the ratios are what to
//! look at, since both sides of each are measured in the same run. `cargo bench -- plan` prints one
//! part of it, `cargo bench -- --beside FILE` compares with another build of the provider. Needs
//! `terraform` on the PATH.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and may stop")]

mod beside;
#[cfg(unix)]
mod list;
mod plan;
mod refresh;
mod start;
mod terraform;

use std::time::Duration;

fn main() {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let mut arguments = std::env::args();
    if arguments.any(|argument| argument == "--beside") {
        let other = arguments.next().expect("--beside takes the file of another build");
        beside::report(std::path::Path::new(&other));
        return;
    }
    let named: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|other| other == name);
    if wanted("start") {
        start::report();
    }
    if wanted("plan") {
        plan::report();
    }
    if wanted("refresh") {
        refresh::report();
    }
    #[cfg(unix)]
    if wanted("list") {
        list::report();
    }
}

/// The middle of several measurements: one that was disturbed does not count.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A time in milliseconds.
fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
