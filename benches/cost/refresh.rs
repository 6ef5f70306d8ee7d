//! `terraform plan` without changes over images of Azure Local and of Horizon Cloud, beside as many
//! objects of Terraform's own; and an `apply` of one image, whose end the service knows before or
//! after the answer.

use std::time::Duration;

use simulated_clouds::{arm, entra, horizon};

use super::ms;
use super::terraform::{Cost, REQUIRED, Workspace};

const IMAGES: usize = 200;
const ROUNDS: usize = 5;

pub(crate) fn report() {
    let floor = terraform_data().median(ROUNDS, &["plan"]);
    let entra = entra::Simulation::start();
    let arm = arm::Simulation::builder().tokens(&entra.tokens()).start();
    arm.set_create_style(arm::Lro::synchronous());
    let gallery = Service {
        noun: "gallery images",
        configuration: configuration(&entra, &arm, IMAGES),
        requests: &|| arm.request_count(),
        tokens: &|| entra.tokens().issued(),
    };
    let gallery = gallery.report(floor);
    let cloud = horizon::Simulation::builder().progress(horizon::Progress::NONE).start();
    let catalog = Service {
        noun: "images of Horizon Cloud",
        configuration: horizon_images(&cloud),
        requests: &|| cloud.request_count(),
        tokens: &|| cloud.tokens_issued(),
    };
    let catalog = catalog.report(floor);
    println!(
        "\nCPU time per request above that of terraform_data, Horizon Cloud beside Azure Local"
    );
    println!("  {:<37}{:>7.2}", "ratio", catalog / gallery);
    creation(&entra);
}

/// A simulated service with the configuration for it.
struct Service<'a> {
    noun: &'a str,
    configuration: String,
    requests: &'a dyn Fn() -> usize,
    tokens: &'a dyn Fn() -> usize,
}

impl Service<'_> {
    /// Prints what a plan without changes costs. Returns the CPU time per request, in seconds, above
    /// that of Terraform's own objects.
    fn report(&self, floor: Cost) -> f64 {
        println!("\nterraform plan without changes over {IMAGES} {}", self.noun);
        let ours = Workspace::new(&self.configuration);
        ours.run(&["apply", "-auto-approve"]);
        let before = ((self.requests)(), (self.tokens)());
        ours.run(&["plan", "-detailed-exitcode"]);
        let (requests, tokens) = ((self.requests)() - before.0, (self.tokens)() - before.1);
        let cost = ours.median(ROUNDS, &["plan"]);
        let ratio = |ours: Duration, theirs: Duration| ours.as_secs_f64() / theirs.as_secs_f64();
        println!("  requests, tokens                     {requests:>7}, {tokens}");
        println!("  requests per image                   {:>7.1}", requests as f64 / IMAGES as f64);
        println!("  memory of the provider               {:>7.1} MB", cost.memory as f64 / 1e6);
        println!(
            "  wall time, beside terraform_data     {}",
            beside(cost, floor, |cost| cost.wall)
        );
        println!("  CPU time, beside terraform_data      {}", beside(cost, floor, |cost| cost.cpu));
        println!("  ratio of CPU times                   {:>7.1}", ratio(cost.cpu, floor.cpu));
        cost.cpu.saturating_sub(floor.cpu).as_secs_f64() / requests as f64
    }
}

fn beside(ours: Cost, floor: Cost, time: fn(Cost) -> Duration) -> String {
    format!("{:>10} {:>10}", ms(time(ours)), ms(time(floor)))
}

/// What is added to the time that the service takes.
fn creation(entra: &entra::Simulation) {
    println!("\nterraform apply of one gallery image");
    for (text, style, takes) in [
        ("done with the answer", arm::Lro::synchronous(), Duration::ZERO),
        ("done 2 s later, polled each second", arm::Lro::async_operation(), Duration::from_secs(2)),
    ] {
        let cloud = arm::Simulation::builder().tokens(&entra.tokens()).start();
        cloud.set_create_style(style.retry_after(arm::RetryAfter::Seconds(1)));
        cloud.set_duration(takes);
        let ours = Workspace::new(&configuration(entra, &cloud, 1));
        let cost = ours.run(&["apply", "-auto-approve"]);
        println!("  {text:<37}{:>10}, {} requests", ms(cost.wall), cloud.request_count());
    }
}

pub(crate) fn configuration(
    entra: &entra::Simulation,
    arm: &arm::Simulation,
    images: usize,
) -> String {
    format!(
        r#"{REQUIRED}
provider "cloudimages" {{
  azure = {{
    subscription_id                 = "{subscription}"
    tenant_id                       = "{tenant}"
    client_id                       = "{client}"
    client_secret                   = "{secret}"
    active_directory_authority_host = "{login}"
    resource_manager_endpoint       = "{arm}"
    resource_manager_audience       = "https://management.azure.com"
  }}
}}
resource "cloudimages_hci_gallery_image" "all" {{
  count               = {images}
  name                = "golden-${{count.index}}"
  resource_group_name = "{group}"
  location            = "westeurope"
  custom_location_id  = "{place}"
  os_type             = "Linux"
  image_path          = "C:\\images\\golden.vhdx"
}}
"#,
        subscription = arm::SUBSCRIPTION_ID,
        tenant = entra::TENANT_ID,
        client = entra::CLIENT_ID,
        secret = entra::CLIENT_SECRET,
        login = entra.url(),
        arm = arm.url(),
        group = arm::RESOURCE_GROUP,
        place = arm::custom_location_id(),
    )
}

fn horizon_images(cloud: &horizon::Simulation) -> String {
    format!(
        r#"{REQUIRED}
provider "cloudimages" {{
  horizon = {{
    endpoint  = "{endpoint}"
    csp_url   = "{csp}"
    api_token = "{token}"
  }}
}}
resource "cloudimages_horizon_catalog_import" "all" {{
  count                = {IMAGES}
  name                 = "golden-${{count.index}}"
  os                   = "Windows 11 Enterprise, 22H2"
  os_type              = "WINDOWS"
  provider_instance_id = "{instance}"
  custom_vm = {{
    vm_name             = "golden-${{count.index}}"
    resource_group_name = "images"
    publisher           = "microsoftwindowsdesktop"
    offer               = "windows-11"
    sku                 = "win11-22h2-ent"
    vm_size             = "Standard_DS2_v2"
    license_type        = "Windows_Client"
  }}
}}
"#,
        endpoint = cloud.url(),
        csp = cloud.csp_url(),
        token = horizon::API_TOKEN,
        instance = horizon::PROVIDER_INSTANCE,
    )
}

/// As many objects that Terraform keeps all by itself.
fn terraform_data() -> Workspace {
    let configuration = format!(
        "resource \"terraform_data\" \"all\" {{\n  count = {IMAGES}\n  input = count.index\n}}\n"
    );
    let workspace = Workspace::new(&configuration);
    workspace.run(&["init"]);
    workspace.run(&["apply", "-auto-approve"]);
    workspace
}
