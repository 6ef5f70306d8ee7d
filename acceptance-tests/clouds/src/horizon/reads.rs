//! Reads.

use serde_json::Value;

use super::errors::Problem;
use super::page::{self, List, Wanted};
use super::route::Target;
use super::service::Call;
use super::show;
use super::store::{Image, Read, Store, Version};
use crate::shared::Reply;

impl Store {
    /// The image of a path, after the read has had its effect on it.
    pub(crate) fn seen(&mut self, call: &Call<'_>, read: Read) -> Result<&Image, Problem> {
        let missing = || Problem::not_found("Image is not found for given imageId");
        let id = call.target.image().ok_or_else(missing)?;
        let image = self.image_mut(id).filter(|image| image.org == call.org);
        let image = image.ok_or_else(missing)?;
        image.read_lag.poll();
        if !image.read_lag.is_over() {
            return Err(missing());
        }
        self.settle(id, read);
        self.image(id).ok_or_else(missing)
    }

    pub(crate) fn seen_version(&mut self, call: &Call<'_>) -> Result<(&Image, &Version), Problem> {
        let missing = || Problem::not_found("Version is not found for given imageId and versionId");
        let id = call.target.version().ok_or_else(missing)?;
        let image = self.seen(call, Read::Part)?;
        let version = image.versions.iter().find(|v| v.id == id).ok_or_else(missing)?;
        Ok((image, version))
    }

    fn answer_page(
        &self,
        call: &Call<'_>,
        items: Vec<Value>,
        list: &List,
    ) -> Result<Reply, Problem> {
        let wanted = Wanted::read(call.request, list, self.settings.most_per_page)?;
        page::page(items, &wanted, list, &self.settings)
    }

    pub(crate) fn list(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        Wanted::read(call.request, &page::IMAGES, self.settings.most_per_page)?;
        let filter = |name: &str| call.request.form_value(name);
        let (os, os_type) = (filter("os"), filter("os_type"));
        let ids: Vec<String> = self.images.iter().map(|image| image.id.clone()).collect();
        let mut items = Vec::new();
        for id in ids {
            if let Some(image) = self.image_mut(&id) {
                image.list_lag.poll();
            }
            self.settle(&id, Read::Part);
            let Some(image) = self.image(&id) else { continue };
            let shown = image.org == call.org
                && image.list_lag.is_over()
                && os.as_ref().is_none_or(|os| *os == image.os)
                && os_type.as_ref().is_none_or(|kind| *kind == image.os_type);
            if shown {
                items.push(show::image(image, &self.settings));
            }
        }
        self.answer_page(call, items, &page::IMAGES)
    }

    pub(crate) fn get(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let image = self.seen(call, Read::Image)?.clone();
        Ok(Reply::json(200, &show::image(&image, &self.settings)))
    }

    pub(crate) fn versions(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let image = self.seen(call, Read::Part)?.clone();
        let items =
            image.versions.iter().map(|v| show::version(v, &image, &self.settings)).collect();
        self.answer_page(call, items, &page::VERSIONS)
    }

    pub(crate) fn get_version(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let (image, version) = self.seen_version(call)?;
        let (image, version) = (image.clone(), version.clone());
        Ok(Reply::json(200, &show::version(&version, &image, &self.settings)))
    }

    fn copies_of(&mut self, call: &Call<'_>) -> Result<Vec<Value>, Problem> {
        let (image, version) = self.seen_version(call)?;
        let (image, version) = (image.clone(), version.clone());
        let show = |copy| show::copy(copy, &version, &image, &self.settings);
        Ok(version.copies.iter().map(show).collect())
    }

    pub(crate) fn copies(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let mut items = self.copies_of(call)?;
        if let Some(instance) = call.request.form_value("provider_instance_id") {
            items.retain(|item| item["providerInstanceId"] == *instance);
        }
        self.answer_page(call, items, &page::COPIES)
    }

    pub(crate) fn get_copy(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let Target::Copy(_, _, wanted) = &call.target else {
            return Err(Problem::not_found("Image copy is not found"));
        };
        let found = self.copies_of(call)?.into_iter().find(|copy| copy["id"] == **wanted);
        let text = "Image copy is not found for given copyId, versionId and imageId";
        found.map(|copy| Reply::json(200, &copy)).ok_or_else(|| Problem::not_found(text))
    }

    fn markers_of(&mut self, call: &Call<'_>) -> Result<Vec<Value>, Problem> {
        let image = self.seen(call, Read::Part)?.clone();
        Ok(image.markers.iter().map(|m| show::marker(m, &image, &self.settings)).collect())
    }

    pub(crate) fn markers(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let items = self.markers_of(call)?;
        self.answer_page(call, items, &page::MARKERS)
    }

    pub(crate) fn get_marker(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let Target::Marker(_, wanted) = &call.target else {
            return Err(Problem::not_found("Unable to find marker"));
        };
        let found = self.markers_of(call)?.into_iter().find(|marker| marker["id"] == **wanted);
        let text = "Unable to find marker for given imageId and markerId";
        found.map(|marker| Reply::json(200, &marker)).ok_or_else(|| Problem::not_found(text))
    }

    pub(crate) fn image_sources(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let value = |name: &str| call.request.form_value(name).unwrap_or_default();
        let one_of = |name: &str, allowed: &[&str]| {
            let given = value(name);
            if given.is_empty() || allowed.contains(&given.as_str()) {
                return Ok(given);
            }
            Err(Problem::bad(format!("'{given}' is not a valid {name}.")))
        };
        let provider = one_of("provider_type", super::bodies::PROVIDERS)?;
        let source = one_of("source_stream", super::bodies::SOURCES)?;
        let os_type = one_of("os_type", &["WINDOWS", "LINUX", "ALL"])?;
        let items = self.settings.image_sources.iter().filter(|item| {
            let os = &item["imageSourceData"]["osType"];
            item["sourceType"] == source
                && item["imageProviderType"] == provider
                && (matches!(os_type.as_str(), "" | "ALL") || os.is_null() || *os == os_type)
        });
        let items = items.cloned().map(|item| show::finish(item, &self.settings)).collect();
        self.answer_page(call, items, &page::IMAGE_SOURCES)
    }
}
