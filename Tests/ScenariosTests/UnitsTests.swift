import History
import Support
import Testing

@testable import Scenarios

@Suite("Numbers with units")
struct UnitsTests {
    @Test(
        "Durations are exact in every unit",
        arguments: [
            ("1ns", 1), ("1us", 1000), ("1µs", 1000), ("1 μs", 1000), ("500ms", 500_000_000), ("0.1s", 100_000_000),
            ("0.3 s", 300_000_000), ("60s", 60_000_000_000), ("1m", 60_000_000_000), ("1.5 min", 90_000_000_000),
            ("1h", 3_600_000_000_000), ("2d", 172_800_000_000_000), ("0ms", 0), ("0.000000001s", 1),
            ("1.00000000000000h", 3_600_000_000_000), ("3650d", 315_360_000_000_000_000),
        ])
    func durations(text: String, nanoseconds: Int) throws {
        #expect(try Units.nanoseconds(text) == nanoseconds)
    }

    @Test(
        "What is no duration is refused for its own reason",
        arguments: [
            ("", Units.ParseError.form), ("ms", .form), ("-1s", .form), (".5s", .form), ("1.s", .form),
            ("1e3s", .unitUnknown("e3s")),
            ("500", .unitMissing(number: "500")), ("1 S", .unitUnknown("S")), ("1h30m", .unitUnknown("h30m")),
            ("1,5s", .unitUnknown(",5s")), ("0.5ns", .outOfRange), ("3651d", .outOfRange),
            ("999999999999999d", .outOfRange),
            ("9999999999999999s", .form), ("١s", .form), ("∞", .form),
        ] as [(String, Units.ParseError)])
    func wrongDurations(text: String, error: Units.ParseError) {
        #expect(throws: error) { try Units.nanoseconds(text) }
    }

    @Test(
        "Sizes are decimal or binary, as they say",
        arguments: [
            ("200 B", 200), ("1 KB", 1000), ("1.5KB", 1500), ("2 MB", 2_000_000), ("1 KiB", 1024), ("0.5 MiB", 524_288),
        ])
    func sizes(text: String, bytes: Int) throws {
        #expect(try Units.bytes(text) == bytes)
    }

    @Test("A part of a byte is no size")
    func partOfByte() {
        #expect(throws: Units.ParseError.outOfRange) { try Units.bytes("0.5 B") }
    }

    @Test("Percentages go from 0 to 100", arguments: [("0 %", 0), ("95%", 95), ("99.9 %", 99.9), ("100 %", 100)])
    func percentages(text: String, percent: Double) throws {
        #expect(try Units.percent(text) == percent)
    }

    @Test("A percentage above 100 is refused")
    func tooManyPercent() {
        #expect(throws: Units.ParseError.outOfRange) { try Units.percent("100.1 %") }
    }

    @Test("Rates are per second")
    func rates() throws {
        #expect(try Units.rate("500/s") == 500)
        #expect(try Units.rate("0.5 /s") == 0.5)
        #expect(throws: Units.ParseError.unitUnknown("/min")) { try Units.rate("500/min") }
    }

    @Test("Counts are whole and carry their noun where one is due")
    func counts() throws {
        #expect(try Units.count("1000 entries", noun: "entries") == 1000)
        #expect(try Units.count("500 per worker", noun: "per worker") == 500)
        #expect(try Units.count("7") == 7)
        #expect(throws: Units.ParseError.unitMissing(number: "7")) { try Units.count("7", noun: "entries") }
        #expect(throws: Units.ParseError.form) { try Units.count("7.5") }
        #expect(throws: Units.ParseError.unitUnknown("keys")) { try Units.count("7 keys", noun: "entries") }
    }

    @Test(
        "Quantities are printed in round numbers",
        arguments: [
            (Quantity(100_000_000, .nanoseconds), "100 ms"), (Quantity(1500, .nanoseconds), "1.5 µs"),
            (Quantity(0, .nanoseconds), "0 ms"), (Quantity(999, .nanoseconds), "999 ns"),
            (Quantity(60e9, .nanoseconds), "1 min"), (Quantity(61e9, .nanoseconds), "61 s"),
            (Quantity(3600e9, .nanoseconds), "1 h"), (Quantity(99.95, .percent), "99.95 %"),
            (Quantity(500, .perSecond), "500/s"), (Quantity(3, .count), "3"),
            (Quantity(123_456_789, .nanoseconds), "123.457 ms"),
        ])
    func quantities(quantity: Quantity, text: String) {
        #expect(quantity.description == text)
    }

    @Test(
        "The nearest word is found, and none where none is near",
        arguments: [
            ("instnces", "instances"), ("Instances", "instances"), ("time_scale", "time-scale"),
            ("timescale", "time-scale"),
            ("wrokers", "workers"), ("layer", "layers"), ("zebra", nil), ("", nil), ("L3", nil),
        ] as [(String, String?)])
    func nearestWord(word: String, suggestion: String?) {
        let words = ["instances", "hosts", "workers", "time-scale", "layers", "L1"]
        #expect(NearestWord.suggestion(for: word, among: words) == suggestion)
    }
}
