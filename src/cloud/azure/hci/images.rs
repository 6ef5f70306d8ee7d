//! The operations on gallery images.
//!
//! A change is started and waited for in two steps: `create` returns as soon as the service has
//! accepted, with an [`Operation`] that can be kept and waited for by another process.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

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
use crate::cloud::azure::arm::pages::Pages;
use crate::cloud::azure::arm::resource::State;
use crate::cloud::azure::arm::tags::same_tags;
use crate::cloud::azure::arm::wait::Shows;
use crate::cloud::azure::arm::write::{Found, Started, Write, known};
use crate::cloud::azure::arm::{Arm, Operation, ResourceId};
use crate::cloud::change::Outcome;
use crate::cloud::http::Http;
use crate::cloud::poll::{self, Poll, until_done};
use crate::cloud::{Deadline, Error, Kind, Result};

/// The form of a gallery image's id.
pub const GALLERY_IMAGE: Form = "/subscriptions/{subscription}/resourceGroups/{resource group}\
     /providers/Microsoft.AzureStackHCI/galleryImages/{name}";

const OF_SUBSCRIPTION: Form =
    "/subscriptions/{subscription}/providers/Microsoft.AzureStackHCI/galleryImages";

const OF_GROUP: Form = "/subscriptions/{subscription}/resourceGroups/{resource group}\
     /providers/Microsoft.AzureStackHCI/galleryImages";

/// A creation or update that was accepted, as far as is known.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// What to wait for.
    pub operation: Operation,
    /// The image in the service's first response, if it had one.
    pub image: Option<Image>,
    /// Why it was unknown whether the service has accepted it, until the timeout or the caller
    /// stopped. The image may exist.
    pub doubt: Option<Error>,
}

/// The outcome of a creation.
#[derive(Clone, Debug)]
pub enum Created {
    /// It was accepted.
    Accepted(Box<Accepted>),
    /// It was not: somebody else's image has that name.
    Taken(Box<Image>),
}

/// What exists under the id of an image that is to be created.
#[derive(Clone, Debug)]
pub enum Place {
    /// An image.
    Taken(Box<Image>),
    /// Nothing, at this time of the service's clock.
    Free(Option<SystemTime>),
}

/// The gallery images of one login. Clones share everything.
#[derive(Clone, Debug)]
pub struct GalleryImages {
    arm: Arm,
}

impl GalleryImages {
    /// A client that waits `polling_interval` where the service does not ask for a pause.
    #[must_use]
    pub fn new(http: Arc<Http>, login: Arc<Login>, polling_interval: Duration) -> Self {
        Self { arm: Arm::new(http, login, polling_interval) }
    }

    /// `GalleryImages_Get`. The preview version also reports the source machine.
    ///
    /// # Errors
    /// [`Kind::NotFound`] if the image or its resource group does not exist; [`Kind::Invalid`] if
    /// the subscription does not.
    pub async fn get(
        &self,
        id: &ResourceId,
        version: ApiVersion,
        deadline: &Deadline,
    ) -> Result<Image> {
        let (resource, correlation) = (id.to_string(), correlation());
        let call = self.call_get(&resource, version, &correlation);
        Ok(Image::read(&self.arm.read_resource(&call, RequestClass::Read, deadline).await?))
    }

    fn call_get<'a>(
        &self,
        resource: &'a str,
        version: ApiVersion,
        correlation: &'a str,
    ) -> Call<'a> {
        Call {
            operation: "GetGalleryImage",
            method: Method::GET,
            url: self.arm.url(resource, version.as_str()),
            body: None,
            correlation,
            resource,
        }
    }

    /// Checks whether there is an image of that name, before one is created.
    ///
    /// # Errors
    /// Those of [`GalleryImages::get`], except that there is none.
    pub async fn look(
        &self,
        id: &ResourceId,
        version: ApiVersion,
        deadline: &Deadline,
    ) -> Result<Place> {
        let (resource, correlation) = (id.to_string(), correlation());
        let call = self.call_get(&resource, version, &correlation);
        let response = self.arm.send(&call, RequestClass::Read, deadline).await?;
        if response.status.as_u16() == 200 {
            let image = Image::read(&self.arm.resource(&call, &response)?);
            return Ok(Place::Taken(Box::new(image)));
        }
        let error = self.arm.error(&call, &response);
        let date = response.header("date").and_then(|text| httpdate::parse_http_date(text).ok());
        if error.kind == Kind::NotFound { Ok(Place::Free(date)) } else { Err(error) }
    }

    /// `GalleryImages_CreateOrUpdate`. Replaces an image that exists: the caller checks first, and
    /// passes the time of the service's clock.
    ///
    /// When the outcome of the request is unknown, an image that exists by then is taken for the
    /// requested one if it matches and was not created before.
    ///
    /// # Errors
    /// The service's refusal, or why the image was certainly not created.
    pub async fn create(
        &self,
        id: &ResourceId,
        new: &NewImage,
        free_at: Option<SystemTime>,
        deadline: &Deadline,
    ) -> Result<Created> {
        let (resource, body) = (id.to_string(), new.body());
        let write = self.write(Change::Put, &resource, new.api_version(), Some(&body));
        let judge = |found: Option<&Value>| match found {
            None => Found::NotDone,
            Some(found) if new.may_be(found, free_at) => Found::Ours,
            Some(_) => Found::Theirs,
        };
        match self.arm.write(&write, deadline, judge).await? {
            Outcome::Accepted(Started { is_theirs: true, resource: Some(found), .. }) => {
                Ok(Created::Taken(Box::new(Image::read(&found))))
            }
            Outcome::Accepted(started) => Ok(Created::Accepted(Box::new(accepted(started)))),
            Outcome::Unknown(doubt) => {
                let operation = self.arm.unconfirmed(&write);
                let accepted = Accepted { operation, image: None, doubt: Some(doubt) };
                Ok(Created::Accepted(Box::new(accepted)))
            }
        }
    }

    /// `GalleryImages_Update`: replaces all tags by `new_tags`.
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
        let write = self.write(Change::Patch, &resource, version, Some(&body));
        let judge = |found: Option<&Value>| match found {
            Some(image) if same_tags(&tags(image.get("tags")), new_tags) => Found::Ours,
            Some(_) => Found::NotDone,
            None => Found::Theirs,
        };
        Ok(accepted(known(self.arm.write(&write, deadline, judge).await?)?))
    }

    fn write<'a>(
        &self,
        change: Change,
        resource: &'a str,
        version: ApiVersion,
        body: Option<&'a Value>,
    ) -> Write<'a> {
        Write { operation: name(change), change, resource, api_version: version.as_str(), body }
    }

    /// A creation of which nothing is known but the image's id.
    #[must_use]
    pub fn creation(&self, id: &ResourceId, version: ApiVersion) -> Operation {
        named(&Operation::of_resource(Change::Put, &id.to_string(), version.as_str()))
    }

    /// Waits for the end of a creation and returns the image.
    ///
    /// `on_progress` is called whenever the image was read.
    ///
    /// # Errors
    /// [`Kind::Failed`] with the messages of operation and image; [`Kind::NotFound`] if the image
    /// does not appear; [`Kind::TimedOut`] with the progress; [`Kind::Interrupted`].
    pub async fn wait(
        &self,
        operation: &Operation,
        deadline: &Deadline,
        on_progress: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<Image> {
        self.watch(operation, deadline, on_progress, None).await
    }

    async fn watch(
        &self,
        operation: &Operation,
        deadline: &Deadline,
        on_progress: &mut (dyn FnMut(&Progress) + Send),
        shows: Option<Shows<'_>>,
    ) -> Result<Image> {
        let mut last = None::<Progress>;
        let mut on_read = |resource: &Value| {
            let progress = Progress::of(&Image::read(resource));
            if last.as_ref() != Some(&progress) {
                progress.log(operation, deadline);
            }
            on_progress(&progress);
            last = Some(progress);
        };
        let operation = &named(operation);
        match self.arm.wait(operation, deadline, &mut on_read, shows).await {
            Ok(Some(resource)) => Ok(Image::read(&resource)),
            Ok(None) => {
                let text = "the image was deleted meanwhile";
                Err(Error::new(Kind::NotFound, "GetGalleryImage", text)
                    .fact("Resource", operation.resource()))
            }
            Err(error) => Err(late(error, operation.change(), last.as_ref())),
        }
    }

    /// Waits for the end of an update. Where nothing can be read about it, the tags tell.
    ///
    /// # Errors
    /// Those of [`GalleryImages::wait`].
    pub async fn wait_updated(
        &self,
        operation: &Operation,
        new_tags: &BTreeMap<String, String>,
        deadline: &Deadline,
    ) -> Result<Image> {
        let shows = |image: &Value| same_tags(&tags(image.get("tags")), new_tags);
        self.watch(operation, deadline, &mut |_| {}, Some(&shows)).await
    }

    /// `GalleryImages_Delete`. An image that does not exist counts as deleted. While it is
    /// busy, which the service reports as a conflict, the request is repeated.
    ///
    /// # Errors
    /// The service's refusal; a conflict at once if the image is not in a transient state.
    pub async fn delete(
        &self,
        id: &ResourceId,
        version: ApiVersion,
        deadline: &Deadline,
    ) -> Result<Operation> {
        let resource = id.to_string();
        let every = self.arm.polling_interval();
        let mut deletion = Deletion {
            images: self,
            id,
            version,
            write: self.write(Change::Delete, &resource, version, None),
            deadline,
            was_busy: true,
        };
        until_done(name(Change::Delete), every, None, deadline, &mut deletion).await
    }

    /// Waits until a deleted image is gone.
    ///
    /// # Errors
    /// [`Kind::Failed`] with the service's message; [`Kind::TimedOut`]; [`Kind::Interrupted`].
    pub async fn wait_deleted(&self, operation: &Operation, deadline: &Deadline) -> Result<()> {
        let mut last = None::<Progress>;
        let mut on_read = |resource: &Value| last = Some(Progress::of(&Image::read(resource)));
        let ended = self.arm.wait(&named(operation), deadline, &mut on_read, None).await;
        ended.map(|_| ()).map_err(|error| late(error, operation.change(), last.as_ref()))
    }

    /// `GalleryImages_List`, or `GalleryImages_ListAll` without a resource group.
    ///
    /// # Errors
    /// [`Kind::Invalid`] about an invalid name; the service's refusal; [`Kind::Unexpected`] about
    /// page links that form a cycle or lead elsewhere.
    pub async fn list(
        &self,
        subscription_id: &str,
        resource_group_name: Option<&str>,
        version: ApiVersion,
        deadline: &Deadline,
    ) -> Result<Vec<Image>> {
        let mut pages = self.pages(subscription_id, resource_group_name, version)?;
        let mut images = Vec::new();
        while let Some(more) = pages.next(deadline).await? {
            images.extend(more);
        }
        Ok(images)
    }

    /// The same list, page by page.
    ///
    /// # Errors
    /// [`Kind::Invalid`] about an invalid name.
    pub fn pages(
        &self,
        subscription_id: &str,
        resource_group_name: Option<&str>,
        version: ApiVersion,
    ) -> Result<ImagePages<'_>> {
        let path = match resource_group_name {
            Some(group) => ResourceId::new(OF_GROUP, &[subscription_id, group]),
            None => ResourceId::new(OF_SUBSCRIPTION, &[subscription_id]),
        }?
        .to_string();
        Ok(ImagePages(self.arm.pages("ListGalleryImages", path, version.as_str())))
    }
}

/// A list of images that is read page by page.
#[derive(Debug)]
pub struct ImagePages<'a>(Pages<'a>);

impl ImagePages<'_> {
    /// The images of the next page, or none after the last.
    ///
    /// # Errors
    /// The service's refusal; [`Kind::Unexpected`] about page links that form a cycle or lead
    /// elsewhere.
    pub async fn next(&mut self, deadline: &Deadline) -> Result<Option<Vec<Image>>> {
        let page = self.0.next(deadline).await?;
        Ok(page.map(|elements| elements.iter().map(Image::read).collect()))
    }
}

/// A deletion that the service may refuse for as long as the image is busy.
struct Deletion<'a> {
    images: &'a GalleryImages,
    id: &'a ResourceId,
    version: ApiVersion,
    write: Write<'a>,
    deadline: &'a Deadline,
    /// An image that was busy at the refusal may be idle by the time it is read.
    was_busy: bool,
}

impl Poll for Deletion<'_> {
    type Output = Operation;

    async fn poll(&mut self) -> Result<poll::Progress<Operation>> {
        let arm = &self.images.arm;
        let is_going = |found: Option<&Value>| {
            let state =
                found.map(|image| Image::read(image).provisioning_state.unwrap_or_default());
            match state {
                Some(state) if !state.eq_ignore_ascii_case("Deleting") => Found::NotDone,
                _ => Found::Ours,
            }
        };
        let refusal = match arm.write(&self.write, self.deadline, is_going).await {
            Ok(outcome) => return known(outcome).map(|s| poll::Progress::Done(s.operation)),
            Err(error) if error.kind == Kind::Conflict => error,
            Err(error) => return Err(error),
        };
        let every = arm.polling_interval();
        match self.images.get(self.id, self.version, self.deadline).await {
            Ok(image) if image.state() == State::Running && every < self.deadline.left() => {
                self.was_busy = true;
                Ok(poll::Progress::Pending(None))
            }
            Ok(_) if says_busy(&refusal) && std::mem::take(&mut self.was_busy) => {
                Ok(poll::Progress::Pending(Some(every / 10)))
            }
            // Gone: the next request will show it.
            Err(error) if error.kind == Kind::NotFound => {
                Ok(poll::Progress::Pending(Some(every / 10)))
            }
            _ => Err(refusal),
        }
    }
}

fn accepted(started: Started) -> Accepted {
    let image = started.resource.as_ref().map(Image::read);
    Accepted { operation: started.operation, image, doubt: None }
}

/// Whether a conflict is about another operation, which passes.
fn says_busy(refusal: &Error) -> bool {
    let code = refusal.code.as_deref().unwrap_or_default().to_ascii_lowercase();
    code.contains("inprogress")
}

/// The name of a change in errors and logs.
fn name(change: Change) -> &'static str {
    match change {
        Change::Put => "CreateGalleryImage",
        Change::Patch => "UpdateGalleryImage",
        Change::Delete => "DeleteGalleryImage",
    }
}

/// The operation with its name, which is not kept.
fn named(operation: &Operation) -> Operation {
    operation.clone().named(name(operation.change()))
}
