use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::cloud::Kind;
use crate::cloud::fake::{Fake, Reply, Request};
use crate::cloud::ucloud::fixture::*;

/// Requested offsets, in the order of arrival.
fn offsets(fake: &Fake) -> Vec<usize> {
    fake.requests().iter().map(|request| number(request, "Offset")).collect()
}

/// A service whose responses come from `script`, which gets all images.
async fn odd(
    count: u64,
    script: impl Fn(&Request, &[Value]) -> Reply + Send + Sync + 'static,
) -> Fake {
    let all = images(count);
    Fake::start(move |request| script(request, &all)).await
}

#[tokio::test(start_paused = true)]
async fn every_image_comes_whatever_the_page_size() {
    for (count, cap) in [
        (0, 20),
        (1, 20),
        (20, 20),
        (45, 20),
        (100, 50),
        (230, 100),
        (1000, 500),
        (61, 1),
        (7, 900),
    ] {
        let fake = service(count, cap).await;
        let listing = list(&fake).await.unwrap();
        assert_eq!(ids_of(&listing), ids(count), "{count} in pages of {cap}");
        assert_eq!((listing.total_count, &listing.warnings), (count, &Vec::new()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_list_takes_one_request() {
    for count in [0, 1, 19, 73, 499] {
        let fake = service(count, 500).await;
        list(&fake).await.unwrap();
        assert_eq!(fake.count(), 1, "{count} images");
    }
}

#[tokio::test(start_paused = true)]
async fn pages_come_in_parallel_within_the_cap() {
    let delay = Duration::from_millis(200);
    for (count, cap, rounds) in [(2000, 100, 3), (2000, 500, 2), (10_000, 500, 3), (5000, 50, 11)] {
        let fake = service_with(count, cap, delay).await;
        let started = Instant::now();
        let listing = list(&fake).await.unwrap();
        let took = started.elapsed();
        assert_eq!(ids_of(&listing), ids(count));
        assert!(
            (3..=super::IN_FLIGHT).contains(&fake.most_in_flight()),
            "{}",
            fake.most_in_flight()
        );
        assert!(took < delay * rounds + delay / 2, "{count} in pages of {cap}: {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_page_size_is_lowered() {
    for (most, requests, text) in
        [(100, 4, "Params [Limit] not available"), (20, 9, "invalid parameter limit")]
    {
        let fake = odd(120, move |request, all| {
            if number(request, "Limit") > most {
                return refusal(230, text);
            }
            page(cut(request, all, most), 120)
        })
        .await;
        assert_eq!(ids_of(&list(&fake).await.unwrap()), ids(120));
        assert_eq!(fake.count(), requests);
    }
}

#[tokio::test(start_paused = true)]
async fn the_gap_after_a_short_page_is_filled() {
    let fake = odd(230, |request, all| {
        let cap = if number(request, "Offset") == 100 { 30 } else { 50 };
        page(cut(request, all, cap), 230)
    })
    .await;
    let listing = list(&fake).await.unwrap();
    assert_eq!(ids_of(&listing), ids(230));
    assert!(listing.warnings.is_empty() && offsets(&fake).contains(&130), "{:?}", offsets(&fake));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_ignores_limit_may_send_more_than_asked() {
    let fake = odd(1200, |request, all| {
        let from = number(request, "Offset").min(all.len());
        page(&all[from..all.len().min(from + 700)], 1200)
    })
    .await;
    assert_eq!(ids_of(&list(&fake).await.unwrap()), ids(1200));
}

#[tokio::test(start_paused = true)]
async fn a_missing_count_is_not_the_end_of_the_list() {
    for total in [Value::Null, json!(0), json!(""), json!(-1)] {
        for count in [0, 1, 60, 470] {
            let total = total.clone();
            let fake =
                odd(count, move |request, all| page(cut(request, all, 20), total.clone())).await;
            let listing = list(&fake).await.unwrap();
            assert_eq!(ids_of(&listing), ids(count));
            assert_eq!((listing.total_count, &listing.warnings), (count, &Vec::new()));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_count_that_is_too_small_hides_nothing_but_is_reported() {
    for (cap, total) in [(500, 40), (20, 41), (20, 40), (20, 20), (50, 1)] {
        let fake = odd(95, move |request, all| page(cut(request, all, cap), total)).await;
        let listing = list(&fake).await.unwrap();
        assert_eq!(ids_of(&listing), ids(95), "pages of {cap}, {total} announced");
        assert_eq!(listing.warnings.len(), 1, "pages of {cap}, {total} announced");
    }
}

#[tokio::test(start_paused = true)]
async fn a_count_of_the_page_instead_of_the_list_hides_nothing() {
    let fake = odd(95, |request, all| {
        let part = cut(request, all, 20);
        page(part, part.len())
    })
    .await;
    assert_eq!(ids_of(&list(&fake).await.unwrap()), ids(95));
}

#[tokio::test(start_paused = true)]
async fn a_count_that_is_too_large_ends_with_a_warning() {
    for total in [46, 60, 100_000, u64::MAX / 4] {
        let fake = odd(45, move |request, all| page(cut(request, all, 20), total)).await;
        let listing = list(&fake).await.unwrap();
        assert_eq!(ids_of(&listing), ids(45));
        let text = format!("the service announces {total} images, but its list has 45");
        assert_eq!((&listing.shortfalls, listing.warnings.len()), (&vec![text], 0));
        assert!(fake.count() < 40, "{}", fake.count());
    }
}

#[tokio::test(start_paused = true)]
async fn an_ignored_offset_ends_in_an_error_and_not_in_part_of_the_list() {
    let fake = odd(10_000, |_, all| page(&all[..50], 10_000)).await;
    let error = list(&fake).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unexpected);
    assert!(error.message.contains("50 of 10000"), "{}", error.message);
    assert!(fake.count() < 60, "{}", fake.count());
}

/// Nothing shows whether these are all images: a service may send fewer than it is asked for.
#[tokio::test(start_paused = true)]
async fn an_ignored_offset_without_a_count_is_an_error_and_not_part_of_the_list() {
    for (count, cap) in [(45, 500), (1800, 100), (130, 73), (60, 15), (500, 500)] {
        let fake = odd(count, move |_, all| page(&all[..cap.min(all.len())], Value::Null)).await;
        let error = list(&fake).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unexpected, "{count} in pages of {cap}");
        assert!(error.message.contains("does not say how many"), "{}", error.message);
        assert!(fake.count() < 10, "{}", fake.count());
    }
}

#[tokio::test(start_paused = true)]
async fn an_ignored_offset_is_noticed_whatever_the_last_page_holds() {
    // The last page is requested with the rest as its limit, and so is part of the first page.
    for (total, cap) in [(21, 20), (30, 20), (39, 20), (1001, 500)] {
        let fake =
            odd(total, move |request, all| page(&all[..number(request, "Limit").min(cap)], total))
                .await;
        let error = list(&fake).await.unwrap_err();
        assert!(error.message.contains(&format!("of {total} came")), "{}", error.message);
    }
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_alone_on_the_last_page_is_dropped() {
    for (count, cap) in [(20, 20), (40, 20), (500, 500), (1000, 500)] {
        for first in [0, 7] {
            for counted in [true, false] {
                let fake = odd(count, move |request, all| {
                    let doubled = [all, &all[first..=first]].concat();
                    let total = if counted { json!(count + 1) } else { Value::Null };
                    page(cut(request, &doubled, cap), total)
                })
                .await;
                let listing = list(&fake).await.unwrap();
                assert_eq!(ids_of(&listing), ids(count), "{count} in pages of {cap}");
                assert_eq!(
                    listing.warnings,
                    ["the service sends 1 image more than once, on different pages"]
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_comes_again_instead_of_another_is_noticed() {
    let fake = odd(100, |request, all| {
        let offset = number(request, "Offset");
        let from = if offset == 40 { 20 } else { offset.min(100) };
        page(&all[from..(from + 20).min(100)], 100)
    })
    .await;
    let error = list(&fake).await.unwrap_err();
    assert!(error.message.contains("sends images again"), "{}", error.message);
}

#[tokio::test(start_paused = true)]
async fn a_last_page_that_comes_again_beyond_the_end_is_the_end() {
    for total in [json!(45), Value::Null] {
        let fake = odd(45, move |request, all| {
            let offset = number(request, "Offset").min(40);
            page(&all[offset..(offset + 20).min(45)], total.clone())
        })
        .await;
        assert_eq!(ids_of(&list(&fake).await.unwrap()), ids(45));
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_never_ends_is_given_up() {
    for total in [Value::Null, json!(10_000_000)] {
        let fake = Fake::start(move |request| {
            let fresh = |n| json!({"ImageId": format!("uimage-{}-{n}", request.number)});
            page(&(0..500).map(fresh).collect::<Vec<_>>(), total.clone())
        })
        .await;
        let error = list(&fake).await.unwrap_err();
        assert!(error.message.contains("still sends more"), "{}", error.message);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_grows_or_shrinks_once_is_read_again() {
    for (before, after) in [(120_u64, 121_u64), (120, 119)] {
        let (old, new) = (images(before), images(after + 1).split_off(1));
        let grown = after > before;
        let fake = Fake::start(move |request| {
            // The newest image comes or goes after the first page.
            match (request.number, grown) {
                (1, true) => page(cut(request, &new, 50), before),
                (1, false) => page(cut(request, &old, 50), before),
                (_, true) => page(cut(request, &images(after), 50), after),
                (_, false) => page(cut(request, &new, 50), after),
            }
        })
        .await;
        let listing = list(&fake).await.unwrap();
        assert_eq!(listing.images.len() as u64, after);
        assert_eq!((listing.total_count, &listing.warnings), (after, &Vec::new()));
        assert!(offsets(&fake).iter().filter(|offset| **offset == 0).count() == 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_loses_an_image_at_each_request_is_refused() {
    let fake = Fake::start(|request| {
        let left = images(400).split_off(request.number);
        page(cut(request, &left, 50), left.len())
    })
    .await;
    let error = list(&fake).await.unwrap_err();
    assert!(error.message.contains("in 3 attempts: the list changed"), "{}", error.message);
    assert_eq!(offsets(&fake).iter().filter(|offset| **offset == 0).count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_gains_an_image_at_its_end_at_each_request_is_reported() {
    let fake = Fake::start(|request| {
        let all = images(100 + request.number as u64);
        page(cut(request, &all, 50), all.len())
    })
    .await;
    let listing = list(&fake).await.unwrap();
    assert!(listing.images.len() > 100 && listing.warnings.len() == 1, "{:?}", listing.warnings);
}

#[tokio::test(start_paused = true)]
async fn images_that_come_twice_are_listed_once() {
    // In one page: that is how the service has them.
    let fake = odd(30, |_, all| page(&[all, &all[..5]].concat(), 35)).await;
    let listing = list(&fake).await.unwrap();
    assert_eq!((ids_of(&listing), listing.warnings.len()), (ids(30), 0));

    // On two pages: the list may have moved, so it is read again, and then there is a warning.
    let fake = odd(30, |request, all| {
        let doubled = [&all[..20], &all[10..]].concat();
        page(cut(request, &doubled, 20), 40)
    })
    .await;
    let listing = list(&fake).await.unwrap();
    assert_eq!((ids_of(&listing), listing.warnings.len()), (ids(30), 1));
    assert_eq!(offsets(&fake).iter().filter(|offset| **offset == 0).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn images_that_a_page_holds_twice_do_not_move_the_next_page() {
    let fake = odd(90, |request, all| {
        let doubled = [&all[..5], all].concat();
        page(cut(request, &doubled, 20), 95)
    })
    .await;
    let listing = list(&fake).await.unwrap();
    assert_eq!((ids_of(&listing), listing.warnings.len()), (ids(90), 0));
    assert_eq!(fake.count(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_service_may_refuse_an_offset_behind_the_end() {
    for total in [json!(60), Value::Null] {
        for text in ["Params [Offset] not available", "invalid parameter offset"] {
            let total = total.clone();
            let fake = odd(60, move |request, all| match number(request, "Offset") {
                60.. => refusal(230, text),
                _ => page(cut(request, all, 20), total.clone()),
            })
            .await;
            assert_eq!(ids_of(&list(&fake).await.unwrap()), ids(60));
        }
    }
    let fake = odd(60, |request, all| match number(request, "Offset") {
        40.. => refusal(230, "Params [Offset] not available"),
        _ => page(cut(request, all, 20), 60),
    })
    .await;
    assert_eq!(list(&fake).await.unwrap_err().code.as_deref(), Some("230"));
}

#[tokio::test(start_paused = true)]
async fn any_refusal_behind_the_end_is_the_end_if_all_that_was_announced_came() {
    for reply in [
        || refusal(8889, "failed to get the image list"),
        || refusal(4711, "out of range"),
        || Reply::json(400, json!({"RetCode": 230, "Message": "Bad request"})),
        || Reply::empty(400),
    ] {
        let fake = odd(60, move |request, all| match number(request, "Offset") {
            60.. => reply(),
            _ => page(cut(request, all, 20), 60),
        })
        .await;
        let listing = list(&fake).await.unwrap();
        assert_eq!((ids_of(&listing), listing.warnings.len()), (ids(60), 0));
        // An image is missing: the refusal is the reason, as far as anybody knows.
        let fake = odd(59, move |request, all| match number(request, "Offset") {
            60.. => reply(),
            _ => page(cut(request, all, 20), 60),
        })
        .await;
        let images = list(&fake).await.map(|listing| listing.images.len());
        assert!(images.as_ref().is_err_and(|error| error.status.is_some()), "{images:?}");
    }
    // Without a count, only a refusal that names the offset says that this is the end.
    let fake = odd(60, |request, all| match number(request, "Offset") {
        60.. => refusal(4711, "out of range"),
        _ => page(cut(request, all, 20), Value::Null),
    })
    .await;
    assert_eq!(list(&fake).await.unwrap_err().code.as_deref(), Some("4711"));
    // Neither does it say so before the end.
    let fake = odd(60, |request, all| match number(request, "Offset") {
        40.. => refusal(4711, "out of range"),
        _ => page(cut(request, all, 20), 60),
    })
    .await;
    assert_eq!(list(&fake).await.unwrap_err().code.as_deref(), Some("4711"));
}

#[tokio::test(start_paused = true)]
async fn one_id_in_two_zones_is_two_images() {
    let mut twin = image(0);
    twin["Zone"] = json!("cn-bj2-02");
    let fake = Fake::start(move |_| page(&[image(0), twin.clone()], 2)).await;
    let listing = list(&fake).await.unwrap();
    let zones: Vec<_> = listing.images.iter().filter_map(|image| image.zone.as_deref()).collect();
    assert_eq!(zones, ["cn-bj2-02", "cn-bj2-04"]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_before_the_last_is_not_taken_for_the_end() {
    let fake = odd(200, |request, all| {
        let gone = number(request, "Offset") == 100;
        page(if gone { &[] } else { cut(request, all, 20) }, 200)
    })
    .await;
    let error = list(&fake).await.unwrap_err();
    assert!(error.message.contains("an empty page before the last"), "{}", error.message);
}

#[tokio::test(start_paused = true)]
async fn announced_images_that_never_come_are_not_an_empty_list() {
    let fake = Fake::start(|_| page(&[], 45)).await;
    let error = list(&fake).await.unwrap_err();
    assert!(error.message.contains("announces 45 images and sends none"), "{}", error.message);
}

#[tokio::test(start_paused = true)]
async fn a_failing_page_fails_the_list_and_stops_the_rest() {
    let fake = odd(10_000, |request, all| match number(request, "Offset") {
        60 => refusal(172, "User Not Exists"),
        _ => page(cut(request, all, 20), 10_000).after(Duration::from_secs(1)),
    })
    .await;
    let error = list(&fake).await.unwrap_err();
    assert_eq!((error.code.as_deref(), error.kind), (Some("172"), Kind::Denied));
    assert!(fake.count() <= 1 + super::IN_FLIGHT, "{}", fake.count());
}

#[tokio::test(start_paused = true)]
async fn any_order_of_the_service_gives_the_same_list() {
    let tied = |n: u64| json!({"ImageId": format!("uimage-{n:05}"), "CreateTime": 1_700_000_000});
    let listed = |list: Vec<Value>| async move {
        let count = list.len();
        let fake = Fake::start(move |request| page(cut(request, &list, 20), count)).await;
        ids_of(&super::super::fixture::list(&fake).await.unwrap())
    };
    let forth: Vec<Value> = images(30).into_iter().chain((100..130).map(tied)).collect();
    let back: Vec<Value> = forth.iter().rev().cloned().collect();
    let expected = listed(forth).await;
    assert_eq!(listed(back).await, expected);
    assert_eq!(expected[29..32], ["uimage-00029", "uimage-00100", "uimage-00101"]);
}
