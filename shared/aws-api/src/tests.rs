mod calls;
mod chain;
mod pod;
mod reading;
mod signing;
