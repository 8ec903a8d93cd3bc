//! From an application to facts. Pure.

use std::collections::BTreeSet;

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Status, Subject, Threshold};

use super::{
    images,
    model::Application,
    revision::{self, DEPLOYED_REVISION, ROLLBACK_TARGET},
    settings::Wanted,
    states::{self, DELETING, NONE, SUCCEEDED},
};

const SYNC_STATUS: FactName = FactName::fixed("sync_status");
const APP_HEALTH: FactName = FactName::fixed("app_health");
const LAST_OPERATION: FactName = FactName::fixed("last_operation");
const APP_CONDITIONS: FactName = FactName::fixed("app_conditions");
const SYNC_WINDOW: FactName = FactName::fixed("sync_window");
/// Shown where no operation ever ran.
const NEVER_SYNCED: &str = "never_synced";
/// Shown where the last operation only tried what it would do.
const DRY_RUN: &str = "dry_run";
/// Most kinds of conditions that are shown.
const MAX_CONDITIONS: usize = 12;

const WINDOW: StateTable = StateTable::new(&[
    ("true", Meaning::Passed),
    ("false", Meaning::Warning(Reason::OutsideWindow)),
]);

/// The facts of an application, as old as the controller's last comparison.
pub fn of(app: &Application, wanted: &Wanted, subject: Option<&Subject>) -> Vec<Fact> {
    let mut facts = vec![
        sync_status(app, wanted.allow_drift),
        app_health(app),
        last_operation(app),
        revision::deployed(app, &wanted.compare, subject),
        revision::rollback_target(app),
        app_conditions(app),
    ];
    facts.extend(images::facts(app, subject));
    let at = app.status.reconciled_at;
    facts.into_iter().map(|it| it.observed(at)).collect()
}

/// The facts where the application could not be read.
pub fn nothing(wanted: &Wanted, reason: Reason) -> Vec<Fact> {
    let names = [
        (SYNC_STATUS, true),
        (APP_HEALTH, true),
        (LAST_OPERATION, true),
        (DEPLOYED_REVISION, true),
        (ROLLBACK_TARGET, true),
        (APP_CONDITIONS, true),
        (SYNC_WINDOW, wanted.sync_window),
    ];
    let asked = names.into_iter().filter(|(_, is_asked)| *is_asked);
    let mut facts: Vec<_> = asked.map(|(name, _)| Fact::unknown(name, reason)).collect();
    facts.push(images::nothing(reason));
    facts
}

/// Whether it may be synced now.
pub fn sync_window(may: Result<bool, Reason>) -> Fact {
    let fact = match may {
        Ok(true) => Fact::state(SYNC_WINDOW, "true", &WINDOW),
        Ok(false) => Fact::state(SYNC_WINDOW, "false", &WINDOW),
        Err(reason) => Fact::unknown(SYNC_WINDOW, reason),
    };
    fact.wanting(Some(Threshold::equals("true")))
}

fn sync_word(app: &Application) -> Option<&str> {
    app.status.sync.as_ref()?.status.as_deref()
}

fn sync_status(app: &Application, allow_drift: bool) -> Fact {
    let fact = states::sync(SYNC_STATUS, sync_word(app), allow_drift);
    let sync = app.status.sync.as_ref();
    match sync.is_some_and(|it| it.is_outdated(&app.spec)) {
        true => fact.doubt(Reason::Contradictory),
        false => settled(fact, app),
    }
}

/// Argo CD keeps saying `Healthy` of what it can't compare any more.
fn app_health(app: &Application) -> Fact {
    if app.metadata.deletion_timestamp.is_some() {
        return states::health(APP_HEALTH, Some(DELETING));
    }
    let health = app.status.health.as_ref();
    let fact = states::health(APP_HEALTH, health.and_then(|it| it.status.as_deref()));
    let sync = states::sync(SYNC_STATUS, sync_word(app), false);
    let is_untold = sync.status() == Status::Unknown;
    let has_error = app_conditions(app).status() == Status::Failed;
    match fact.status() == Status::Passed && (is_untold || has_error) {
        true => fact.doubt(Reason::Contradictory),
        false => settled(fact, app),
    }
}

/// Between the end of an operation and the next comparison, sync and health are still those from
/// before it (as Argo CD's own `app wait` knows): what is good then may not be any more.
fn settled(fact: Fact, app: &Application) -> Fact {
    let Some(last) = &app.status.operation_state else {
        return fact;
    };
    let (ended, compared) = (last.finished_at, app.status.reconciled_at);
    let is_before = ended.is_some_and(|ended| compared.is_some_and(|it| it < ended));
    let is_good = matches!(fact.status(), Status::Passed | Status::Warning);
    match is_good && is_before && !last.is_dry_run() {
        true => {
            let pending = Fact::pending(fact.name().clone(), Reason::InProgress);
            let pending = pending.wanting(fact.threshold().cloned());
            match fact.value() {
                Some(value) => pending.showing(value.clone()),
                None => pending,
            }
        }
        false => fact,
    }
}

fn last_operation(app: &Application) -> Fact {
    let succeeded = Some(Threshold::equals(SUCCEEDED));
    let last = app.status.operation_state.as_ref();
    let fact = states::phase(LAST_OPERATION, last.and_then(|it| it.phase.as_deref()));
    if app.operation.is_some() {
        let pending = Fact::pending(LAST_OPERATION, Reason::InProgress).wanting(succeeded);
        return match fact.value() {
            Some(phase) => pending.showing(phase.clone()),
            None => pending,
        };
    }
    match last {
        None => fact.showing(NEVER_SYNCED),
        // It deployed nothing, however well it went.
        Some(last) if last.is_dry_run() && fact.status() == Status::Passed => {
            Fact::unknown(LAST_OPERATION, Reason::NoData)
                .showing(DRY_RUN)
                .wanting(succeeded)
        }
        Some(_) => fact,
    }
}

fn app_conditions(app: &Application) -> Fact {
    let kinds: BTreeSet<_> = app
        .status
        .conditions
        .iter()
        .map(|it| it.kind.as_str())
        .collect();
    let parts = kinds.iter().map(|it| states::condition(APP_CONDITIONS, it));
    let parts: Vec<_> = parts.collect();
    let fact = match parts.is_empty() {
        true => states::no_condition(APP_CONDITIONS),
        false => Fact::fold(APP_CONDITIONS, &parts),
    };
    let plain = kinds.into_iter().filter(|it| states::is_plain(it));
    let plain: Vec<_> = plain.take(MAX_CONDITIONS).collect();
    let fact = match plain.is_empty() {
        true => fact,
        false => fact.showing(plain.join(",").as_str()),
    };
    fact.wanting(Some(Threshold::equals(NONE)))
}
