import History
import Judging

/// How far a command is, in one line: how much is done, since when, until when, what was found, and what goes on.
public struct RunProgress: Sendable {
    /// How many runs there will be.
    public let total: Int
    /// What goes on: a scenario and its phase.
    public var now = ""
    private var ended: [RunVerdict] = []

    /// - Parameter total: how many runs there will be.
    public init(total: Int) { self.total = total }

    /// One of them has ended.
    public mutating func end(_ verdict: RunVerdict) { ended.append(verdict) }

    /// - Parameter seconds: since the beginning.
    public func text(seconds: Double) -> String {
        let (done, total) = (ended.count, max(total, ended.count))
        var parts = ["\(Figures.count(done)) of \(Figures.count(total, "run"))", Self.time(seconds)]
        // One run tells nothing of the next.
        if done >= 2, done < total {
            parts.append("about \(Self.time(seconds / Double(done) * Double(total - done))) left")
        }
        let wrong = ended.filter { $0 != .pass }
        parts.append(wrong.isEmpty ? "none failed" : Style(isColoured: false).counts(wrong))
        return parts.joined(separator: ", ") + (now.isEmpty ? "" : "; \(now.printable)")
    }

    /// `12 s`, `2 min 5 s`, `1 h 2 min`.
    static func time(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 1e9).rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min" + (whole % 60 == 0 ? "" : " \(whole % 60) s") }
        return "\(whole / 3600) h" + (whole % 3600 < 60 ? "" : " \(whole % 3600 / 60) min")
    }
}
