//! Starts all simulated services, for clients that do not run in a test:
//!
//! ```text
//! simulated-clouds FOLDER [CERTIFICATE]
//! ```
//!
//! Prints where the services are and what opens them, one `NAME=value` per line, then an empty
//! line; serves until its input ends. The certificate of the authority behind the https addresses
//! is written to FOLDER. CERTIFICATE is a PEM file that the application may sign its assertions
//! with.

#![allow(clippy::print_stdout, reason = "what this program is for is to be read")]

use std::error::Error;
use std::path::Path;

use simulated_clouds::{Authority, arm, batch, entra, horizon, ucloud};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("the folder for the certificate is missing")?;
    let certificate = arguments.next().map(std::fs::read_to_string).transpose()?;
    let pem = Path::new(&folder).join("authority.pem");

    let authority = Authority::new();
    std::fs::write(&pem, authority.pem())?;
    let login = entra::Simulation::builder();
    let login = match certificate {
        Some(text) => login.certificate_pem(&text),
        None => login,
    };
    let login = login.start();
    let arm = arm::Simulation::builder().tokens(&login.tokens()).start();
    let batch = batch::Simulation::builder().tokens(&login.tokens()).page_size(20).start();
    let horizon = horizon::Simulation::start();
    let ucloud = ucloud::Simulation::start();
    let account = ucloud::Account::example();
    arm.set_login(&login.serve_tls(&authority));
    let (horizon_url, csp_url) = horizon.serve_all_tls(&authority);
    for (name, value) in [
        ("AUTHORITY", pem.display().to_string()),
        ("LOGIN_URL", login.serve_tls(&authority)),
        ("TENANT_ID", entra::TENANT_ID.to_owned()),
        ("CLIENT_ID", entra::CLIENT_ID.to_owned()),
        ("CLIENT_SECRET", entra::CLIENT_SECRET.to_owned()),
        ("IMDS_URL", login.url()),
        ("IDENTITY_ENDPOINT", login.identity_endpoint()),
        ("IDENTITY_HEADER", login.identity_header()),
        ("MANAGED_CLIENT_ID", entra::MANAGED_CLIENT_ID.to_owned()),
        ("MANAGED_OBJECT_ID", entra::MANAGED_OBJECT_ID.to_owned()),
        ("MANAGED_RESOURCE_ID", entra::MANAGED_RESOURCE_ID.to_owned()),
        ("ARM_URL", arm.serve_tls(&authority)),
        ("SUBSCRIPTION_ID", arm::SUBSCRIPTION_ID.to_owned()),
        ("RESOURCE_GROUP", arm::RESOURCE_GROUP.to_owned()),
        ("CUSTOM_LOCATION_ID", arm::custom_location_id()),
        ("BATCH_URL", batch.serve_tls(&authority)),
        ("BATCH_ACCOUNT", batch::ACCOUNT.to_owned()),
        ("BATCH_KEY", batch::ACCOUNT_KEY.to_owned()),
        ("BATCH_IMAGES", batch::catalogue().len().to_string()),
        ("HORIZON_URL", horizon_url),
        ("HORIZON_CSP_URL", csp_url),
        ("HORIZON_API_TOKEN", horizon::API_TOKEN.to_owned()),
        ("UCLOUD_URL", ucloud.serve_tls(&authority)),
        ("UCLOUD_PUBLIC_KEY", account.public_key().to_owned()),
        ("UCLOUD_PRIVATE_KEY", account.private_key().to_owned()),
        ("UCLOUD_REGION", ucloud::REGION.to_owned()),
        ("UCLOUD_IMAGES", ucloud::catalogue().len().to_string()),
    ] {
        println!("{name}={value}");
    }
    println!();
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}
