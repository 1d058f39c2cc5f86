//! Behaviour of the program and the library as a whole, one module a promise.

mod readme;
mod real_data;
mod support;
