//! Whether what came back is of the scope that was asked.

use passport_evidence::Reason;

use super::{answer::Labels as Shown, logql::Labels};

/// A stream carries every label of the scope.
pub fn of_scope<'a>(
    mut streams: impl Iterator<Item = &'a Shown>,
    labels: &Labels,
) -> Result<(), Reason> {
    let own = |shown: &Shown| {
        let mut all = labels.iter();
        all.all(|(name, value)| shown.get(name).is_some_and(|found| found == value))
    };
    if streams.all(own) {
        Ok(())
    } else {
        Err(Reason::FilterNotApplied)
    }
}

/// A series, from which labels were taken away, shows at least no other scope.
pub fn shows_no_other<'a>(
    mut series: impl Iterator<Item = &'a Shown>,
    labels: &Labels,
) -> Result<(), Reason> {
    let foreign = |shown: &Shown| {
        let mut all = labels.iter();
        all.any(|(name, value)| shown.get(name).is_some_and(|found| found != value))
    };
    if series.any(foreign) {
        Err(Reason::FilterNotApplied)
    } else {
        Ok(())
    }
}
