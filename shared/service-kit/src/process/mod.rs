//! What every program of the mesh does alike: how it is started, what it says, how it ends.

mod current;
mod exit;
mod in_use;
mod reload;
mod run;
mod served;
mod serving;

pub use crate::panics::tell_place_only;
pub use exit::{Exit, Fault, defect, tell};
pub use in_use::{Configuration, InUse, Refusal};
pub use run::{Around, Built, ProcessArgs, Senders, Service, Shows, run, start};
pub use served::Served;
pub use serving::{Port, Says, awaited_signal, refuse};
