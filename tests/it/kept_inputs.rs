//! Inputs that fuzzing found and that are worth keeping, and every input that once made something fail: each goes through the
//! room it is for. `fuzz/README.md` says where they come from; nothing here needs a nightly compiler.

#[expect(unreachable_pub, reason = "the fuzz targets, a crate of their own, need it")]
#[path = "../../fuzz/src/rooms.rs"]
mod rooms;

use std::fs;

use crate::support;

#[test]
fn kept_inputs_make_nothing_fail() {
    let kept = support::root().join("tests/kept_inputs");
    for (name, room) in rooms::ROOMS {
        let mut files: Vec<_> = fs::read_dir(kept.join(name)).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "no input is kept for {name}");
        for file in files {
            let bytes = fs::read(&file).unwrap();
            // The name of the file stands before whatever the room says.
            let outcome = std::panic::catch_unwind(|| room(&bytes));
            assert!(outcome.is_ok(), "{} fails", file.display());
        }
    }
    for folder in fs::read_dir(&kept).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(rooms::ROOMS.iter().any(|(room, _)| *room == name), "{name} is no room");
    }
}
