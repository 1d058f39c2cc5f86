//! What the fuzz targets run. The ordinary tests run it too, over the inputs that are kept (`tests/it/kept_inputs.rs`).

pub mod rooms;
