//! The one guarded HTTP client: addresses, redirects, limits and timeouts.
