//! Whether the server took the message for a recipient.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::ACCEPTED;
use crate::connectors::email::{
    sent::End,
    smtp::{Class, Reply},
};

const REFUSED: &str = "refused";

/// Every code by which a server says that it did what was asked, as it stands behind `smtp`.
macro_rules! done {
    ($($code:literal)*) => {
        &[
            (REFUSED, Meaning::Failed(Reason::BadState)),
            $((concat!("smtp 2", $code), Meaning::Passed),)*
        ]
    };
}

const STATES: StateTable = StateTable::new(done!(
    "00" "01" "02" "03" "04" "05" "06" "07" "08" "09" "10" "11" "12" "13" "14" "15" "16" "17"
    "18" "19" "20" "21" "22" "23" "24" "25" "26" "27" "28" "29" "30" "31" "32" "33" "34" "35"
    "36" "37" "38" "39" "40" "41" "42" "43" "44" "45" "46" "47" "48" "49" "50" "51" "52" "53"
    "54" "55" "56" "57" "58" "59" "60" "61" "62" "63" "64" "65" "66" "67" "68" "69" "70" "71"
    "72" "73" "74" "75" "76" "77" "78" "79" "80" "81" "82" "83" "84" "85" "86" "87" "88" "89"
    "90" "91" "92" "93" "94" "95" "96" "97" "98" "99"
));

/// How a message ended at the server, in words that facts are made of.
pub enum At {
    /// It took it.
    Taken(Reply),
    /// It did not: never, or not in the time that there was.
    Refused(Reply),
    /// Nobody can tell.
    Untold(Reason),
}

/// How a message ended at the server.
pub fn at_server(end: Option<&End>) -> At {
    let Some(end) = end else {
        return At::Untold(Reason::NoData);
    };
    match end {
        End::Replied(text) => match Reply::parse_kept(text) {
            None => At::Untold(Reason::UnrecognizedState),
            Some(reply) => match reply.class() {
                Some(Class::Done) => At::Taken(reply),
                Some(Class::Later | Class::Never) => At::Refused(reply),
                Some(Class::Continue) | None => At::Untold(Reason::UnrecognizedState),
            },
        },
        End::Unclear => At::Untold(Reason::UnrecognizedState),
        End::Uncertain(_) | End::Unsent(_) => At::Untold(Reason::Unavailable),
    }
}

/// Whether the server took the message.
pub fn fact(end: Option<&End>) -> Fact {
    match at_server(end) {
        At::Taken(reply) => Fact::state(ACCEPTED, &format!("smtp {}", reply.code), &STATES),
        At::Refused(reply) => {
            let shown = format!("smtp {reply}");
            Fact::state(ACCEPTED, REFUSED, &STATES).showing(shown.as_str())
        }
        At::Untold(reason) => Fact::unknown(ACCEPTED, reason),
    }
}
