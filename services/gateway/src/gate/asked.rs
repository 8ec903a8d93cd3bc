//! What is to be decided, checked once where it enters.

use passport_evidence::{Scope, Subject};
use passport_policy::gate::Mode;
use passport_proto::{evidence as proto, gateway as api};

use crate::{
    call_error::{CallError, Violation},
    question::{Draft, Question, gathered},
};

/// What is to be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateQuestion {
    /// What the release is about.
    pub scope: Scope,
    /// What is being released; never an empty one.
    pub subject: Option<Subject>,
    /// How much the decision binds at least; the policy may want more.
    pub mode: Option<Mode>,
}

/// What is to be decided, as it came in.
#[derive(Debug, Clone, Default)]
pub struct GateRequest {
    /// Required.
    pub scope: Option<proto::Scope>,
    /// What is being released.
    pub subject: Option<Subject>,
    /// As it was sent: a mode, or what is wanted in its place.
    pub mode: Option<Result<Mode, String>>,
}

impl TryFrom<GateRequest> for GateQuestion {
    type Error = CallError;

    /// Names everything that is wrong with it, not only the first.
    fn try_from(request: GateRequest) -> Result<Self, CallError> {
        let draft = Draft {
            scope: request.scope,
            subject: request.subject,
            ..Draft::default()
        };
        let mut wrong = Vec::new();
        let question = gathered(Question::try_from(draft), &mut wrong)?;
        let mode = request.mode.and_then(|mode| match mode {
            Ok(mode) => Some(mode),
            Err(wanted) => {
                wrong.push(Violation::new("mode", wanted));
                None
            }
        });
        match question {
            Some(question) if wrong.is_empty() => Ok(Self {
                scope: question.scope,
                subject: question.subject,
                mode,
            }),
            Some(_) | None => Err(CallError::Invalid(wrong)),
        }
    }
}

impl TryFrom<api::EvaluateGateRequest> for GateQuestion {
    type Error = CallError;

    fn try_from(request: api::EvaluateGateRequest) -> Result<Self, CallError> {
        let mode = match api::Mode::try_from(request.mode) {
            Ok(api::Mode::Unspecified) => None,
            Ok(api::Mode::Shadow) => Some(Ok(Mode::Shadow)),
            Ok(api::Mode::Advisory) => Some(Ok(Mode::Advisory)),
            Ok(api::Mode::Enforce) => Some(Ok(Mode::Enforce)),
            Err(_) => Some(Err(MODES.to_owned())),
        };
        GateRequest {
            scope: request.scope,
            subject: request.subject.map(Subject::from),
            mode,
        }
        .try_into()
    }
}

/// What a mode has to be.
pub(crate) const MODES: &str = "one of shadow, advisory, enforce is wanted";
