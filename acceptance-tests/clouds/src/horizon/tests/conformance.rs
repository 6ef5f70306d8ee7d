//! Answers against the fields of the definition.

use super::*;

const IMAGE: &str = "id orgId name description os multiSession osType sourceType gpuType \
    sourceStreamId sourceVersionId status versionCount createdAt updatedAt version markers";
const VERSION: &str = "id streamId orgId name description os sourceVersionId state versionHistory \
    status lastTriggeredAction options createdAt updatedAt version markers versionType \
    versionValidationDetails publishValidationResult imsTags sourceType providerLabels \
    templateProxyServer templateProxyBypass";
const COPY: &str = "id versionId orgId providerInstanceId credentialId providerLabel multiSession \
    osType gpuType assetDetails state status catalogDetails haiAgentVersion errorCode errorDetails \
    errorDetailsParameters warningDetails warningDetailsParameters createdAt updatedAt version \
    errorsHistory agents";
const MARKER: &str = "id name versionId imageId status nextVersionId orgId errorCode errorDetails \
    errorDetailsParameters createdAt updatedAt";
const CREATED: &str = "streamId streamName streamDescription os sourceStreamType streamStatus \
    sourceStreamId sourceVersionId versionId versionSource versionName versionDescription \
    versionStatus versionType versionHistory assetId sourceAssetId assetStatus assetType \
    assetDetails orgId projectId markers uemInfo";
const PAGE: &str = "totalElements totalPages pageable size content number sort first last \
    numberOfElements empty";

#[track_caller]
fn check(document: &Value, fields: &str) {
    let mut found: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let mut known: Vec<&str> = fields.split_whitespace().collect();
    found.sort_unstable();
    known.sort_unstable();
    assert_eq!(found, known);
}

#[test]
fn documents_have_the_fields_of_the_definition_and_no_others() {
    let horizon = Simulation::builder().quirk(Quirk::ExplicitNulls).start();
    let client = Client::new(&horizon);
    let created = client.create("image");
    check(&created, CREATED);
    let image = format!("{IMAGES}/{}", text(&created["streamId"]));
    check(&client.get(&image).json(), IMAGE);
    let version = format!("{image}/versions/{}", text(&created["versionId"]));
    check(&client.get(&version).json(), VERSION);
    for (list, fields) in [
        (IMAGES.to_owned(), IMAGE),
        (format!("{image}/versions"), VERSION),
        (format!("{version}/copies"), COPY),
        (format!("{image}/markers"), MARKER),
    ] {
        let page = client.get(&list).json();
        check(&page, PAGE);
        check(&page["content"][0], fields);
    }
    check(&client.get(&image).json()["markers"][0], MARKER);
}

#[test]
fn ids_and_dates_look_like_those_of_the_service() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let created = client.create("image");
    for name in ["streamId", "versionId", "assetId"] {
        let id = text(&created[name]);
        assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    }
    let date = text(&horizon.image(&text(&created["streamId"])).unwrap()["createdAt"]);
    let format = time::format_description::well_known::Rfc3339;
    let parsed = time::OffsetDateTime::parse(&date, &format).unwrap();
    assert!(
        (time::OffsetDateTime::now_utc() - parsed).abs() < time::Duration::minutes(1),
        "{date}"
    );
}
