use serde_json::json;

use super::client::{ask, get, post, post_form};
use super::*;
use crate::case::{AccessReviews, Attributes, UndeclaredOperation};

#[tokio::test]
async fn what_is_not_listed_does_not_matter_and_what_is_must_be_there() {
    let script = Provider::script()
        .on("GET", "/q")
        .query("a", "1")
        .query("b", "x y")
        .reply(200, json!(1));
    let provider = script.start().await.unwrap();
    assert_eq!(get(&provider, "/q?c=9&b=x+y&a=1").await.status, 200);
    assert_eq!(get(&provider, "/q?b=x%20y&%61=1").await.status, 200);
    for target in [
        "/q?a=1",
        "/q?a=2&b=x+y",
        "/q?a=1&a=1&b=x+y",
        "/q/?a=1&b=x+y",
    ] {
        assert_eq!(get(&provider, target).await.status, 404, "{target}");
    }
    assert_eq!(post(&provider, "/q?a=1&b=x+y", "").await.status, 404);
}

#[tokio::test]
async fn a_repeated_key_has_all_its_values_in_any_order() {
    let script = Provider::script()
        .on("GET", "/q")
        .query("f[]", "a")
        .query("f[]", "b")
        .reply(200, json!(1));
    let provider = script.start().await.unwrap();
    assert_eq!(get(&provider, "/q?f[]=a&f%5B%5D=b").await.status, 200);
    assert_eq!(get(&provider, "/q?f[]=b&f[]=a").await.status, 200);
    assert_eq!(get(&provider, "/q?f[]=a").await.status, 404);
}

#[tokio::test]
async fn a_path_is_compared_still_encoded() {
    let script = Provider::script()
        .on("GET", "/job/a%252Fb%40c")
        .reply(200, json!(1));
    let provider = script.start().await.unwrap();
    assert_eq!(get(&provider, "/job/a%252Fb%40c").await.status, 200);
    assert_eq!(get(&provider, "/job/a%252Fb@c").await.status, 404);
    assert_eq!(get(&provider, "/job/a%252fb%40c").await.status, 404);
}

#[tokio::test]
async fn a_header_is_compared_by_name_in_any_case_and_value_exactly() {
    let script = Provider::script()
        .on("GET", "/h")
        .header("X-Key", "Abc")
        .reply(200, json!(1));
    let provider = script.start().await.unwrap();
    assert_eq!(
        ask(&provider, "GET /h", "x-kEY: Abc\r\n", "").await.status,
        200
    );
    assert_eq!(
        ask(&provider, "GET /h", "x-key: no\r\nx-key: Abc\r\n", "")
            .await
            .status,
        200
    );
    assert_eq!(
        ask(&provider, "GET /h", "x-key: abc\r\n", "").await.status,
        404
    );
}

#[tokio::test]
async fn a_body_is_compared_key_by_key_and_its_lists_whole() {
    let keys = json!({"variables": {"id": 7, "ids": ["a", "b"]}});
    let provider = Provider::script()
        .on("POST", "/g")
        .body(keys)
        .reply(200, json!(1))
        .start()
        .await
        .unwrap();
    let fits = json!({"query": "…", "variables": {"id": 7, "ids": ["a", "b"], "more": null}});
    assert_eq!(post(&provider, "/g", &fits.to_string()).await.status, 200);
    for other in [
        json!({"variables": {"id": 7, "ids": ["b", "a"]}}),
        json!({"variables": {"id": "7", "ids": ["a", "b"]}}),
        json!({"id": 7, "ids": ["a", "b"]}),
        json!([]),
    ] {
        assert_eq!(
            post(&provider, "/g", &other.to_string()).await.status,
            404,
            "{other}"
        );
    }
    assert_eq!(post(&provider, "/g", "no json").await.status, 404);
}

#[tokio::test]
async fn a_form_is_compared_as_the_keys_of_a_body() {
    let keys = json!({"Action": "Who Am I", "list": ["1", "2"]});
    let provider = Provider::script()
        .on("POST", "/")
        .body(keys)
        .reply(200, json!(1))
        .start()
        .await
        .unwrap();
    assert_eq!(
        post_form(&provider, "/", "Action=Who+Am%20I&list=1&list=2&x=y")
            .await
            .status,
        200
    );
    assert_eq!(
        post_form(&provider, "/", "Action=Who+Am%20I&list=1")
            .await
            .status,
        404
    );
    assert_eq!(
        post(&provider, "/", "Action=Who+Am%20I&list=1&list=2")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_form_may_be_a_query_where_the_rule_says_so() {
    let listed = || {
        Provider::script()
            .on("GET", "/api/v1/query")
            .query("query", "up")
            .query("t", "1")
    };
    let rules = Rules {
        form_as_query: true,
        ..Rules::default()
    };
    let provider = listed()
        .reply(200, json!(1))
        .rules(rules)
        .start()
        .await
        .unwrap();
    assert_eq!(
        post_form(&provider, "/api/v1/query?t=1", "query=up")
            .await
            .status,
        200
    );
    assert_eq!(
        get(&provider, "/api/v1/query?t=1&query=up").await.status,
        200
    );
    assert_eq!(
        post(&provider, "/api/v1/query?t=1", "query=up")
            .await
            .status,
        404
    );
    assert_eq!(provider.unlisted_writes().len(), 1);
    assert_eq!(
        post_form(&provider, "/api/v1/query?t=1", "query=down")
            .await
            .status,
        404
    );
    assert_eq!(
        provider.unlisted_writes().len(),
        1,
        "a form that counts as a GET is no write"
    );

    let provider = listed().reply(200, json!(1)).start().await.unwrap();
    assert_eq!(
        post_form(&provider, "/api/v1/query?t=1", "query=up")
            .await
            .status,
        404
    );
    assert_eq!(provider.unlisted_writes().len(), 1);
}

#[tokio::test]
async fn a_query_value_is_compared_as_json_where_the_rule_says_so() {
    let rules = Rules {
        json_query: vec!["filters".into()],
        ..Rules::default()
    };
    let listed = Provider::script()
        .on("GET", "/c")
        .query("filters", r#"{"label":["a=1","b=2"]}"#);
    let provider = listed
        .reply(200, json!(1))
        .rules(rules)
        .start()
        .await
        .unwrap();
    assert_eq!(
        get(
            &provider,
            "/c?filters=%7B%22label%22:%20[%22b=2%22,%22a=1%22]%7D"
        )
        .await
        .status,
        200
    );
    assert_eq!(
        get(&provider, "/c?filters=%7B%22label%22:[%22a=1%22]%7D")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn the_match_that_lists_most_wins_and_the_first_of_equals() {
    let script = Provider::script()
        .any()
        .reply(200, json!("any"))
        .on("GET", "/q")
        .reply(200, json!("path"))
        .on("GET", "/q")
        .query("a", "1")
        .reply(200, json!("first"))
        .on("GET", "/q")
        .query("b", "1")
        .reply(200, json!("second"))
        .on("POST", "/q")
        .body(json!({"a": 1}))
        .reply(200, json!("one"))
        .on("POST", "/q")
        .body(json!({"a": 1, "b": {"c": 1, "d": 2}}))
        .reply(200, json!("three"));
    let provider = script.start().await.unwrap();
    for (target, answer) in [
        ("/x", "any"),
        ("/q", "path"),
        ("/q?b=1", "second"),
        ("/q?b=1&a=1", "first"),
    ] {
        assert_eq!(get(&provider, target).await.json(), answer);
    }
    assert_eq!(
        post(&provider, "/q", r#"{"b":{"d":2,"c":1},"a":1}"#)
            .await
            .json(),
        "three"
    );
    assert_eq!(
        post(&provider, "/q", r#"{"a":1,"b":{"c":1}}"#).await.json(),
        "one"
    );
}

#[tokio::test]
async fn the_same_match_is_answered_in_order_and_the_last_repeats() {
    let script = Provider::script()
        .on("GET", "/q")
        .header("A", "1")
        .times(2)
        .reply(200, json!(1))
        .on("GET", "/other")
        .reply(200, json!(0))
        .on("GET", "/q")
        .header("a", "1")
        .reply(200, json!(2))
        .on("GET", "/q")
        .header("a", "1")
        .reply(200, json!(3));
    let provider = script.start().await.unwrap();
    for expected in [1, 1, 2, 3, 3] {
        assert_eq!(
            ask(&provider, "GET /q", "a: 1\r\n", "").await.json(),
            expected
        );
        assert_eq!(get(&provider, "/other").await.json(), 0);
    }
}

#[tokio::test]
async fn what_is_not_listed_is_recorded_and_a_write_told_apart() {
    let provider = Provider::script()
        .otherwise(Reply::text(403, "no"))
        .start()
        .await
        .unwrap();
    let got = get(&provider, "/a?b=1").await;
    assert_eq!((got.status, got.text()), (403, "no"));
    ask(&provider, "HEAD /a", "", "").await;
    ask(&provider, "DELETE /a", "X-Who: me\r\n", "why").await;
    let seen = provider.requests();
    let listings: Vec<_> = seen.iter().map(|request| request.listing).collect();
    assert_eq!(
        listings,
        [Listing::Unlisted, Listing::Unlisted, Listing::UnlistedWrite]
    );
    assert_eq!(seen[0].target(), "/a?b=1");
    let writes = provider.unlisted_writes();
    assert_eq!((writes.len(), writes[0].method.as_str()), (1, "DELETE"));
    assert_eq!(
        (writes[0].header("x-who"), &writes[0].body[..]),
        (Some("me"), &b"why"[..])
    );
}

#[tokio::test]
async fn an_undeclared_operation_is_no_write_where_the_rule_says_so() {
    let rules = Rules {
        undeclared_operation: Some(UndeclaredOperation::Unmatched),
        ..Rules::default()
    };
    let provider = Provider::script().rules(rules).start().await.unwrap();
    assert_eq!(post(&provider, "/", "{}").await.status, 404);
    assert!(provider.unlisted_writes().is_empty());
}

#[tokio::test]
async fn a_question_about_rights_is_answered_by_what_it_is_about() {
    let path = "/apis/rights/v1/selfsubjectaccessreviews";
    let question = |resource: &str| {
        let about = json!({"verb": "list", "group": "", "resource": resource, "name": "n"});
        json!({"kind": "K", "spec": {"resourceAttributes": about}})
    };
    let pods = Attributes {
        verb: "list".into(),
        resource: "pods".into(),
        ..Attributes::default()
    };
    let reviews = AccessReviews {
        default: false,
        allowed: vec![pods],
    };
    let listed = json!({"kind": "other", "spec": {"resourceAttributes": {"verb": "list", "resource": "secrets"}}});
    let script = Provider::script()
        .on("POST", path)
        .body(listed)
        .reply(201, json!({"status": {"allowed": true}}));
    let rules = Rules {
        access_reviews: Some(reviews),
        ..Rules::default()
    };
    let provider = script.rules(rules).start().await.unwrap();
    for (resource, allowed) in [("pods", true), ("nodes", false), ("secrets", true)] {
        let got = post(&provider, path, &question(resource).to_string()).await;
        assert_eq!(
            (got.status, &got.json()["status"]["allowed"]),
            (201, &json!(allowed)),
            "{resource}"
        );
    }
    let who = "/apis/who/v1/selfsubjectreviews";
    assert_eq!(post(&provider, who, "{}").await.status, 404);
    assert!(provider.unlisted_writes().is_empty());
}
