/// Figures as a person writes them.
package enum ShownFigure {
    /// A length of time: `100 ms`, `1.5 s`, `2 min`. At most three digits after the point.
    package static func duration(nanoseconds value: Double) -> String {
        let scales = [(3600e9, "h"), (60e9, "min"), (1e9, "s"), (1e6, "ms"), (1e3, "µs")]
        // Hours and minutes only if they come out even: "1.017 min" is hard to read.
        for (scale, name) in scales where abs(value) >= scale {
            if scale > 1e9, value.truncatingRemainder(dividingBy: scale) != 0 { continue }
            return "\(rounded(value / scale)) \(name)"
        }
        return value == 0 ? "0 ms" : "\(rounded(value)) ns"
    }

    /// At most three digits after the point, and no point behind a whole number.
    package static func rounded(_ value: Double) -> String {
        let thousandths = (value * 1000).rounded() / 1000
        if let whole = Int(exactly: thousandths) { return String(whole) }
        return String(thousandths)
    }
}
