//! A list of many gallery images, as `terraform query` asks for it, with all their attributes. The
//! client of this benchmark speaks the protocol itself: what it does with an image costs next to
//! nothing, so what is shown is the provider's.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hyper_util::rt::TokioIo;
use serde_json::json;
use simulated_clouds::{arm, entra};
use terraform_provider_cloudimages::tfplugin::wire::proto::tfplugin6 as pb;
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};

use super::terraform::{PROVIDER, cpu_of, high_water};

/// The few and the many: memory must not grow with their number.
const IMAGES: [usize; 2] = [1_000, 10_000];

type Client = pb::provider_client::ProviderClient<Channel>;

pub(crate) fn report() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("\nlist of gallery images with all their attributes, 100 on a page");
    println!("  {:>7}{:>12}{:>14}{:>12}", "images", "wall", "CPU an image", "memory");
    let mut memories = Vec::new();
    for images in IMAGES {
        let entra = entra::Simulation::start();
        let arm = arm::Simulation::builder().tokens(&entra.tokens()).start();
        for number in 0..images {
            arm.insert_image(arm::RESOURCE_GROUP, &format!("image-{number:05}"), &json!({}));
        }
        arm.set_page_size(100);
        let provider = Provider::start();
        let (wall, found) = runtime.block_on(list(&provider.socket, &entra, &arm));
        assert_eq!(found, images);
        let process = std::path::PathBuf::from(format!("/proc/{}", provider.child.id()));
        let (cpu, memory) = (cpu_of(&process), high_water(&process).unwrap_or_default());
        let each = cpu / u32::try_from(images).unwrap();
        let megabytes = memory as f64 / f64::from(1 << 20);
        println!(
            "  {images:>7}{:>12}{:>11} µs{megabytes:>9.1} MB",
            super::ms(wall),
            each.as_micros()
        );
        memories.push(megabytes);
    }
    println!("  {:<33}{:>12.2}", "ratio of memory, many to few", memories[1] / memories[0]);
}

/// A provider that was started for debugging, and ends with this.
struct Provider {
    child: Child,
    socket: String,
}

impl Provider {
    fn start() -> Self {
        let mut command = Command::new(PROVIDER);
        let mut child = command.arg("-debug").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("TF_REATTACH_PROVIDERS='")).unwrap();
        let json = line.split('\'').nth(1).unwrap();
        let providers: serde_json::Value = serde_json::from_str(json).unwrap();
        let any = providers.as_object().unwrap().values().next().unwrap();
        let socket = any["Addr"]["String"].as_str().unwrap().to_owned();
        Self { child, socket }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn list(socket: &str, entra: &entra::Simulation, arm: &arm::Simulation) -> (Duration, usize) {
    let path = socket.to_owned();
    let connect = move |_| {
        let path = path.clone();
        async move { UnixStream::connect(path).await.map(TokioIo::new) }
    };
    let endpoint = Endpoint::from_static("http://localhost");
    let channel = endpoint.connect_with_connector(tower::service_fn(connect)).await.unwrap();
    let mut client = Client::new(channel);
    let block = json!({ "azure": {
        "subscription_id": arm::SUBSCRIPTION_ID,
        "tenant_id": entra::TENANT_ID,
        "client_id": entra::CLIENT_ID,
        "client_secret": entra::CLIENT_SECRET,
        "active_directory_authority_host": entra.url(),
        "resource_manager_endpoint": arm.url(),
    }});
    let config = |value: &serde_json::Value| {
        Some(pb::DynamicValue { json: value.to_string().into(), ..Default::default() })
    };
    let request = pb::configure_provider::Request { config: config(&block), ..Default::default() };
    client.configure_provider(request).await.unwrap();
    let request = pb::list_resource::Request {
        type_name: "cloudimages_hci_gallery_image".to_owned(),
        config: config(&json!({})),
        include_resource_object: true,
        limit: 0,
    };
    let started = Instant::now();
    let mut events = client.list_resource(request).await.unwrap().into_inner();
    let mut found = 0;
    while let Some(event) = events.message().await.unwrap() {
        assert_eq!(event.diagnostic, []);
        found += 1;
    }
    (started.elapsed(), found)
}
