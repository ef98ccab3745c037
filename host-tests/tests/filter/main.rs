//! The built filter under wasmtime, and the fake host that runs it. One binary of many modules,
//! because linking wasmtime takes longer than all the tests.

mod fake_host;
