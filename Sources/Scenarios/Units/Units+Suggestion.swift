extension Units {
    /// Other ways in which people write the units.
    private static let otherSpellings: [String: String] = [
        "nanosecond": "ns", "nanoseconds": "ns", "microsecond": "us", "microseconds": "us", "millisecond": "ms",
        "milliseconds": "ms", "msec": "ms", "msecs": "ms", "millis": "ms", "sec": "s", "secs": "s", "second": "s",
        "seconds": "s", "mins": "min", "minute": "min", "minutes": "min", "hr": "h", "hrs": "h", "hour": "h",
        "hours": "h", "day": "d", "days": "d", "b": "B", "byte": "B", "bytes": "B", "kb": "KB", "k": "KB", "mb": "MB",
        "kib": "KiB", "mib": "MiB", "percent": "%", "pct": "%",
    ]

    /// The unit that somebody probably meant, if it is one of those that are due.
    static func suggestion(for unit: String, among units: [String]) -> String? {
        let lowercased = unit.lowercased()
        if let unit = otherSpellings[lowercased], units.contains(unit) { return unit }
        return units.first { $0.lowercased() == lowercased }
    }
}
