//! `cargo demo`: shows the provider at work, without an account anywhere.
//!
//! Builds the provider, starts the simulated services, and runs Terraform over `examples/demo`: with
//! a typo, with an interruption and what follows it, with a failure, and to the end. All of it
//! happens in a temporary folder, and the address of each service is a loopback one.

#![allow(clippy::print_stdout, reason = "what this program is for is to be read")]
#![allow(clippy::print_stderr, reason = "what this program is for is to be read")]

mod batch;
#[path = "../harness/find.rs"]
mod find;
mod hci;
mod horizon;
#[path = "../harness/mirror.rs"]
mod mirror;
mod provider;
mod services;
mod terraform;

use std::process::ExitCode;
use std::time::Instant;

use services::Services;
use terraform::Terraform;

/// Without the question whether to apply, which a demonstration cannot ask.
const APPLY: [&str; 2] = ["apply", "-auto-approve"];

fn main() -> ExitCode {
    let started = Instant::now();
    match demonstrate() {
        Ok(()) => {
            println!("\nDone in {:.1} s. Nothing is left behind.", started.elapsed().as_secs_f64());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("\nThe demonstration failed: {why}.");
            ExitCode::FAILURE
        }
    }
}

/// Prints the next step.
fn step(text: &str) {
    println!("\n==> {text}");
}

fn demonstrate() -> Result<(), String> {
    let executable = find::terraform().map_err(|why| format!("terraform is needed: {why}"))?;

    step("Build the provider");
    let binary = provider::build()?;

    step("Start the simulated services");
    let services = Services::start();
    println!("{}", services.introduction());

    let terraform = Terraform::prepare(executable, &binary, &services)?;

    step("Install the provider: terraform init");
    terraform.run_quietly(&["init"])?;

    step("A typo, and its answer: terraform plan -var batch_publisher=cannonical");
    terraform.fail(&["plan", "-var", "batch_publisher=cannonical"])?;

    step("Create two images that take a while, and press Ctrl-C in between: terraform apply");
    terraform.interrupt(&APPLY, || services.is_half_way())?;

    step("Apply again: the wait goes on, nothing is created a second time");
    terraform.run_with_log(&APPLY)?;

    step("A download that fails, and why: terraform apply -var add_locked_disk=true");
    terraform.fail(&["apply", "-auto-approve", "-var", "add_locked_disk=true"])?;

    step("Clean up: terraform destroy");
    terraform.run_quietly(&["destroy", "-auto-approve"])?;
    println!("{}", services.summary());
    Ok(())
}
