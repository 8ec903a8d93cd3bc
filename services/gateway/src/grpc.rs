//! The gateway over gRPC: reads messages, asks the gateway, writes messages.

mod answers;
mod limited;

use std::{pin::Pin, sync::Arc};

use futures::{Stream, StreamExt as _};
use passport_evidence::Outcome;
use passport_proto::gateway::{self as api, gateway_service_server::GatewayService};
use passport_service_kit::{deadline, limits};
use tokio::time::Instant;
use tonic::{Request, Response, Status};

use answers::answered;
pub(crate) use limited::{LimitedGateway, WATCH_PATH};

use crate::{
    access::Caller,
    budget::Budget,
    call_error::CallError,
    gate::{
        GateQuestion, ListQuestion,
        watch::{self, Shown, WatchQuestion},
        wire::{self, persons},
        workspace,
    },
    gateway::{Gateway, NoticeQuestion},
    persons::record_id,
    question::{self, Question},
};

type Answer<T> = Result<Response<T>, Status>;

type Messages<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Stands behind [`LimitedGateway`], which leaves with each request who makes it.
pub(crate) struct Api(Arc<Gateway>);

// === impl Api ===

impl Api {
    fn caller<T>(&self, request: &Request<T>) -> Result<Caller, CallError> {
        let caller = request.extensions().get::<Caller>();
        caller.cloned().ok_or(CallError::Unauthenticated)
    }
}

fn budget<T>(request: &Request<T>) -> Budget {
    Budget::until(deadline::remaining(request.extensions()))
}

#[tonic::async_trait]
impl GatewayService for Api {
    type ExportLedgerStream = Messages<api::ExportLedgerResponse>;
    type StreamEvidenceStream = Messages<api::StreamEvidenceResponse>;
    type WatchGateStream = Messages<api::WatchGateResponse>;

    async fn collect_evidence(
        &self,
        request: Request<api::CollectEvidenceRequest>,
    ) -> Answer<api::CollectEvidenceResponse> {
        let (caller, budget) = (self.caller(&request)?, budget(&request));
        let question = Question::try_from(request.into_inner())?;
        let collected = self.0.collect_evidence(&caller, question, budget).await?;
        Ok(Response::new(collected.into()))
    }

    async fn stream_evidence(
        &self,
        request: Request<api::StreamEvidenceRequest>,
    ) -> Answer<Self::StreamEvidenceStream> {
        let (caller, budget) = (self.caller(&request)?, budget(&request));
        let question = Question::try_from(request.into_inner().collect.unwrap_or_default())?;
        let outcomes = self.0.stream_evidence(&caller, question, budget)?;
        let messages = outcomes.map(|outcome: Outcome| {
            Ok(api::StreamEvidenceResponse {
                outcome: Some((&outcome).into()),
            })
        });
        Ok(Response::new(messages.boxed()))
    }

    async fn ingest_evidence(
        &self,
        request: Request<api::IngestEvidenceRequest>,
    ) -> Answer<api::IngestEvidenceResponse> {
        let budget = budget(&request);
        let caller = self.caller(&request).ok();
        let message = request.into_inner();
        let (scope, source) = question::source(message.scope, &message.source)?;
        let delivery = self.0.admit_delivery(caller, scope, source)?;
        let (headers, body) = (message.headers, message.body);
        let answer = self.0.ingest(delivery, headers, body, budget).await?;
        Ok(Response::new(answered(answer)))
    }

    async fn list_connectors(
        &self,
        request: Request<api::ListConnectorsRequest>,
    ) -> Answer<api::ListConnectorsResponse> {
        let (caller, budget) = (self.caller(&request)?, budget(&request));
        let list = self.0.list_connectors(&caller, budget).await?;
        Ok(Response::new(list))
    }

    async fn list_sources(
        &self,
        request: Request<api::ListSourcesRequest>,
    ) -> Answer<api::ListSourcesResponse> {
        let (caller, budget) = (self.caller(&request)?, budget(&request));
        let scope = question::scope(request.into_inner().scope)?;
        let list = self.0.list_sources(&caller, &scope, budget).await?;
        Ok(Response::new(list))
    }

    async fn check_source(
        &self,
        request: Request<api::CheckSourceRequest>,
    ) -> Answer<api::CheckSourceResponse> {
        let (caller, budget) = (self.caller(&request)?, budget(&request));
        let asked = request.into_inner();
        let (scope, source) = question::source(asked.scope, &asked.source)?;
        let check = self
            .0
            .check_source(&caller, &scope, &source, budget)
            .await?;
        Ok(Response::new(check.into()))
    }

    async fn send_notice(
        &self,
        request: Request<api::SendNoticeRequest>,
    ) -> Answer<api::SendNoticeResponse> {
        let (caller, budget) = (self.caller(&request)?, budget(&request));
        let question = NoticeQuestion::try_from(request.into_inner())?;
        let noticed = self.0.send_notice(&caller, question, budget).await?;
        Ok(Response::new(noticed.into()))
    }

    async fn evaluate_gate(
        &self,
        request: Request<api::EvaluateGateRequest>,
    ) -> Answer<api::EvaluateGateResponse> {
        let (caller, budget) = (self.caller(&request)?, budget(&request));
        let question = GateQuestion::try_from(request.into_inner())?;
        let passport = self.0.evaluate_gate(&caller, question, budget).await?;
        Ok(Response::new(api::EvaluateGateResponse {
            passport: Some(wire::written(&passport)),
        }))
    }

    async fn list_passports(
        &self,
        request: Request<api::ListPassportsRequest>,
    ) -> Answer<api::ListPassportsResponse> {
        let caller = self.caller(&request)?;
        let question = ListQuestion::try_from(request.into_inner())?;
        let listed = self.0.list_passports(&caller, question).await?;
        Ok(Response::new(api::ListPassportsResponse {
            passports: listed.passports.iter().map(wire::written).collect(),
            next_page_token: listed.next_page_token.unwrap_or_default(),
        }))
    }

    async fn get_passport(
        &self,
        request: Request<api::GetPassportRequest>,
    ) -> Answer<api::GetPassportResponse> {
        let caller = self.caller(&request)?;
        let asked = request.into_inner();
        let of = record_id(&asked.workspace_id, ("passport_id", &asked.passport_id))?;
        let recorded = self.0.get_passport(&caller, of).await?;
        Ok(Response::new(api::GetPassportResponse {
            passport: Some(wire::written(&recorded.passport)),
        }))
    }

    async fn get_attestation(
        &self,
        request: Request<api::GetAttestationRequest>,
    ) -> Answer<api::GetAttestationResponse> {
        let caller = self.caller(&request)?;
        let asked = request.into_inner();
        let of = record_id(&asked.workspace_id, ("passport_id", &asked.passport_id))?;
        let envelope = self.0.get_attestation(&caller, of).await?;
        Ok(Response::new(api::GetAttestationResponse {
            envelope: envelope.into(),
        }))
    }

    async fn get_ledger_head(
        &self,
        request: Request<api::GetLedgerHeadRequest>,
    ) -> Answer<api::GetLedgerHeadResponse> {
        let caller = self.caller(&request)?;
        let workspace = workspace(&request.into_inner().workspace_id)?;
        let head = self.0.ledger_head(&caller, &workspace).await?;
        Ok(Response::new(api::GetLedgerHeadResponse {
            head: head.into(),
        }))
    }

    async fn export_ledger(
        &self,
        request: Request<api::ExportLedgerRequest>,
    ) -> Answer<Self::ExportLedgerStream> {
        let caller = self.caller(&request)?;
        let workspace = workspace(&request.into_inner().workspace_id)?;
        let text = self.0.export_ledger(&caller, workspace).await?;
        let messages = text.map(|part| match part {
            Ok(text) => Ok(api::ExportLedgerResponse { text }),
            Err(error) => Err(error.into()),
        });
        Ok(Response::new(messages.boxed()))
    }

    // === what persons say ===

    async fn create_waiver(
        &self,
        request: Request<api::CreateWaiverRequest>,
    ) -> Answer<api::CreateWaiverResponse> {
        let caller = self.caller(&request)?;
        let waiver = self.0.create_waiver(&caller, request.into_inner()).await?;
        Ok(Response::new(api::CreateWaiverResponse {
            waiver: Some(persons::waiver(&waiver)),
        }))
    }

    async fn list_waivers(
        &self,
        request: Request<api::ListWaiversRequest>,
    ) -> Answer<api::ListWaiversResponse> {
        let caller = self.caller(&request)?;
        let asked = request.into_inner();
        let with_ended = asked.include_ended;
        let question = ListQuestion::try_from(asked)?;
        let listed = self.0.list_waivers(&caller, question, with_ended).await?;
        Ok(Response::new(api::ListWaiversResponse {
            waivers: listed.items.iter().map(persons::waiver).collect(),
            next_page_token: listed.next_page_token.unwrap_or_default(),
        }))
    }

    async fn revoke_waiver(
        &self,
        request: Request<api::RevokeWaiverRequest>,
    ) -> Answer<api::RevokeWaiverResponse> {
        let caller = self.caller(&request)?;
        let waiver = self.0.revoke_waiver(&caller, request.get_ref()).await?;
        Ok(Response::new(api::RevokeWaiverResponse {
            waiver: Some(persons::waiver(&waiver)),
        }))
    }

    async fn approve_release(
        &self,
        request: Request<api::ApproveReleaseRequest>,
    ) -> Answer<api::ApproveReleaseResponse> {
        let caller = self.caller(&request)?;
        let approved = self.0.approve_release(&caller, request.into_inner());
        Ok(Response::new(api::ApproveReleaseResponse {
            approval: Some(persons::approval(&approved.await?)),
        }))
    }

    async fn list_approvals(
        &self,
        request: Request<api::ListApprovalsRequest>,
    ) -> Answer<api::ListApprovalsResponse> {
        let caller = self.caller(&request)?;
        let asked = request.into_inner();
        let with_ended = asked.include_ended;
        let question = ListQuestion::try_from(asked)?;
        let listed = self.0.list_approvals(&caller, question, with_ended).await?;
        Ok(Response::new(api::ListApprovalsResponse {
            approvals: listed.items.iter().map(persons::approval).collect(),
            next_page_token: listed.next_page_token.unwrap_or_default(),
        }))
    }

    async fn revoke_approval(
        &self,
        request: Request<api::RevokeApprovalRequest>,
    ) -> Answer<api::RevokeApprovalResponse> {
        let caller = self.caller(&request)?;
        let approval = self.0.revoke_approval(&caller, request.get_ref()).await?;
        Ok(Response::new(api::RevokeApprovalResponse {
            approval: Some(persons::approval(&approval)),
        }))
    }

    async fn watch_gate(
        &self,
        request: Request<api::WatchGateRequest>,
    ) -> Answer<Self::WatchGateStream> {
        let caller = self.caller(&request)?;
        let extensions = request.extensions();
        let headers = request.metadata().as_ref();
        let longest = || Instant::now() + watch::LONGEST;
        let of = WatchQuestion {
            shown: Shown::new(&self.0, &caller, headers, extensions.get()),
            until: deadline::remaining(extensions).unwrap_or_else(longest),
            _place: limits::watch(extensions).map_err(CallError::from)?,
            question: request
                .into_inner()
                .evaluate
                .unwrap_or_default()
                .try_into()?,
        };
        let decisions = self.0.watch_gate(of).await?;
        let messages = decisions.map(|it| it.map(Into::into).map_err(Into::into));
        Ok(Response::new(messages.boxed()))
    }
}
