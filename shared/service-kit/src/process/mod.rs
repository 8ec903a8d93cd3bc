//! What every program of the mesh does alike: how it is started, what it says, how it ends.

mod exit;
mod run;
mod serving;

pub use crate::panics::tell_place_only;
pub use exit::{Exit, Fault, defect, tell};
pub use run::{Built, ProcessArgs, Service, run, start};
pub use serving::{Port, Says, awaited_signal, refuse};
