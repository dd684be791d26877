/// Reads numbers with their units.
enum Units {
    static let durations: [String: Int] = [
        "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000,
        "m": 60_000_000_000, "min": 60_000_000_000, "h": 3_600_000_000_000, "d": 86_400_000_000_000,
    ]
    static let sizes: [String: Int] = [
        "B": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "KiB": 1024, "MiB": 1_048_576,
        "GiB": 1_073_741_824,
    ]
    /// Ten years: enough for any cache, and far from overflowing nanoseconds.
    static let longestDuration = 10 * 365 * 86_400_000_000_000

    /// What a text was not.
    enum ParseError: Error, Hashable {
        /// It is not a number with one of the units.
        case form
        /// The number has no unit.
        case unitMissing(number: String)
        /// The number has another unit.
        case unitUnknown(String)
        /// Finer than the smallest unit, or larger than allowed.
        case outOfRange
    }

    /// `500ms`, `1.5 s`, in nanoseconds.
    static func nanoseconds(_ text: String) throws(ParseError) -> Int {
        let nanoseconds = try whole(text, durations)
        guard nanoseconds <= longestDuration else { throw .outOfRange }
        return nanoseconds
    }

    /// `200 B`, `1 KB`, in bytes.
    static func bytes(_ text: String) throws(ParseError) -> Int { try whole(text, sizes) }

    /// `95 %`, from 0 to 100.
    static func percent(_ text: String) throws(ParseError) -> Double {
        let number = try number(text, followedBy: ["%"])
        guard number.value <= 100 else { throw .outOfRange }
        return number.value
    }

    /// `500/s`, per second.
    static func rate(_ text: String) throws(ParseError) -> Double { try number(text, followedBy: ["/s"]).value }

    /// A plain whole number, `1000`, or one followed by its noun, `1000 entries`.
    static func count(_ text: String, noun: String? = nil) throws(ParseError) -> Int {
        guard let (number, rest) = DecimalNumber.prefix(of: text) else { throw .form }
        guard number.places == 0 else { throw .form }
        switch noun {
        case nil where rest.isEmpty: return number.digits
        case let noun? where rest == noun: return number.digits
        case .some where rest.isEmpty: throw .unitMissing(number: text)
        default: throw .unitUnknown(String(rest))
        }
    }

    private static func whole(_ text: String, _ units: [String: Int]) throws(ParseError) -> Int {
        guard let (number, rest) = DecimalNumber.prefix(of: text) else { throw .form }
        guard !rest.isEmpty else { throw .unitMissing(number: text) }
        guard let factor = units[String(rest)] else { throw .unitUnknown(String(rest)) }
        guard let product = number.wholeProduct(factor) else { throw .outOfRange }
        return product
    }

    private static func number(_ text: String, followedBy units: [String]) throws(ParseError) -> DecimalNumber {
        guard let (number, rest) = DecimalNumber.prefix(of: text) else { throw .form }
        guard !rest.isEmpty else { throw .unitMissing(number: text) }
        guard units.contains(String(rest)) else { throw .unitUnknown(String(rest)) }
        return number
    }
}

extension Duration {
    /// What `500ms`, `1.5 s` says; `nil` if a text is no duration as scenarios write them.
    public init?(text: String) {
        guard let nanoseconds = try? Units.nanoseconds(text) else { return nil }
        self = .nanoseconds(nanoseconds)
    }

    /// Whole nanoseconds.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

extension Int {
    /// The bytes that `200 B`, `4 GB` says; `nil` if a text is no size as scenarios write them.
    public init?(sizeText text: String) {
        guard let bytes = try? Units.bytes(text) else { return nil }
        self = bytes
    }
}

extension Units {
    /// Other ways in which people write the units.
    private static let otherSpellings: [String: String] = [
        "nanosecond": "ns", "nanoseconds": "ns", "microsecond": "us", "microseconds": "us", "millisecond": "ms",
        "milliseconds": "ms", "msec": "ms", "msecs": "ms", "millis": "ms", "sec": "s", "secs": "s", "second": "s",
        "seconds": "s", "mins": "min", "minute": "min", "minutes": "min", "hr": "h", "hrs": "h", "hour": "h",
        "hours": "h", "day": "d", "days": "d", "b": "B", "byte": "B", "bytes": "B", "kb": "KB", "k": "KB", "mb": "MB",
        "kib": "KiB", "mib": "MiB", "percent": "%", "pct": "%",
    ]

    /// The unit that was probably meant, if it is one of those that are allowed.
    static func suggestion(for unit: String, among units: [String]) -> String? {
        let lowercased = unit.lowercased()
        if let unit = otherSpellings[lowercased], units.contains(unit) { return unit }
        return units.first { $0.lowercased() == lowercased }
    }
}
