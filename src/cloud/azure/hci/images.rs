//! The operations on gallery images.
//!
//! A change is started and waited for in two steps: `create` returns as soon as the service has
//! accepted, with an [`Operation`] that can be kept and waited for by another process.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::api_version::ApiVersion;
use super::image::{Image, tags};
use super::new::NewImage;
use super::progress::{Progress, late};
use crate::cloud::azure::Login;
use crate::cloud::azure::arm::client::{Call, RequestClass, correlation};
use crate::cloud::azure::arm::id::Form;
use crate::cloud::azure::arm::operation::Change;
use crate::cloud::azure::arm::resource::State;
use crate::cloud::azure::arm::wait::{ABSENT, LAG};
use crate::cloud::azure::arm::write::Write;
use crate::cloud::azure::arm::{Arm, Operation, ResourceId};
use crate::cloud::http::Http;
use crate::cloud::poll::{self, until_done};
use crate::cloud::{Deadline, Error, Kind, Result};

/// The form of a gallery image's id.
pub const GALLERY_IMAGE: Form = "/subscriptions/{subscription}/resourceGroups/{resource group}\
     /providers/Microsoft.AzureStackHCI/galleryImages/{name}";

const OF_SUBSCRIPTION: Form =
    "/subscriptions/{subscription}/providers/Microsoft.AzureStackHCI/galleryImages";

const OF_GROUP: Form = "/subscriptions/{subscription}/resourceGroups/{resource group}\
     /providers/Microsoft.AzureStackHCI/galleryImages";

/// A creation or update that was accepted.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// What to wait for.
    pub operation: Operation,
    /// The image as the service's first answer showed it, if it did.
    pub image: Option<Image>,
}

/// The gallery images of one login. Clones share everything.
#[derive(Clone, Debug)]
pub struct GalleryImages {
    arm: Arm,
}

impl GalleryImages {
    /// A client that waits `polling_interval` where the service names no pause.
    #[must_use]
    pub fn new(http: Arc<Http>, login: Arc<Login>, polling_interval: Duration) -> Self {
        Self { arm: Arm::new(http, login, polling_interval) }
    }

    /// `GalleryImages_Get`. With the preview version, images show what machine they are made of.
    ///
    /// # Errors
    /// [`Kind::NotFound`] if the image or its resource group is not there; not if the
    /// subscription is not, which is [`Kind::Invalid`].
    pub async fn get(
        &self,
        id: &ResourceId,
        version: ApiVersion,
        deadline: &Deadline,
    ) -> Result<Image> {
        let (resource, correlation) = (id.to_string(), correlation());
        let call = Call {
            operation: "GetGalleryImage",
            method: Method::GET,
            url: self.arm.url(&resource, version.as_str()),
            body: None,
            correlation: &correlation,
            resource: &resource,
        };
        Ok(Image::read(&self.arm.read(&call, RequestClass::Read, deadline).await?))
    }

    /// [`GalleryImages::get`] of an image that was just made, and may not be seen everywhere yet.
    ///
    /// # Errors
    /// As there; [`Kind::NotFound`] once it has not appeared for long enough.
    pub async fn get_after_create(
        &self,
        id: &ResourceId,
        version: ApiVersion,
        deadline: &Deadline,
    ) -> Result<Image> {
        let pause = LAG.min(self.arm.polling_interval());
        for _ in 1..ABSENT {
            match self.get(id, version, deadline).await {
                Err(error) if error.kind == Kind::NotFound => {
                    deadline.pause(error.operation, pause).await?;
                }
                answered => return answered,
            }
        }
        self.get(id, version, deadline).await
    }

    /// `GalleryImages_CreateOrUpdate`. Replaces an image that exists: the caller looks first.
    ///
    /// An answer that got lost is made up for by looking: an image that is there by then is taken
    /// for the one asked for.
    ///
    /// # Errors
    /// The service's refusal. If [`Error::outcome_unknown`] is set, the image may be there.
    pub async fn create(
        &self,
        id: &ResourceId,
        new: &NewImage,
        deadline: &Deadline,
    ) -> Result<Accepted> {
        let (resource, body) = (id.to_string(), new.body());
        let write = Write {
            operation: name(Change::Put),
            change: Change::Put,
            resource: &resource,
            api_version: new.api_version().as_str(),
            body: Some(&body),
        };
        let started = self.arm.write(&write, deadline, |found| found.is_some()).await?;
        let image = started.resource.as_ref().map(Image::read);
        Ok(Accepted { operation: started.operation, image })
    }

    /// `GalleryImages_Update`: makes `new_tags` all the tags there are.
    ///
    /// # Errors
    /// The service's refusal.
    pub async fn update_tags(
        &self,
        id: &ResourceId,
        version: ApiVersion,
        new_tags: &BTreeMap<String, String>,
        deadline: &Deadline,
    ) -> Result<Accepted> {
        let (resource, body) = (id.to_string(), json!({ "tags": new_tags }));
        let write = Write {
            operation: name(Change::Patch),
            change: Change::Patch,
            resource: &resource,
            api_version: version.as_str(),
            body: Some(&body),
        };
        let has_them =
            |found: Option<&Value>| found.is_some_and(|image| tags(image.get("tags")) == *new_tags);
        let started = self.arm.write(&write, deadline, has_them).await?;
        let image = started.resource.as_ref().map(Image::read);
        Ok(Accepted { operation: started.operation, image })
    }

    /// A creation of which nothing is known but the image's id.
    #[must_use]
    pub fn creation(&self, id: &ResourceId, version: ApiVersion) -> Operation {
        named(&Operation::of_resource(Change::Put, &id.to_string(), version.as_str()))
    }

    /// Waits for the end of a creation or update: the image as it is then.
    ///
    /// `on_progress` is called whenever the image was looked at.
    ///
    /// # Errors
    /// [`Kind::Failed`] with the operation's words and the image's; [`Kind::NotFound`] if the
    /// image does not appear; [`Kind::TimedOut`] with how far it had come; [`Kind::Interrupted`].
    pub async fn wait(
        &self,
        operation: &Operation,
        deadline: &Deadline,
        on_progress: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<Image> {
        let mut last = None::<Progress>;
        let mut on_look = |resource: &Value| {
            let progress = Progress::of(&Image::read(resource));
            if last.as_ref() != Some(&progress) {
                progress.log(operation, deadline);
            }
            on_progress(&progress);
            last = Some(progress);
        };
        let operation = &named(operation);
        match self.arm.wait(operation, deadline, &mut on_look).await {
            Ok(Some(resource)) => Ok(Image::read(&resource)),
            Ok(None) => {
                let text = "the image was deleted meanwhile";
                Err(Error::new(Kind::NotFound, "GetGalleryImage", text)
                    .fact("Resource", operation.resource()))
            }
            Err(error) => Err(late(error, last.as_ref())),
        }
    }

    /// `GalleryImages_Delete`. An image that is not there counts as deleted. While it is busy,
    /// which the service answers with a conflict, the request is repeated.
    ///
    /// # Errors
    /// The service's refusal; a conflict at once if the image is in no passing state.
    pub async fn delete(
        &self,
        id: &ResourceId,
        version: ApiVersion,
        deadline: &Deadline,
    ) -> Result<Operation> {
        let resource = id.to_string();
        let write = Write {
            operation: name(Change::Delete),
            change: Change::Delete,
            resource: &resource,
            api_version: version.as_str(),
            body: None,
        };
        let every = self.arm.polling_interval();
        // What was refused because the image was busy may find it idle by the time it is looked at.
        let was_busy = AtomicBool::new(true);
        until_done(write.operation, every, deadline, || async {
            let is_going = |found: Option<&Value>| {
                found.is_none_or(|image| {
                    let state = Image::read(image).provisioning_state.unwrap_or_default();
                    state.eq_ignore_ascii_case("Deleting")
                })
            };
            let refusal = match self.arm.write(&write, deadline, is_going).await {
                Ok(started) => return Ok(poll::Progress::Done(started.operation)),
                Err(error) if error.kind == Kind::Conflict => error,
                Err(error) => return Err(error),
            };
            match self.get(id, version, deadline).await {
                Ok(image) if image.state() == State::Running && every < deadline.left() => {
                    was_busy.store(true, Ordering::Relaxed);
                    Ok(poll::Progress::Pending(None))
                }
                Ok(_) if says_busy(&refusal) && was_busy.swap(false, Ordering::Relaxed) => {
                    Ok(poll::Progress::Pending(Some(every / 10)))
                }
                // Gone: the next request will be told so.
                Err(error) if error.kind == Kind::NotFound => {
                    Ok(poll::Progress::Pending(Some(every / 10)))
                }
                _ => Err(refusal),
            }
        })
        .await
    }

    /// Waits until a deleted image is gone.
    ///
    /// # Errors
    /// [`Kind::Failed`] with the service's words; [`Kind::TimedOut`]; [`Kind::Interrupted`].
    pub async fn wait_deleted(&self, operation: &Operation, deadline: &Deadline) -> Result<()> {
        let mut last = None::<Progress>;
        let mut on_look = |resource: &Value| last = Some(Progress::of(&Image::read(resource)));
        let ended = self.arm.wait(&named(operation), deadline, &mut on_look).await;
        ended.map(|_| ()).map_err(|error| late(error, last.as_ref()))
    }

    /// `GalleryImages_List`, or `GalleryImages_ListAll` without a resource group.
    ///
    /// # Errors
    /// [`Kind::Invalid`] about a name that is none; the service's refusal; [`Kind::Unexpected`]
    /// about pages in circles or elsewhere.
    pub async fn list(
        &self,
        subscription_id: &str,
        resource_group_name: Option<&str>,
        version: ApiVersion,
        deadline: &Deadline,
    ) -> Result<Vec<Image>> {
        let path = match resource_group_name {
            Some(group) => ResourceId::new(OF_GROUP, &[subscription_id, group]),
            None => ResourceId::new(OF_SUBSCRIPTION, &[subscription_id]),
        }?
        .to_string();
        let found = self.arm.list("ListGalleryImages", &path, version.as_str(), deadline).await?;
        Ok(found.iter().map(Image::read).collect())
    }
}

/// Whether a conflict is about another operation, which passes.
fn says_busy(refusal: &Error) -> bool {
    let code = refusal.code.as_deref().unwrap_or_default().to_ascii_lowercase();
    code.contains("inprogress")
}

/// What a change is called in errors and logs.
fn name(change: Change) -> &'static str {
    match change {
        Change::Put => "CreateGalleryImage",
        Change::Patch => "UpdateGalleryImage",
        Change::Delete => "DeleteGalleryImage",
    }
}

/// The operation under its name, which is not kept with it.
fn named(operation: &Operation) -> Operation {
    operation.clone().named(name(operation.change()))
}
