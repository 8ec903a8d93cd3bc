use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use super::{
    authority::Authority,
    port::{Files, Port, counted, healthy, meters},
};
use crate::tls::{AskClients, Problem, watch::Watch};

const BOT: &str = "spiffe://acme.example/bot";

#[tokio::test]
async fn new_handshakes_are_made_with_the_new_certificate() {
    let callers = Authority::new();
    let port = Port::for_callers(&callers, AskClients::Must).await;
    let bot = callers.issue(&[BOT]);
    let next = port.authority.issue(&["dns:localhost"]);
    assert_ne!(port.shown(&bot).await, next.der());
    port.files.put(&next);
    port.acceptor.reload().unwrap();
    assert_eq!(port.shown(&bot).await, next.der());
}

#[tokio::test]
async fn a_pair_that_does_not_fit_is_refused_and_the_old_one_stays() {
    let callers = Authority::new();
    let port = Port::for_callers(&callers, AskClients::Must).await;
    let bot = callers.issue(&[BOT]);
    let shown = port.shown(&bot).await;
    let next = port.authority.issue(&["dns:localhost"]);
    std::fs::write(&port.files.tls.certificate, next.pem()).unwrap();
    let refused = port.acceptor.reload().unwrap_err();
    assert_eq!(refused.problem, Problem::OtherKey);
    assert_eq!(port.shown(&bot).await, shown);
}

#[tokio::test]
async fn a_caller_whose_authority_was_taken_out_is_not_served_any_longer() {
    let (before, after) = (Authority::new(), Authority::new());
    let port = Port::for_callers(&before, AskClients::Must).await;
    let channel = port.channel(Some(&before.issue(&[BOT])));
    healthy(&channel).await.unwrap();
    port.files.trust(&[&after]);
    port.acceptor.reload().unwrap();
    while healthy(&channel).await.is_ok() {}
    let channel = port.channel(Some(&after.issue(&[BOT])));
    healthy(&channel).await.unwrap();
}

#[tokio::test]
async fn a_caller_whose_certificate_is_withdrawn_is_not_served_any_longer() {
    let callers = Authority::new();
    let (gone, stays) = (callers.issue(&[BOT]), callers.issue(&[BOT]));
    let port = Port::with_lists(&callers, &callers.withdraw(&[])).await;
    let channel = port.channel(Some(&gone));
    healthy(&channel).await.unwrap();
    port.files.withdraw(&callers.withdraw(&[&gone]));
    port.acceptor.reload().unwrap();
    while healthy(&channel).await.is_ok() {}
    assert!(port.who(Some(&gone)).await.is_err());
    assert!(port.handshakes("revoked") >= 1);
    assert_eq!(port.who(Some(&stays)).await.unwrap(), BOT);
}

#[tokio::test]
async fn with_lists_an_authority_without_one_lets_nobody_in() {
    let (listed, unlisted) = (Authority::new(), Authority::new());
    let port = Port::with_lists(&listed, &listed.withdraw(&[])).await;
    port.files.trust(&[&listed, &unlisted]);
    port.acceptor.reload().unwrap();
    assert!(port.who(Some(&unlisted.issue(&[BOT]))).await.is_err());
    assert_eq!(port.handshakes("unlisted"), 1);
    assert_eq!(port.who(Some(&listed.issue(&[BOT]))).await.unwrap(), BOT);
}

#[tokio::test]
async fn what_is_no_list_is_refused_and_the_one_before_stays() {
    let callers = Authority::new();
    let gone = callers.issue(&[BOT]);
    let port = Port::with_lists(&callers, &callers.withdraw(&[&gone])).await;
    let broken = "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
    for none in ["", broken] {
        port.files.withdraw(none);
        let refused = port.acceptor.reload().unwrap_err();
        assert_eq!(refused.problem, Problem::NoList);
        assert_eq!(refused.key, "gateway.tls.client_crl");
        assert!(port.who(Some(&gone)).await.is_err());
    }
}

#[tokio::test]
async fn a_rotation_under_load_loses_no_call() {
    const CALLS: usize = 40;
    let callers = Authority::new();
    let port = Arc::new(Port::for_callers(&callers, AskClients::Must).await);
    let bot = Arc::new(callers.issue(&[BOT]));
    let kept_open = port.channel(Some(&bot));
    let done = Arc::new(AtomicUsize::new(0));
    let load = (0..4).map(|_| {
        let (port, bot) = (Arc::clone(&port), Arc::clone(&bot));
        let (kept_open, done) = (kept_open.clone(), Arc::clone(&done));
        tokio::spawn(async move {
            for _ in 0..CALLS {
                healthy(&kept_open).await.unwrap();
                assert_eq!(port.who(Some(&bot)).await.unwrap(), BOT);
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    let load: Vec<_> = load.collect();
    let mut rotations = 0;
    while done.load(Ordering::Relaxed) < 4 * CALLS && load.iter().any(|it| !it.is_finished()) {
        port.files.put(&port.authority.issue(&["dns:localhost"]));
        port.acceptor.reload().unwrap();
        rotations += 1;
        tokio::task::yield_now().await;
    }
    for calls in load {
        calls.await.unwrap();
    }
    assert!(rotations > 1, "{rotations}");
}

#[tokio::test(start_paused = true)]
async fn files_that_change_are_read_anew_and_bad_ones_are_counted_once() {
    let authority = Authority::new();
    let files = Files::of(&authority.issue(&["dns:localhost"]), &[]);
    let meters = meters();
    let watch = Watch::of(files.tls.files());
    let acceptor = files.open(AskClients::May, &meters).unwrap();
    tokio::spawn(acceptor.follow(watch));
    let reloads = |outcome: &str| {
        let labels = format!("configured_at=\"gateway.tls\",outcome=\"{outcome}\"");
        counted(&meters, &format!("passport_tls_reloads_total{{{labels}"))
    };
    let wait = || tokio::time::sleep(Duration::from_secs(60));
    wait().await;
    assert_eq!((reloads("used"), reloads("refused")), (0, 0));
    std::fs::write(&files.tls.certificate, "nothing").unwrap();
    wait().await;
    assert_eq!((reloads("used"), reloads("refused")), (0, 1));
    files.put(&authority.issue(&["dns:localhost"]));
    wait().await;
    assert_eq!((reloads("used"), reloads("refused")), (1, 1));
}

#[tokio::test]
async fn the_end_of_the_certificate_is_a_metric() {
    let files = Files::of(&Authority::new().issue(&["dns:localhost"]), &[]);
    let meters = meters();
    files.open(AskClients::May, &meters).unwrap();
    let series = "passport_tls_certificate_expiry_timestamp_seconds{configured_at=\"gateway.tls\"";
    assert!(counted(&meters, series) > 4_000_000_000);
}
