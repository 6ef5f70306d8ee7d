//! `cargo demo`: shows the provider at work, without an account anywhere.
//!
//! Builds the provider, starts the simulated services, and runs Terraform over `examples/demo`
//! from `init` to `destroy`. All of it happens in a temporary folder, and the address of each
//! service is a loopback one.

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
    for (arguments, about) in [
        (&["init"][..], "Install the provider"),
        (&["plan", "-out=demo.tfplan"], "Look up the images and see what would be done"),
        (&["apply", "demo.tfplan"], "Do it"),
        (&["output"], "See what was found"),
    ] {
        step(&format!("{about}: terraform {}", arguments.join(" ")));
        terraform.run(arguments)?;
    }

    step("How the import went, from the provider's log (TF_LOG_PROVIDER=INFO, TF_LOG_PATH)");
    let statuses = ["elapsed", "status", "version_status", "asset_status"];
    terraform.print_log("image import in progress", &statuses);

    step("An import that fails: terraform apply -var import_workstation=true");
    terraform.fail(&["apply", "-auto-approve", "-var", "import_workstation=true"])?;

    step("A new image is built, and the plan shows whom that concerns: terraform plan");
    services.build_an_image();
    terraform.run(&["plan"])?;

    step("Clean up: terraform destroy");
    terraform.run(&["destroy", "-auto-approve"])?;
    println!("\n{}", services.summary());
    Ok(())
}
