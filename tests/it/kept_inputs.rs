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

/// Mutants of every kept input: bits turned, lengths made 0 or the largest, parts cut out, repeated, or taken from another
/// input. `BUNDLESCOPE_MUTANTS` asks for more of each than the few of an ordinary run.
#[test]
fn mutants_of_kept_inputs_make_nothing_fail() {
    let wanted = std::env::var("BUNDLESCOPE_MUTANTS").ok().and_then(|number| number.parse().ok()).unwrap_or(4);
    for (name, room) in rooms::ROOMS {
        let folder = support::root().join("tests/kept_inputs").join(name);
        let mut inputs: Vec<Vec<u8>> = fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
        inputs.sort();
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for at in 0..inputs.len() * wanted {
            let mut bytes = inputs[at % inputs.len()].clone();
            bytes.truncate(8_000);
            let other = &inputs[random.below(inputs.len())];
            for _ in 0..=random.below(3) {
                mutate(&mut bytes, other, &mut random);
            }
            let outcome = std::panic::catch_unwind(|| room(&bytes));
            if outcome.is_err() {
                let shown = std::env::temp_dir().join(format!("bundlescope-{name}-{at}"));
                fs::write(&shown, &bytes).unwrap();
                panic!("{name} fails on mutant {at}, which is {}", shown.display());
            }
        }
    }
}

/// xorshift64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % end.max(1)
    }
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let at = random.below(bytes.len());
    let length = 1 + random.below(16);
    match random.below(6) {
        0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
        1 => bytes.iter_mut().skip(at).take(length.min(4)).for_each(|byte| *byte = 0),
        2 => bytes.iter_mut().skip(at).take(length.min(4)).for_each(|byte| *byte = 0xff),
        3 => bytes.truncate(at),
        4 => {
            let part: Vec<u8> = other.iter().skip(random.below(other.len())).take(length * 20).copied().collect();
            bytes.splice(at..at, part);
        }
        _ => drop(bytes.drain(at..bytes.len().min(at + length))),
    }
}
