//! The gateway: authenticates, plans, fans out, checks what came back.
