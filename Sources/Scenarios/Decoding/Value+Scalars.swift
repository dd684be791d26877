import History
import Support

extension Value {
    static let durationExpected = "a duration such as 500ms, 60s"
    static let sizeExpected = "a size such as 200 B, 1 KB"
    static let rateExpected = "a rate such as 500/s"
    static let percentExpected = "a percentage such as 95 %"

    /// Any text with something in it.
    func text(_ expected: String = "a text") -> String? {
        guard let text = textIfAny, !text.allSatisfy(\.isWhitespace) else {
            reject(expected: expected)
            return nil
        }
        return text
    }

    /// A name that can stand in a list, a label or a key: letters, digits, `_`, `-` and `.`, beginning with a letter.
    func name() -> String? {
        let expected = "a name of letters, digits, _, - and ., beginning with a letter"
        guard let text = text(expected) else { return nil }
        let isName = text.utf8.enumerated().allSatisfy { offset, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                offset > 0
            default: false
            }
        }
        guard isName, text.utf8.count <= 100 else {
            reject(expected: expected)
            return nil
        }
        return text
    }

    /// One of some words.
    func word(of words: [String]) -> String? {
        guard let text = textIfAny, words.contains(text) else {
            reject(
                expected: Self.choice(words),
                suggestion: textIfAny.flatMap { NearestWord.suggestion(for: $0, among: words) })
            return nil
        }
        return text
    }

    /// One of the cases of an enumeration, by its raw value.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type = Choice.self) -> Choice? {
        word(of: Choice.allCases.map(\.rawValue)).flatMap(Choice.init(rawValue:))
    }

    /// `one of a, b, c`, or just the word if there is only one.
    static func choice(_ words: [String]) -> String {
        words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))"
    }

    /// A time, `500ms`.
    func duration(allowingZero: Bool = false) -> Duration? {
        guard
            let nanoseconds = quantity(
                expected: Self.durationExpected, outOfRange: "a duration in whole nanoseconds, at most 3650d",
                units: Units.durations.keys.sorted(),
                {
                    text throws(Units.ParseError) in try Units.nanoseconds(text)
                })
        else { return nil }
        guard nanoseconds > 0 || allowingZero else {
            reject(expected: "a duration above zero")
            return nil
        }
        return .nanoseconds(nanoseconds)
    }

    /// A number of bytes, `1 KB`.
    func size(upTo most: Int) -> Int? {
        guard
            let bytes = quantity(
                expected: Self.sizeExpected, outOfRange: "a size in whole bytes", units: Units.sizes.keys.sorted(),
                {
                    text throws(Units.ParseError) in try Units.bytes(text)
                })
        else { return nil }
        guard bytes > 0, bytes <= most else {
            reject(expected: "a size from 1 B to \(most / 1_048_576) MiB")
            return nil
        }
        return bytes
    }

    /// A percentage from 0 to 100.
    func percent() -> Double? {
        quantity(expected: Self.percentExpected, outOfRange: "a percentage from 0 % to 100 %", units: ["%"]) {
            text throws(Units.ParseError) in
            try Units.percent(text)
        }
    }

    /// How often in a second, `500/s`.
    func rate() -> Double? {
        let rate = quantity(expected: Self.rateExpected, outOfRange: Self.rateExpected, units: ["/s"]) {
            text throws(Units.ParseError) in
            try Units.rate(text)
        }
        guard let rate else { return nil }
        guard rate > 0 else {
            reject(expected: "a rate above zero")
            return nil
        }
        return rate
    }

    /// A whole number in a range, followed by its noun if it has one: `1000 entries`.
    func count(_ noun: String? = nil, in range: ClosedRange<Int>) -> Int? {
        let example = noun.map { " \($0)" } ?? ""
        let expected =
            "a whole number from \(range.lowerBound) to \(range.upperBound)"
            + (noun.map { " with its unit, such as \(min(500, range.upperBound)) \($0)" } ?? "")
        guard let text = textIfAny else {
            reject(expected: expected)
            return nil
        }
        do throws(Units.ParseError) {
            let count = try Units.count(text, noun: noun)
            if range.contains(count) { return count }
            reject(expected: expected)
        } catch {
            if case .unitMissing(let number) = error {
                reject(expected: expected, suggestion: "\"\(number)\(example)\"")
            } else {
                reject(expected: expected)
            }
        }
        return nil
    }

    /// An amount of some resource: a plain whole number, or a size.
    func amount() -> Int? {
        if let text = textIfAny {
            if let count = try? Units.count(text) { return count }
            if let bytes = try? Units.bytes(text) { return bytes }
        }
        reject(expected: "a whole number such as 200, or a size such as 300 MB")
        return nil
    }

    /// A plain decimal number in a range.
    func number(in range: ClosedRange<Double>, expected: String) -> Double? {
        guard let text = textIfAny, let (number, rest) = DecimalNumber.prefix(of: text), rest.isEmpty,
            range.contains(number.value)
        else {
            reject(expected: expected)
            return nil
        }
        return number.value
    }

    /// A bare number with the unit that is probably meant: of times, seconds for a small one, else milliseconds.
    private static func withUnit(_ number: String, _ units: [String]) -> String? {
        if units.contains("ms") { return number.count > 2 ? "\(number)ms" : "\(number)s" }
        if units.contains("KiB") { return "\(number) B" }
        return units.count == 1 ? units.first.map { $0.hasPrefix("/") ? number + $0 : "\(number) \($0)" } : nil
    }

    private func quantity<Number>(
        expected: String, outOfRange: String, units: [String], _ parse: (String) throws(Units.ParseError) -> Number
    ) -> Number? {
        guard let text = textIfAny else {
            reject(expected: expected)
            return nil
        }
        do {
            return try parse(text)
        } catch {
            switch error {
            case .form: reject(expected: expected)
            case .unitMissing(let number):
                reject(expected: expected, suggestion: Self.withUnit(number, units).map { "\"\($0)\"" })
            case .unitUnknown(let unit):
                let number = text.hasSuffix(unit) ? text.dropLast(unit.count) : text[...]
                reject(
                    expected: expected,
                    suggestion: Units.suggestion(for: unit, among: units).map { "\"\(number)\($0)\"" })
            case .outOfRange: reject(expected: outOfRange)
            }
            return nil
        }
    }
}
