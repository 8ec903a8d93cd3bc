//! Passports that were recorded.

use passport_evidence::{EnvironmentName, Scope, ServiceName, WorkspaceId};
use passport_policy::{grants::Verb, passport::Passport};
use passport_proto::gateway as api;
use passport_store::Listing;
use uuid::Uuid;

use crate::{
    access::Caller,
    call_error::{CallError, Violation},
    gateway::Gateway,
    ledger::Recorded,
};

/// How many passports a page has where the caller does not say, and at most.
const PAGE: (usize, usize) = (50, 200);

/// How many entries are looked through for one page at most: what the caller may not read is left out.
const MOST_READS: usize = 10;

/// Bytes of one page, which has to fit into one message.
const PAGE_BYTES: usize = 3 << 20;

/// Which passports to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuestion {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Of this service; `None`: of all that the caller may read.
    pub service: Option<ServiceName>,
    /// Of this environment; `None`: of all that the caller may read.
    pub environment: Option<EnvironmentName>,
    /// Most of them.
    pub page_size: usize,
    /// The last of the page before.
    pub before: Option<u64>,
}

/// A page of passports, newest first.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// The passports.
    pub passports: Vec<Passport>,
    /// For the next page. `None`: this was the last.
    pub next_page_token: Option<String>,
}

impl ListQuestion {
    /// Checks what came in: an empty service or environment stands for all.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(
        [workspace, service, environment]: [&str; 3],
        page_size: i64,
        page_token: &str,
    ) -> Result<Self, CallError> {
        let mut wrong = Vec::new();
        let workspace = workspace.parse::<WorkspaceId>();
        let workspace = noted("scope.workspace_id", workspace, &mut wrong);
        let service = (!service.is_empty()).then(|| service.parse::<ServiceName>());
        let service = service.and_then(|it| noted("scope.service", it, &mut wrong));
        let environment = (!environment.is_empty()).then(|| environment.parse::<EnvironmentName>());
        let environment = environment.and_then(|it| noted("scope.environment", it, &mut wrong));
        let before = (!page_token.is_empty()).then(|| page_token.parse::<u64>());
        let before = before.and_then(|it| {
            let it = it.map_err(|_| "a token of the page before is wanted");
            noted("page_token", it, &mut wrong)
        });
        let page_size = match usize::try_from(page_size) {
            Ok(0) => PAGE.0,
            Ok(size) if size <= PAGE.1 => size,
            Ok(_) | Err(_) => {
                let wanted = format!("1 to {} is wanted, or 0 for {}", PAGE.1, PAGE.0);
                wrong.push(Violation::new("page_size", wanted));
                PAGE.0
            }
        };
        match workspace {
            Some(workspace) if wrong.is_empty() => Ok(Self {
                workspace,
                service,
                environment,
                page_size,
                before,
            }),
            Some(_) | None => Err(CallError::Invalid(wrong)),
        }
    }
}

impl ListQuestion {
    /// Whether the caller may read something of it.
    pub(crate) fn permitted(&self, caller: &Caller) -> Result<(), CallError> {
        match (&self.service, &self.environment) {
            (Some(service), Some(environment)) => {
                let scope = Scope {
                    workspace: self.workspace.clone(),
                    service: service.clone(),
                    environment: environment.clone(),
                };
                caller.may(Verb::Read, &scope)
            }
            _ => caller.may_within(Verb::Read, &self.workspace),
        }
    }
}

impl TryFrom<api::ListPassportsRequest> for ListQuestion {
    type Error = CallError;

    fn try_from(request: api::ListPassportsRequest) -> Result<Self, CallError> {
        let scope = request.scope.unwrap_or_default();
        let names = [&scope.workspace_id, &scope.service, &scope.environment];
        Self::read(
            names.map(String::as_str),
            request.page_size.into(),
            &request.page_token,
        )
    }
}

/// Lists of other things are asked for in the same way.
macro_rules! asked_alike {
    ($($request:ident),*) => {
        $(impl TryFrom<api::$request> for ListQuestion {
            type Error = CallError;

            fn try_from(request: api::$request) -> Result<Self, CallError> {
                Self::try_from(api::ListPassportsRequest {
                    scope: request.scope,
                    page_size: request.page_size,
                    page_token: request.page_token,
                })
            }
        })*
    };
}

asked_alike!(ListWaiversRequest, ListApprovalsRequest);

/// What was read; otherwise, what is wrong with it is noted.
pub(crate) fn noted<T, E: ToString>(
    field: &str,
    read: Result<T, E>,
    wrong: &mut Vec<Violation>,
) -> Option<T> {
    read.map_err(|error| wrong.push(Violation::new(field, error)))
        .ok()
}

impl Gateway {
    /// Passports of a scope that the caller may read, newest first.
    ///
    /// # Errors
    /// The caller may read nothing of it, or it can't be read.
    pub async fn list_passports(
        &self,
        caller: &Caller,
        question: ListQuestion,
    ) -> Result<Listed, CallError> {
        self.counted(question.permitted(caller))?;
        let mut listed = Listed::default();
        let mut before = question.before;
        let mut bytes = 0;
        for _ in 0..MOST_READS {
            let wanted = question.page_size - listed.passports.len();
            let which = Listing {
                workspace: &question.workspace,
                service: question.service.as_ref(),
                environment: question.environment.as_ref(),
                kinds: &[],
                before,
                limit: wanted,
            };
            let page = self.records.passports(&which).await?;
            let is_last = page.len() < wanted;
            for recorded in page {
                bytes += recorded.bytes;
                if bytes > PAGE_BYTES && !listed.passports.is_empty() {
                    listed.next_page_token = before.map(|it| it.to_string());
                    return Ok(listed);
                }
                before = Some(recorded.sequence);
                if caller.is_granted_on(Verb::Read, &recorded.passport.scope) {
                    listed.passports.push(recorded.passport);
                }
            }
            if is_last {
                return Ok(listed);
            }
            if listed.passports.len() >= question.page_size {
                break;
            }
        }
        listed.next_page_token = before.map(|it| it.to_string());
        Ok(listed)
    }

    /// One passport. Whoever may read nothing of its scope is told that there is none, as of one that
    /// never was.
    ///
    /// # Errors
    /// The caller may read nothing of the workspace, there is no such passport, or it can't be read.
    pub async fn get_passport(
        &self,
        caller: &Caller,
        (workspace, id): (WorkspaceId, Uuid),
    ) -> Result<Recorded, CallError> {
        self.counted(caller.may_within(Verb::Read, &workspace))?;
        let recorded = self.records.passport(&workspace, id).await?;
        let readable = recorded.filter(|it| caller.is_granted_on(Verb::Read, &it.passport.scope));
        readable.ok_or_else(|| CallError::NoSuch("there is no passport with this id".to_owned()))
    }

    /// One passport as an in-toto Statement in a signed DSSE envelope.
    ///
    /// # Errors
    /// As [`Gateway::get_passport`]; there is no signing key, or nothing to attest.
    pub async fn get_attestation(
        &self,
        caller: &Caller,
        of: (WorkspaceId, Uuid),
    ) -> Result<Vec<u8>, CallError> {
        let recorded = self.get_passport(caller, of).await?;
        self.records.attestation(&recorded)
    }
}
