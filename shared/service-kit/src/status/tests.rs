use super::*;

#[test]
fn an_error_carries_its_reason_its_fields_and_when_to_come_back() {
    let violations = vec![("scope.service".to_owned(), "is missing".to_owned())];
    let wait = Some(Duration::from_secs(3));
    let status = error(
        Code::InvalidArgument,
        "BAD_SCOPE",
        "no scope",
        wait,
        violations,
    );
    let details = status.get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!(
        (info.reason.as_str(), info.domain.as_str()),
        ("BAD_SCOPE", DOMAIN)
    );
    assert_eq!(details.retry_info().unwrap().retry_delay, wait);
    let violation = &details.bad_request().unwrap().field_violations[0];
    assert_eq!(
        (violation.field.as_str(), violation.description.as_str()),
        ("scope.service", "is missing")
    );
}

#[test]
fn what_is_not_said_is_not_sent() {
    let status = error(Code::Internal, "FAULT", "a fault", None, Vec::new());
    let details = status.get_error_details();
    assert!(details.retry_info().is_none() && details.bad_request().is_none());
    assert_eq!(
        (status.code(), status.message()),
        (Code::Internal, "a fault")
    );
}
