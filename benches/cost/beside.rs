//! Another build of the provider beside this one: the two take turns, so that both meet the same
//! disturbances, and a difference counts only if it is larger than the spread of the runs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use simulated_clouds::{arm, entra, ucloud};

use super::terraform::{Cost, PROVIDER, Workspace};
use super::{median, ms, plan, refresh, start};

const ROUNDS: usize = 5;
const STARTS: usize = 41;
const LISTED: usize = 10_000;
const REFRESHED: usize = 200;

pub(crate) fn report(other: &Path) {
    let other = other.canonicalize().expect("--beside takes the file of another build");
    let builds = [other, PathBuf::from(PROVIDER)];
    let [before, now] = builds.each_ref().map(|file| std::fs::metadata(file).unwrap().len());
    println!("{:<38} {before} {now} bytes", "Size of the file: other build, this one");
    println!(
        "{:<38} {:>24} {:>24} {:>6}",
        "Median (shortest to longest)", "other build", "this build", "ratio"
    );
    starts(&builds);
    let listed = ucloud::Simulation::builder().images(ucloud::generated(LISTED)).start();
    plans(&builds, "plan over 10,000 listed images", &plan::configuration(&listed.url()), false);
    let entra = entra::Simulation::start();
    let arm = arm::Simulation::builder().tokens(&entra.tokens()).start();
    arm.set_create_style(arm::Lro::synchronous());
    let configuration = refresh::configuration(&entra, &arm, REFRESHED);
    plans(&builds, "plan over 200 gallery images", &configuration, true);
}

fn starts(builds: &[PathBuf; 2]) {
    let certificate = start::certificate();
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..STARTS {
        for (times, build) in times.iter_mut().zip(builds) {
            times.push(start::until_line(build, &certificate));
        }
    }
    row("exec to the handshake line", times);
}

/// Plans, after an apply if the configuration has objects to manage: one of the builds creates
/// them, and both refresh them from the same state.
fn plans(builds: &[PathBuf; 2], title: &str, configuration: &str, is_applied: bool) {
    let workspaces = builds.each_ref().map(|build| Workspace::with(build, configuration));
    if is_applied {
        workspaces[0].run(&["apply", "-auto-approve"]);
        let state = "terraform.tfstate";
        std::fs::copy(workspaces[0].path(state), workspaces[1].path(state)).unwrap();
    }
    let mut costs = [const { Vec::new() }; 2];
    for round in 0..=ROUNDS {
        for (costs, workspace) in costs.iter_mut().zip(&workspaces) {
            let cost = workspace.run(&["plan"]);
            // The first round warms up.
            if round > 0 {
                costs.push(cost);
            }
        }
    }
    let times = |time: fn(&Cost) -> Duration| {
        costs.each_ref().map(|costs| costs.iter().map(time).collect::<Vec<_>>())
    };
    row(&format!("{title}, wall time"), times(|cost| cost.wall));
    row(&format!("{title}, CPU time"), times(|cost| cost.cpu));
    let [before, now] =
        costs.each_ref().map(|costs| costs.iter().map(|cost| cost.memory).max().unwrap_or(0));
    println!(
        "{:<38} {:>21.1} MB {:>21.1} MB {:>6.2}",
        "  memory",
        before as f64 / 1e6,
        now as f64 / 1e6,
        now as f64 / before as f64
    );
}

fn row(title: &str, times: [Vec<Duration>; 2]) {
    let shown = |times: &[Duration]| {
        let ends = [times.iter().min(), times.iter().max()].map(|end| ms(*end.unwrap()));
        format!("{} ({} to {})", ms(median(times.to_vec())), ends[0], ends[1])
    };
    let [before, now] = times.each_ref().map(|times| median(times.clone()).as_secs_f64());
    println!("{title:<38} {:>24} {:>24} {:>6.2}", shown(&times[0]), shown(&times[1]), now / before);
}
