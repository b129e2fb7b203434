//! `ike compare`: its CSV, its files, and that the same seed gives the same results whatever the threads.

use crate::kit::ike;
use std::path::{Path, PathBuf};

/// The folder and what was printed.
fn ran(folder: &str, line: &str) -> (PathBuf, String) {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let words = ["compare"].into_iter().chain(line.split_whitespace()).chain(["--out", out.to_str().unwrap()]);
    let (status, printed, complaints) = ike(words, "");
    assert_eq!(status, 0, "{complaints}");
    (out, printed)
}

fn refused(line: &str) -> String {
    let (status, out, complaints) = ike(["compare"].into_iter().chain(line.split_whitespace()), "");
    assert_eq!((status, &*out), (2, ""), "{line}");
    complaints
}

#[test]
fn every_run_is_a_line_and_runs_again_alone() {
    let (out, printed) = ran("compare_all", "--runs 12 --seed 5 --threads 2");
    let csv = std::fs::read_to_string(out.join("runs.csv")).unwrap();
    let mut lines = csv.lines();
    let header = "strategy,path,message,octets_in,run,seed,delivered,time_ms,datagrams,octets_sent,retransmissions,spurious";
    assert_eq!(lines.next(), Some(header));
    // The table, 8 losses, 7 sizes; 14 strategies each.
    assert_eq!(lines.clone().count(), 12 * 14 * (10 * 4 + 8 + 7));
    let mut both = [0; 2];
    for line in lines {
        let fields: Vec<_> = line.split(',').collect();
        assert_eq!(fields.len(), 12, "{line}");
        let numbers: Vec<u64> = [3, 4, 5, 6, 8, 9, 10, 11].map(|at| fields[at].parse().unwrap()).to_vec();
        assert_eq!(numbers[2], 5 + numbers[1], "{line}");
        assert_eq!(fields[7].is_empty(), numbers[3] == 0, "{line}");
        assert!(fields[7].is_empty() || fields[7].parse::<f64>().unwrap() > 0.0, "{line}");
        assert!(numbers[7] <= numbers[6] && numbers[6] < numbers[4], "{line}");
        both[usize::try_from(numbers[3]).unwrap()] += 1;
    }
    assert!(both[0] > 100 && both[1] > 5000, "{both:?}");
    assert_eq!(printed.matches("% within 10 s").count(), 10, "a table for each path");

    for (strategy, path, seed) in [("fragment-ack", "bursty", 9), ("random-order", "narrow-queue", 12), ("tcp", "loss-5", 16)] {
        let line = format!("--strategy {strategy} --path {path} --size slh-dsa-128s --runs 1 --seed {seed}");
        let (again, _) = ran(&format!("compare_{strategy}"), &line);
        let again = std::fs::read_to_string(again.join("runs.csv")).unwrap();
        let tail = |line: &str| line.splitn(6, ',').nth(5).unwrap().to_owned();
        let first = csv.lines().find(|line| line.starts_with(&format!("{strategy},{path},slh-dsa-128s,24995,{},", seed - 5))).unwrap();
        assert_eq!(tail(again.lines().nth(1).unwrap()), tail(first));
    }
}

#[test]
fn threads_change_nothing() {
    let files = ["runs.csv", "delivered-by-loss.svg", "time-by-loss.png", "time-by-size.svg", "octets-by-loss.png"];
    let of = |threads: u8| {
        let (out, printed) = ran(&format!("compare_{threads}"), &format!("--runs 5 --threads {threads}"));
        let read = files.map(|file| std::fs::read(out.join(file)).unwrap());
        (read, printed.lines().rev().skip(1).map(str::to_owned).collect::<Vec<_>>())
    };
    let one = of(1);
    assert!(one == of(3));
}

#[test]
fn the_report_begins_with_the_answer_and_has_all_figures() {
    let (out, printed) = ran("compare_report", "--runs 60 --size ml-dsa-65");
    let html = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(printed.contains("choose paced: it delivers ml-dsa-65 (15194 octets) within 10 s"), "{printed}");
    let answer = html.find("class=\"answer\"").unwrap();
    assert!(answer < html.find("<table").unwrap() && html.get(answer..).unwrap().contains("choose paced"));
    assert_eq!(html.matches("<svg").count(), 4);
    assert_eq!(html.matches("</svg>").count(), 4);
    for tag in ["table", "tr", "td", "details", "figure", "div"] {
        assert_eq!(
            html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count(),
            html.matches(&format!("</{tag}>")).count(),
            "{tag}"
        );
    }
    for figure in ["delivered-by-loss", "time-by-loss", "time-by-size", "octets-by-loss"] {
        let file = std::fs::File::open(out.join(format!("{figure}.png"))).unwrap();
        let mut reader = ::png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (1080, 520));
        let inked = pixels.chunks(3).filter(|pixel| pixel.iter().any(|value| *value < 200)).count();
        assert!((5_000..200_000).contains(&inked), "{figure}: {inked} pixels");
    }
}

#[test]
fn a_path_of_ones_own_and_what_is_refused() {
    let custom = "--path custom --mtu 1400 --loss 3 --burst 20 --rate 500 --queue 9000 --ip-fragments 37 --nat 30 --jitter 5 --no-icmp";
    let (_, printed) = ran("compare_custom", &format!("{custom} --size 9000 --runs 20 --strategy fixed-1100-balanced --strategy paced"));
    assert!(
        printed.contains(
            "3.0 % lost in bursts of 20 ms, 500 kbit/s behind a queue of 9000 octets, IP fragments dropped on 37 % of paths, ICMP filtered"
        ),
        "{printed}"
    );
    // Beyond what strongSwan takes.
    let (_, printed) = ran("compare_limits", "--receiver strongswan --path ethernet --size 15194 --runs 3 --strategy fixed-1280");
    assert!(printed.contains("0 [0, 56]") && printed.contains("never"), "{printed}");
    for (line, why) in [
        ("--path nowhere", "one of ethernet"),
        ("--size 0", "1 to 65000 octets"),
        ("--size 65001", "1 to 65000 octets"),
        ("--strategy fixed-9", "one of ip-fragmentation"),
        ("--runs 0", "--runs <N>"),
        ("--mtu 50", "68 to 9000"),
        ("--loss nan", "0 to 100"),
        ("--loss 101", "0 to 100"),
        ("--path loss-1 --loss 3", "--path custom"),
        ("--deadline nan", "deadline"),
        ("--timers mine", "strongswan, libreswan or android"),
        ("--timers 1,200,x,20", "strongswan, libreswan or android"),
        ("--answer 0", "1 to 65000 octets"),
        ("--gilbert 1,2", "three numbers"),
        ("--gilbert 1,2,nan", "three numbers"),
        ("--frobnicate 3", "unexpected argument '--frobnicate'"),
    ] {
        let said = refused(line);
        assert!(said.contains(why), "{line}: {said}");
    }
}
