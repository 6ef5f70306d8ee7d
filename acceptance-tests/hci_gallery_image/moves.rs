//! `moved` blocks: from another address of the provider, and from `azapi_resource`.

use std::path::Path;

use serde_json::{Value, json};
use simulated_clouds::arm::{RESOURCE_GROUP, custom_location_id};
use terraform_provider_cloudimages::model;
use terraform_provider_cloudimages::tfplugin::context::Context;
use terraform_provider_cloudimages::tfplugin::data_source::AnyDataSource;
use terraform_provider_cloudimages::tfplugin::diagnostic::Result;
use terraform_provider_cloudimages::tfplugin::function::AnyFunction;
use terraform_provider_cloudimages::tfplugin::provider::Provider;
use terraform_provider_cloudimages::tfplugin::resource::{Import, ReadOutcome, Resource, State};
use terraform_provider_cloudimages::tfplugin::resource_driver::AnyResource;
use terraform_provider_cloudimages::tfplugin::timeouts::Timeouts;

use crate::harness::hci::{Azure, IMAGE, Image, id};
use crate::harness::{Attached, PROVIDER, Workspace};

#[test]
fn an_image_moves_to_another_address_of_the_provider_without_a_call() {
    let azure = Azure::start();
    let folder = Path::new(PROVIDER).parent().unwrap();
    let overrides = ["cloudimages/cloudimages", "mirror.example/acme/cloudimages"]
        .map(|address| format!("{address:?} = {folder:?}\n"));
    let installation = format!("dev_overrides {{\n{}}}\ndirect {{}}", overrides.concat());
    let workspace = Workspace::with("cloudimages", &installation);
    workspace.main(&azure.main(&Image::new()));
    workspace.step();
    let before = workspace.state().attributes(IMAGE).clone();

    workspace.write(
        "terraform.tf",
        "terraform {\n  required_providers {\n    cloudimages = { source = \
         \"cloudimages/cloudimages\" }\n    fork = { source = \"mirror.example/acme/cloudimages\" }\n  \
         }\n}\n",
    );
    let fork = azure.provider().replace("\"cloudimages\"", "\"fork\"");
    let image = Image::new().set("provider", "fork").text("moved");
    let moved = "moved {\n  from = cloudimages_hci_gallery_image.golden\n  to   = \
                 cloudimages_hci_gallery_image.moved\n}\n";
    workspace.main(&(azure.provider() + &fork + &image + moved));
    azure.arm.forget_requests();
    workspace.step();
    assert_eq!(azure.writes(), 0);
    let after = workspace.state().attributes("cloudimages_hci_gallery_image.moved").clone();
    assert_eq!(after, before);
}

model! {
    /// Nothing to configure.
    #[derive(Debug)]
    struct Configuration {}
}

model! {
    /// A resource of azapi, as far as its state is concerned.
    #[derive(Clone, Debug)]
    struct Inputs {
        /// Its name.
        name: String,
    }
}

model! {
    /// Results.
    #[derive(Debug)]
    struct Outputs {
        /// Its id.
        id: String,
    }
}

/// Stands for azapi, whose schema Terraform wants to know before it moves a state.
struct Azapi;

impl Provider for Azapi {
    const NAME: &'static str = "azapi";
    const ADDRESS: &'static str = "registry.terraform.io/azure/azapi";
    const VERSION: &'static str = "0.0.0";
    type Config = Configuration;
    type Clients = ();

    fn configure(&self, _: Configuration, _: &str) -> Result<()> {
        Ok(())
    }
    fn resources(&self) -> Vec<Box<dyn AnyResource<()>>> {
        vec![Box::new(AzapiResource)]
    }
    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<()>>> {
        Vec::new()
    }
    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        Vec::new()
    }
}

struct AzapiResource;

type Kept = State<Inputs, Outputs>;

/// Terraform asks azapi for its schema and for nothing else.
impl Resource<()> for AzapiResource {
    const NAME: &'static str = "resource";
    const TIMEOUTS: Timeouts = Timeouts { create: None, read: None, update: None, delete: None };
    type Inputs = Inputs;
    type Outputs = Outputs;
    type Private = ();
    type Identity = Outputs;

    async fn create(&self, (): &(), _: Inputs, _: &Context) -> Result<Kept> {
        panic!("azapi is to create nothing")
    }
    async fn read(&self, (): &(), _: &mut Kept, _: &Context) -> Result<ReadOutcome> {
        panic!("azapi is to read nothing")
    }
    async fn update(&self, (): &(), _: &mut Kept, _: Inputs, _: &Context) -> Result<()> {
        panic!("azapi is to change nothing")
    }
    async fn delete(&self, (): &(), _: Kept, _: &Context) -> Result<()> {
        panic!("azapi is to delete nothing")
    }
    async fn import(&self, (): &(), _: Import<Outputs>, _: &Context) -> Result<Kept> {
        panic!("azapi is to import nothing")
    }
    fn identity(&self, state: &Kept) -> Outputs {
        Outputs { id: state.outputs.id.clone() }
    }
}

/// A state with one `azapi_resource`.
fn state(kind: &str, body: &Value) -> String {
    let attributes = json!({
        "id": id("golden").replace("galleryImages", "galleryimages"),
        "name": "golden",
        "type": format!("{kind}@2024-01-01"),
        "parent_id": id("golden").split("/providers/").next().unwrap(),
        "location": "westus2",
        "tags": { "team": "edge" },
        "body": body,
        "output": { "type": "dynamic", "value": { "properties": { "hyperVGeneration": "V2" } } },
    });
    json!({
        "version": 4, "terraform_version": "1.8.0", "serial": 1,
        "lineage": "8d2f4a6e-0000-4000-8000-0123456789ab", "outputs": {},
        "resources": [{
            "mode": "managed", "type": "azapi_resource", "name": "old",
            "provider": "provider[\"registry.terraform.io/azure/azapi\"]",
            "instances": [{ "schema_version": 0, "attributes": attributes }],
        }],
    })
    .to_string()
}

/// A workspace in which azapi runs, and the configuration that moves its image.
fn workspace(azure: &Azure, azapi: &Attached, state: &str) -> Workspace {
    let moved = format!("moved {{\n  from = azapi_resource.old\n  to   = {IMAGE}\n}}\n");
    let image = Image::new().set("tags", "{ team = \"edge\" }");
    let workspace = Workspace::new(&(azure.main(&image) + &moved))
        .env("TF_REATTACH_PROVIDERS", azapi.variable.as_str());
    workspace.write(
        "terraform.tf",
        "terraform {\n  required_providers {\n    cloudimages = { source = \
         \"cloudimages/cloudimages\" }\n    azapi = { source = \"azure/azapi\" }\n  }\n}\n",
    );
    workspace.write("terraform.tfstate", state);
    workspace
}

const KIND: &str = "Microsoft.AzureStackHCI/galleryImages";

#[test]
fn an_image_of_azapi_is_taken_over_without_replacement() {
    let azure = Azure::start();
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &json!({"tags": {"team": "edge"}}));
    let azapi = Attached::serve(Azapi);
    let body = json!({
        "extendedLocation": { "type": "CustomLocation", "name": custom_location_id() },
        "properties": { "osType": "Linux", "imagePath": "https://made.up/golden.vhdx" },
    });
    for body in [body.clone(), json!({ "type": "dynamic", "value": body }), body.to_string().into()]
    {
        let workspace = workspace(&azure, &azapi, &state(KIND, &body));
        azure.arm.forget_requests();
        let plan = workspace.planned();
        let change = &plan["resource_changes"][0];
        assert_eq!(change["previous_address"], "azapi_resource.old", "{plan}");
        assert_eq!(change["change"]["actions"], json!(["update"]), "{plan}");
        // Only the path is new, which no service returns.
        for (name, after) in change["change"]["after"].as_object().unwrap() {
            let before = &change["change"]["before"][name];
            assert!(name == "image_path" || before == after, "{name}: {plan}");
        }
        workspace.step();
        assert_eq!(azure.writes(), 0);
        assert_eq!(azure.arm.image_count(), 1);
        assert!(workspace.state().instance("azapi_resource.old").is_none());
    }
}

#[test]
fn another_type_of_azapi_is_refused_with_both_types() {
    let azure = Azure::start();
    let azapi = Attached::serve(Azapi);
    let workspace = workspace(&azure, &azapi, &state("Microsoft.Compute/images", &json!({})));
    let error = workspace.plan().error();
    error.says(&["Unable to move resource state", "Microsoft.Compute/images", KIND]);
    assert_eq!(azure.arm.request_count(), 0);
}
