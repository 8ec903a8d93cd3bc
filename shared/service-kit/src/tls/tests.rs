pub(crate) mod authority;
