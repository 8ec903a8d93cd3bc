//! The harness of the other tests, against a real Prometheus.

use anyhow::Result;
use passport_integration_tests::exporter::{Exporter, Traffic};
use passport_integration_tests::prometheus::RealPrometheus;
use passport_integration_tests::wait::until;

const ERROR_RATE: &str = r#"
    sum(rate(http_requests_total{service="checkout-api",environment="production",code=~"5.."}[5m]))
  / sum(rate(http_requests_total{service="checkout-api",environment="production"}[5m]))"#;

const P95_LATENCY: &str = r#"histogram_quantile(0.95, sum by (le) (rate(
    http_request_duration_seconds_bucket{service="checkout-api",environment="production"}[5m])))"#;

/// Time of the newest sample, also after the target died.
const NEWEST: &str =
    r#"max(max_over_time(timestamp(http_requests_total{service="checkout-api"})[5m:1s]))"#;

async fn pair() -> Result<(Exporter, RealPrometheus)> {
    let exporter = Exporter::start("checkout-api", "production").await?;
    let prometheus = RealPrometheus::scraping(&[exporter.address()]).await?;
    exporter.stored().await?;
    Ok((exporter, prometheus))
}

async fn scrapes_made(prometheus: &RealPrometheus) -> Result<f64> {
    Ok(prometheus.one("count_over_time(up[5m])").await?.value)
}

#[tokio::test]
async fn two_hundredths_of_a_percent_and_142_ms_come_out_of_the_counters() -> Result<()> {
    let (exporter, prometheus) = pair().await?;
    for _ in 0..2 {
        exporter.advance(&Traffic::healthy());
        exporter.stored().await?;
        let (error_rate, p95) = (
            prometheus.one(ERROR_RATE).await?,
            prometheus.one(P95_LATENCY).await?,
        );
        assert!((error_rate.value - 0.0002).abs() < 1e-12, "{error_rate:?}");
        assert!((p95.value - 0.142).abs() < 1e-12, "{p95:?}");
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_is_stamped_with_the_time_of_the_query_and_not_of_the_sample() -> Result<()> {
    let (_exporter, prometheus) = pair().await?;
    let sampled = prometheus.one(NEWEST).await?.value;
    let asked = sampled.ceil() + 30.0;
    let answer = prometheus
        .query_at(r#"http_requests_total{code="200"}"#, asked)
        .await?;
    assert_eq!(
        answer.iter().map(|sample| sample.time).collect::<Vec<_>>(),
        [asked]
    );
    Ok(())
}

#[tokio::test]
async fn the_time_of_the_newest_sample_stands_still_while_the_exporter_is_dead() -> Result<()> {
    let (mut exporter, prometheus) = pair().await?;
    exporter.down().await?;
    let dead = async || Ok((prometheus.one("up").await?.value == 0.0).then_some(()));
    until("the exporter is seen to be dead", dead).await?;
    let last = prometheus.one(NEWEST).await?.value;
    let scrapes = scrapes_made(&prometheus).await?;
    let later = async || Ok((scrapes_made(&prometheus).await? >= scrapes + 2.0).then_some(()));
    until("two more scrapes have failed", later).await?;
    assert_eq!(prometheus.one(NEWEST).await?.value, last);
    assert_eq!(prometheus.query("http_requests_total").await?, []);

    exporter.up().await?;
    exporter.stored().await?;
    assert!(prometheus.one(NEWEST).await?.value > last);
    Ok(())
}

#[tokio::test]
async fn a_restarted_prometheus_answers_at_the_same_place_with_the_same_data() -> Result<()> {
    let (mut exporter, mut prometheus) = pair().await?;
    exporter.advance(&Traffic::healthy());
    exporter.stored().await?;
    exporter.down().await?;
    let place = prometheus.url();
    prometheus.stop().await?;
    assert!(prometheus.query("up").await.is_err());

    prometheus.restart().await?;
    assert_eq!(prometheus.url(), place);
    let kept = prometheus
        .one(r#"last_over_time(http_requests_total{code="200"}[5m])"#)
        .await?;
    assert_eq!(kept.value, 4999.0);
    Ok(())
}
