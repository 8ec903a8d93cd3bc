//! `passport notify`.

use passport_proto::gateway::SendNoticeRequest;

use super::Session;
use crate::cli::Notify;
use crate::client::{Gateway, protocol};
use crate::exit::{Exit, Fault};
use crate::output::Notice;

pub async fn run(args: &Notify, session: &Session) -> Result<Exit, Fault> {
    let scope = args.scope.scope();
    let what = format!("have the source {} of {scope} send its notice", args.source);
    let subject = args.subject.subject();
    if subject.is_empty() {
        return Err(Fault::wrong(
            "it is not said what is to be released",
            "give --version, --revision or --digest",
        ));
    }
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(SendNoticeRequest {
        scope: Some((&scope).into()),
        source: args.source.to_string(),
        subject: Some((&subject).into()),
    });
    let mut client = gateway.client();
    let reply = gateway.answer(&what, client.send_notice(request)).await?;
    let notice = Notice::read(reply.into_inner());
    let notice = notice.map_err(|error| protocol(&what, error))?;
    session.show(&notice)?;
    Ok(notice.exit())
}
