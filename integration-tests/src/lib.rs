//! Tests over real servers and whole deployments.
