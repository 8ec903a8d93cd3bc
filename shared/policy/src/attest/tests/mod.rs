mod keys;
mod made;
mod properties;
mod refusals;
mod statements;
