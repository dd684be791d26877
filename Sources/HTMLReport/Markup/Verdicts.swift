import Judging
import Reporting

/// How verdicts look: a colour, a shape and a word, so that none of them has to be seen.
enum Verdicts {
    /// The shapes, once for the page.
    static let shapes: Markup = #"""
        <svg width="0" height="0" aria-hidden="true" focusable="false" class="symbols">
        <symbol id="s-pass" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7.5"/><path d="M4.4 8.3l2.5 2.5 4.7-5.2"/></symbol>
        <symbol id="s-unknown" viewBox="0 0 16 16"><path class="f" d="M8 .4L15.6 8 8 15.6.4 8z"/><path d="M6.2 6.6c0-2.6 3.7-2.4 3.7-.2 0 1.4-1.9 1.5-1.9 2.9M8 11.4v.6"/></symbol>
        <symbol id="s-missed" viewBox="0 0 16 16"><path class="f" d="M8 .8L15.6 14.6H.4z"/><path d="M8 5.6v4.2M8 12v.6"/></symbol>
        <symbol id="s-violation" viewBox="0 0 16 16"><path class="f" d="M5 .4h6L15.6 5v6L11 15.6H5L.4 11V5z"/><path d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4"/></symbol>
        <symbol id="s-error" viewBox="0 0 16 16"><rect class="f" x=".8" y=".8" width="14.4" height="14.4" rx="2.5"/><path d="M8 4v5M8 11.4v.6"/></symbol>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="hatch-ground"/><rect width="2.2" height="6" class="hatch-line"/></pattern>
        </svg>
        """#

    static func badge(_ verdict: RunVerdict) -> Markup { badge(verdict.rawValue, shape: verdict.rawValue) }

    /// - Parameter shape: the verdict whose shape and colour it has.
    static func badge(_ word: String, shape: String) -> Markup {
        """
        <span class="badge v-\(shape)"><svg aria-hidden="true" focusable="false"><use href="#s-\(shape)"/></svg>\
        \(word)</span>
        """
    }

    static func notJudged() -> Markup { badge("not judged", shape: "unknown") }

    /// `3 pass, 1 violation`, as badges.
    static func counts(_ verdicts: [RunVerdict]) -> Markup {
        let parts = RunVerdict.allCases.reversed().compactMap { kind -> Markup? in
            let count = verdicts.count { $0 == kind }
            return count > 0
                ? "<li>\(badge("\(Figures.count(count)) \(kind.rawValue)", shape: kind.rawValue))</li>" : nil
        }
        return #"<ul class="counts">\#(parts)</ul>"#
    }
}

/// Figures as a page shows them.
enum Shown {
    /// A length of time with three significant digits: `1.35 ms`.
    static func time(_ nanoseconds: Double) -> String {
        for (size, name) in [(1e9, "s"), (1e6, "ms"), (1e3, "µs")] where abs(nanoseconds) >= size * 0.9995 {
            return "\(Figures.plain(nanoseconds / size)) \(name)"
        }
        return "\(Figures.plain(nanoseconds)) ns"
    }

    /// The same, with its sign.
    static func moment(_ nanoseconds: Int64) -> String {
        nanoseconds == 0 ? "0 ns" : (nanoseconds < 0 ? "−" : "+") + time(Double(nanoseconds.magnitude))
    }

    /// Seconds as one column of a table has them, with their points beneath one another.
    static func seconds(_ seconds: Double) -> String {
        guard seconds < 100 else { return Figures.plain(seconds) }
        let hundredths = Int((max(0, seconds) * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    static func share(_ part: Int, of all: Int) -> String {
        all == 0 ? "–" : "\(Figures.plain((1000 * Double(part) / Double(all)).rounded() / 10)) %"
    }

    /// A figure with its unit; `–` if there is none.
    static func figure(_ value: Double?, _ unit: String) -> String {
        value.map { unit.isEmpty ? Figures.plain($0) : "\(Figures.plain($0)) \(unit)" } ?? "–"
    }
}
