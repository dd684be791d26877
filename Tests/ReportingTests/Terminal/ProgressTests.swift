import Judging
import Testing

@testable import Exploration
@testable import Reporting

@Suite("The progress is one line")
struct ProgressTests {
    @Test("It says how many runs are done, since when, until when, and what failed")
    func runs() {
        var progress = RunProgress(total: 4)
        progress.now = "Cascade: race (2 of 3)"
        #expect(progress.text(seconds: 0.4) == "0 of 4 runs, 0 s, none failed; Cascade: race (2 of 3)")
        progress.end(.pass)
        #expect(progress.text(seconds: 10) == "1 of 4 runs, 10 s, none failed; Cascade: race (2 of 3)")
        progress.end(.missed)
        progress.now = ""
        #expect(progress.text(seconds: 100) == "2 of 4 runs, 1 min 40 s, about 1 min 40 s left, 1 missed")
        progress.end(.violation)
        progress.end(.violation)
        #expect(progress.text(seconds: 4000) == "4 of 4 runs, 1 h 6 min, 1 missed, 2 violation")
        // More than were foreseen.
        progress.end(.pass)
        #expect(progress.text(seconds: 1) == "5 of 5 runs, 1 s, 1 missed, 2 violation")
    }

    @Test("What a scenario calls itself cannot reach the terminal")
    func printable() {
        var progress = RunProgress(total: 1)
        progress.now = "a\u{1B}[2J\n"
        #expect(progress.text(seconds: 1) == #"0 of 1 run, 1 s, none failed; a\u{1B}[2J\n"#)
    }

    @Test("An exploration says how much of its budget is spent, and when it will be")
    func exploration() {
        var place = ExplorationProgress("Cascade", number: 2, of: 3, schedules: 1000)
        var progress = ScenarioExplorer.Progress()
        progress.schedules = 250
        progress.distinct = 240
        #expect(
            place.text(progress, elapsed: 20, own: 10)
                == "2 of 3: Cascade: 250 of 1,000 schedules, 240 distinct, 25/s, 20 s, "
                + "at most about 1 min 10 s left, none fails")
        progress.found = 2
        place.failed = 1
        place.seconds = 20
        #expect(
            place.text(progress, elapsed: 20, own: 10)
                == "2 of 3: Cascade: 250 of 1,000 schedules, 240 distinct, 25/s, 20 s (limit 20 s each), "
                + "at most about 30 s left, 2 fail, 1 variant before it failed")
        progress.isShrinking = true
        #expect(place.text(progress, elapsed: 20, own: 10).contains("shrinking what was found"))
        let unknown = ExplorationProgress("Cascade", number: 1, of: 1)
        #expect(
            unknown.text(ScenarioExplorer.Progress(), elapsed: 0, own: 0)
                == "Cascade: 0 schedules, 0 distinct, 0/s, 0 s, none fails")
    }

    @Test(
        "Lines are broken at blanks, and what goes on is indented",
        arguments: [
            ("  one two three four", "  one two\n    three\n    four"), ("short", "short"),
            ("reproduce: coherence run 'x' --seed 1", "reproduce: coherence run 'x' --seed 1"),
            ("averyverylongword", "averyverylongword"), ("a  b", "a  b"),
            ("\u{1B}[31mone\u{1B}[0m two", "\u{1B}[31mone\u{1B}[0m two"),
        ])
    func wrapping(_ line: String, _ expected: String) {
        #expect(WrappedLines.of(line, width: 10) == expected)
    }
}
