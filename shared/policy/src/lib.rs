//! Pure rules over evidence: grants and freshness.
