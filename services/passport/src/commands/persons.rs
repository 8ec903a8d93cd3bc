//! `passport waive`, `passport waivers`, `passport approve` and `passport approvals`.

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Subject, wire};
use passport_gateway::gate::wire::persons as read;
use passport_proto::evidence as proto;
use passport_proto::gateway::{self as api};

use super::Session;
use crate::cli::{Approvals, Approve, Expiry, Revoke, SaidArgs, Saying, Sayings, Waive, Waivers};
use crate::client::{Gateway, protocol};
use crate::exit::{Exit, Fault};
use crate::output::{Approved, Waived, persons};

pub async fn waive(args: &Waive, session: &Session) -> Result<Exit, Fault> {
    let scope = args.scope.scope();
    let what = format!("waive {} of {} for {scope}", args.fact, args.source);
    let request = api::CreateWaiverRequest {
        scope: Some((&scope).into()),
        subject: Some((&subject(args.subject.subject())?).into()),
        source: args.source.to_string(),
        fact: args.fact.to_string(),
        item: args.item.clone(),
        reason: args.said.reason.clone(),
        expires_at: Some(wire::timestamp(end(&args.said, session.now())?)),
        confirms_waiver_id: String::new(),
    };
    recorded(&what, request, session).await
}

pub async fn waivers(command: &Waivers, session: &Session) -> Result<Exit, Fault> {
    match command {
        Waivers::List(args) => list_waivers(args, session).await,
        Waivers::Confirm(Saying { id, workspace }) => {
            let what = format!("confirm the waiver {id}");
            let request = api::CreateWaiverRequest {
                scope: Some(proto::Scope {
                    workspace_id: workspace.to_string(),
                    ..proto::Scope::default()
                }),
                confirms_waiver_id: id.to_string(),
                ..api::CreateWaiverRequest::default()
            };
            recorded(&what, request, session).await
        }
        Waivers::Revoke(args) => revoke_waiver(args, session).await,
    }
}

async fn recorded(
    what: &str,
    request: api::CreateWaiverRequest,
    session: &Session,
) -> Result<Exit, Fault> {
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(request);
    let mut client = gateway.client();
    let reply = gateway.answer(what, client.create_waiver(request)).await?;
    show_waiver(what, reply.into_inner().waiver, session)
}

async fn revoke_waiver(args: &Revoke, session: &Session) -> Result<Exit, Fault> {
    let Saying { id, workspace } = &args.of;
    let what = format!("revoke the waiver {id}");
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(api::RevokeWaiverRequest {
        workspace_id: workspace.to_string(),
        waiver_id: id.to_string(),
        reason: args.reason.clone(),
    });
    let mut client = gateway.client();
    let reply = gateway.answer(&what, client.revoke_waiver(request)).await?;
    show_waiver(&what, reply.into_inner().waiver, session)
}

fn show_waiver(what: &str, message: Option<api::Waiver>, session: &Session) -> Result<Exit, Fault> {
    let message = message.ok_or_else(|| protocol(what, "there is no waiver in it"))?;
    let waiver = read::waiver_read(message).map_err(|error| protocol(what, error))?;
    session.show(&Waived::new(waiver))?;
    Ok(Exit::Answered)
}

async fn list_waivers(args: &Sayings, session: &Session) -> Result<Exit, Fault> {
    let what = format!("list the waivers of {}", args.workspace);
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(api::ListWaiversRequest {
        scope: Some(scope(args)),
        include_ended: args.all,
        page_size: args.limit,
        page_token: String::new(),
    });
    let mut client = gateway.client();
    let reply = gateway.answer(&what, client.list_waivers(request)).await?;
    let reply = reply.into_inner();
    let waivers = reply.waivers.into_iter().map(read::waiver_read);
    let waivers = waivers.collect::<Result<Vec<_>, _>>();
    let waivers = waivers.map_err(|error| protocol(&what, error))?;
    let next = Some(reply.next_page_token).filter(|it| !it.is_empty());
    session.show(&persons::Waivers::new(waivers, next, session.now()))?;
    Ok(Exit::Answered)
}

pub async fn approve(args: &Approve, session: &Session) -> Result<Exit, Fault> {
    let scope = args.scope.scope();
    let what = format!("approve a release of {scope}");
    let request = api::ApproveReleaseRequest {
        scope: Some((&scope).into()),
        subject: Some((&subject(args.subject.subject())?).into()),
        reason: args.said.reason.clone(),
        expires_at: Some(wire::timestamp(end(&args.said, session.now())?)),
    };
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(request);
    let mut client = gateway.client();
    let reply = gateway
        .answer(&what, client.approve_release(request))
        .await?;
    show_approval(&what, reply.into_inner().approval, session)
}

pub async fn approvals(command: &Approvals, session: &Session) -> Result<Exit, Fault> {
    match command {
        Approvals::List(args) => list_approvals(args, session).await,
        Approvals::Revoke(args) => revoke_approval(args, session).await,
    }
}

async fn revoke_approval(args: &Revoke, session: &Session) -> Result<Exit, Fault> {
    let Saying { id, workspace } = &args.of;
    let what = format!("take the approval {id} back");
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(api::RevokeApprovalRequest {
        workspace_id: workspace.to_string(),
        approval_id: id.to_string(),
        reason: args.reason.clone(),
    });
    let mut client = gateway.client();
    let reply = gateway
        .answer(&what, client.revoke_approval(request))
        .await?;
    show_approval(&what, reply.into_inner().approval, session)
}

fn show_approval(
    what: &str,
    message: Option<api::Approval>,
    session: &Session,
) -> Result<Exit, Fault> {
    let message = message.ok_or_else(|| protocol(what, "there is no approval in it"))?;
    let approval = read::approval_read(message).map_err(|error| protocol(what, error))?;
    session.show(&Approved::new(approval))?;
    Ok(Exit::Answered)
}

async fn list_approvals(args: &Sayings, session: &Session) -> Result<Exit, Fault> {
    let what = format!("list the approvals of {}", args.workspace);
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(api::ListApprovalsRequest {
        scope: Some(scope(args)),
        include_ended: args.all,
        page_size: args.limit,
        page_token: String::new(),
    });
    let mut client = gateway.client();
    let reply = gateway
        .answer(&what, client.list_approvals(request))
        .await?;
    let reply = reply.into_inner();
    let approvals = reply.approvals.into_iter().map(read::approval_read);
    let approvals = approvals.collect::<Result<Vec<_>, _>>();
    let approvals = approvals.map_err(|error| protocol(&what, error))?;
    let next = Some(reply.next_page_token).filter(|it| !it.is_empty());
    session.show(&persons::Approvals::new(approvals, next, session.now()))?;
    Ok(Exit::Answered)
}

fn scope(args: &Sayings) -> proto::Scope {
    let name = |it: Option<String>| it.unwrap_or_default();
    proto::Scope {
        workspace_id: args.workspace.to_string(),
        service: name(args.service.as_ref().map(ToString::to_string)),
        environment: name(args.environment.as_ref().map(ToString::to_string)),
    }
}

fn subject(typed: Subject) -> Result<Subject, Fault> {
    match typed.is_empty() {
        false => Ok(typed),
        true => Err(Fault::wrong(
            "nothing says which release it is for",
            "add --revision, --version or --digest, exactly as `passport gate` gets them",
        )),
    }
}

fn end(said: &SaidArgs, now: DateTime<Utc>) -> Result<DateTime<Utc>, Fault> {
    let end = match said.expiry() {
        Some(Expiry::At(at)) => Some(at),
        Some(Expiry::In(span)) => TimeDelta::from_std(span)
            .ok()
            .and_then(|span| now.checked_add_signed(span)),
        None => None,
    };
    end.filter(|end| *end > now).ok_or_else(|| {
        Fault::wrong(
            "it would have ended already, or never",
            "give --for a span such as 4h, or --until a moment to come",
        )
    })
}
